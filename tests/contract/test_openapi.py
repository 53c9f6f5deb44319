"""The document is what the code makes, it is sound, the changelog tells of it, and what it shows can be done."""

from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi.testclient import TestClient

from tests.contract.document import document, errors, examples, shown
from tests.contract.town import Town
from tests.regenerate import CHANGELOG, CONTRACT, contract, digest, told_digests


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return document()


def test_the_committed_document_is_what_the_code_makes() -> None:
    assert CONTRACT.read_text(encoding="utf-8") == contract(), "run `python -m tests.regenerate`"


def test_the_changelog_tells_of_the_contract() -> None:
    now = digest(CONTRACT.read_text(encoding="utf-8"))
    assert told_digests(CHANGELOG.read_text(encoding="utf-8"))[:1] == [now], (
        f"the contract is another: say in CHANGELOG.md what callers see, and that it is contract `{now}`"
    )


def test_the_newest_contract_is_told_of_first() -> None:
    text = "- Erasure (contract `0123456789ab`).\n- Keys; contract `ba9876543210`. Not a contract: `0123456789ab`.\n"
    assert told_digests(text) == ["0123456789ab", "ba9876543210"]


def test_another_byte_is_another_contract() -> None:
    assert digest(contract()) == digest(contract()) != digest(contract() + " ")


def test_the_document_is_valid_openapi() -> None:
    committed = document()
    assert committed["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(committed).validate()
    del committed["info"]["version"]
    with pytest.raises(jsonschema_rs.ValidationError):
        schemathesis.openapi.from_dict(committed).validate()


def test_every_example_is_valid_by_its_schema(committed: dict[str, Any]) -> None:
    found = list(examples(committed))
    wrong = {where: told for where, schema, value in found if (told := errors(committed, schema, value))}

    assert not wrong
    assert len(found) > 50


@pytest.mark.parametrize(
    ("name", "value"), [("TrainingSiteFields", {"name": "x"}), ("SyncLines", '{"type": "site", "site_id": 3}')]
)
def test_a_wrong_example_would_be_seen(committed: dict[str, Any], name: str, value: Any) -> None:
    assert errors(committed, {"$ref": f"#/components/schemas/{name}"}, value)


def test_every_example_can_be_sent_and_succeeds(committed: dict[str, Any], town: Town) -> None:
    refused: dict[str, Any] = {}
    with TestClient(town.app, headers={"authorization": f"Bearer {town.key}"}) as client:
        for sent in shown(committed):
            headers = {"content-type": sent.media_type} if sent.media_type else {}
            answer = client.request(sent.method, sent.url, params=sent.query, content=sent.body, headers=headers)
            if not answer.is_success:
                refused[str(sent)] = answer.text

    assert not refused


def test_every_operation_shows_an_example(committed: dict[str, Any]) -> None:
    operations = {(method, path) for path, methods in committed["paths"].items() for method in methods}
    assert {(sent.method, sent.path) for sent in shown(committed)} == operations


def test_every_link_leads_to_an_operation_and_gives_what_it_has(committed: dict[str, Any]) -> None:
    operations = {one["operationId"]: one for methods in committed["paths"].values() for one in methods.values()}
    links = [
        link
        for one in operations.values()
        for response in one["responses"].values()
        for link in response.get("links", {}).values()
    ]

    for link in links:
        target = operations[link["operationId"]]
        named = {name for one in target.get("parameters", []) for name in (one["name"], f"{one['in']}.{one['name']}")}
        assert set(link.get("parameters", {})) <= named
    assert len(links) > 40


def test_every_subject_is_told_of_in_both_languages(committed: dict[str, Any]) -> None:
    used = {tag for methods in committed["paths"].values() for one in methods.values() for tag in one["tags"]}

    assert {tag["name"] for tag in committed["tags"]} == used
    assert all(" / " in tag["description"] for tag in committed["tags"])
