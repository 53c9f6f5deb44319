"""Where schemathesis takes for a fault what no schema can say: each kind with its reason."""

import json
import re
from typing import Any

from schemathesis import Case, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

from tests.contract.document import document, errors

_REASONS = re.compile(
    "|".join(
        (
            # names of what is not stored, which is data and no part of the contract
            r"^There is no (such )?(\w+_id|site|course|industry cluster|cluster|place|provider|class|enterprise|learner)\b|^没有编号为.*课程|^没有这个地名",
            r"^Not in .*: it is ",
            # what looks like somebody's number, address or name, which no pattern tells
            r"^Holds (a phone number|an e-mail address|the number of an identity card|the name of a person)|^含有",
            r"^The name of a field holds",
            # what is stored and what is sent together make a record, or a request, that cannot be
            r"^The point lies outside the city's bounds",
            r"^Prerequisites go in a circle",
            r"^end_date lies before start_date",
            r"^Give at least one of (goal|needs)|^(目标 goal|需求 needs).*至少填写一项",  # a stored profile that says nothing
            r"^The request says nothing that [\w, ]+ could weigh|^请求中没有可供",  # only what it is silent about has a weight
            r"^It belongs to the site",  # in a line; alone it is a 409
            r"^Differs from the id in the address",
            r"^This key was used for a request with other content",
        )
    ),
    re.DOTALL,
)
_OF_A_CHANGE = re.compile(r"^Latitude and longitude belong together|^site_id is needed unless the mode is online")
"""The same, where only a part is sent; of a whole the schema tells it."""


def is_excused(failure: Failure, case: Case, response: Response) -> bool:
    """Tell whether a failure is none, for a reason that is written down here."""
    match failure:
        case RejectedPositiveData():
            return response.status_code == 422 and _all_have_reasons(case, response)
        case AcceptedNegativeData():
            return _means_what_it_means_in_a_file(case, response) or _all_lines_refused(case, response)
        case UseAfterFree():
            return case.path.endswith("/history")  # it outlives the record, as it says
    return False


def _all_have_reasons(case: Case, response: Response) -> bool:
    messages = [error["message"] for error in response.json()["errors"]]
    parts = case.method == "PATCH" or case.path == "/v1/sync"
    return bool(messages) and all(_REASONS.search(one) or (parts and _OF_A_CHANGE.search(one)) for one in messages)


def _all_lines_refused(case: Case, response: Response) -> bool:
    """Tell whether each line of a stream was refused, which the answer to the whole is a success for when lines are taken one by one."""
    if case.path != "/v1/sync":
        return False
    *results, _ = (json.loads(line) for line in response.text.splitlines())
    return bool(results) and all(result["status"] == "refused" for result in results)


def _means_what_it_means_in_a_file(case: Case, response: Response) -> bool:
    """Tell whether a record was written in words that a schema does not list but a catalogue's files may hold, such as `"40"`: then what was
    understood, which the answer shows, is right by the schema.
    """
    if case.method not in ("PUT", "PATCH") or not isinstance(case.body, dict):
        return False
    record = response.json()["record"]
    understood: dict[str, Any] = {name: record.get(name) for name in case.body}
    contract = document()
    sent = contract["paths"][case.path][case.method.lower()]["requestBody"]["content"][case.media_type]["schema"]
    return case.body.keys() <= record.keys() and not errors(contract, sent, understood)
