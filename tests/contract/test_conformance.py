"""What holds the answers of all other tests to the document sees what is none of it."""

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from tests.contract.conformance import ConformingClient

ID = {"x-request-id": "0" * 32}


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"status": 3}, headers=ID),
        JSONResponse({"status": "ok"}),
        JSONResponse({"status": "ok"}, headers=ID, media_type="application/hal+json"),
        JSONResponse({"status": "ok"}, headers=ID, status_code=202),
    ],
    ids=["another body", "a header less", "another form", "another status"],
)
def test_an_answer_that_the_document_does_not_tell_of_is_seen(answer: JSONResponse) -> None:
    app = FastAPI()
    app.add_api_route("/healthz", lambda: answer)

    with pytest.raises(AssertionError, match="GET /healthz"):
        ConformingClient(app).get("/healthz")


def test_an_answer_of_the_document_is_let_through() -> None:
    app = FastAPI()
    app.add_api_route("/healthz", lambda: JSONResponse({"status": "ok"}, headers=ID))

    assert ConformingClient(app).get("/healthz").json() == {"status": "ok"}
