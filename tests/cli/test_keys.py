"""`jinxue keys`: what the administrator does with keys."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from recommender.domain import SiteKind, TrainingSite
from recommender.keyring import KeyRing
from recommender.store import CatalogueStore, Stored
from tests.cli.said import Jinxue, refusal


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder whose store holds one site."""
    (tmp_path / "state").mkdir()
    with CatalogueStore(f"sqlite:///{tmp_path / 'state' / 'jinxue.sqlite3'}") as store, store.write() as transaction:
        transaction.put("sites", [Stored(TrainingSite(site_id="at-0", name="某阵地", kind=SiteKind.CENTRE))])
    return tmp_path / "state"


def created(jinxue: Jinxue, state: Path, *options: str) -> str:
    said = jinxue("keys", "create", "--name", "试用", *options, "--state", state)
    assert said.code == 0, said.err
    return said.out.strip()


def listed(jinxue: Jinxue, state: Path) -> list[dict[str, Any]]:
    return json.loads(jinxue("keys", "list", "--json", "--state", state).out)


def holds(state: Path, presented: str) -> bool:
    with CatalogueStore(f"sqlite:///{state / 'jinxue.sqlite3'}") as store:
        return KeyRing(store).verify(presented) is not None


def test_a_new_key_alone_is_printed_so_that_a_shell_can_take_it(jinxue: Jinxue, state: Path) -> None:
    said = jinxue("keys", "create", "--name", "试用", "--scope", "admin", "--state", state)

    assert re.fullmatch(r"jinxue_[0-9a-f]{12}_[\w-]{43}\n", said.out)
    assert "只显示这一次" in said.err
    assert said.out.strip() not in said.err
    assert holds(state, said.out.strip())


def test_the_list_tells_everything_but_the_secret(jinxue: Jinxue, state: Path) -> None:
    presented = created(jinxue, state, "--scope", "site", "--scope", "reviewer", "--site", "at-0", "--expires", "12h")
    created(jinxue, state, "--scope", "platform", "--expires", "never")
    first, second = listed(jinxue, state)
    table = jinxue("keys", "list", "--state", state).out

    assert (first["scopes"], first["site_ids"], first["state"]) == (["reviewer", "site"], ["at-0"], "expires soon")
    assert (second["scopes"], second["expires_at"], second["state"]) == (["platform"], None, "holds")
    assert first["key_id"] in table
    assert "at-0" in table
    assert presented.split("_", 2)[2] not in table + json.dumps(first)


def test_a_key_is_rotated_and_the_old_one_holds_on_until_it_is_revoked(jinxue: Jinxue, state: Path) -> None:
    old = created(jinxue, state, "--scope", "platform")
    old_id = old.split("_")[1]
    new = jinxue("keys", "rotate", old_id, "--overlap", "2d", "--state", state).out.strip()

    assert holds(state, old)
    assert holds(state, new)
    assert jinxue("keys", "revoke", old_id, "--state", state).code == 0
    assert not holds(state, old)
    assert holds(state, new)
    assert [key["state"] for key in listed(jinxue, state)] == ["revoked", "holds"]
    assert "已失效" in refusal(jinxue("keys", "rotate", old_id, "--state", state))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--scope", "site"], "须绑定阵地"),
        (["--scope", "site", "--site", "nowhere"], "nowhere"),
        (["--scope", "enterprise"], "须绑定一家企业"),
        (["--scope", "platform", "--site", "at-0"], "其他范围不能绑定"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_in_a_sentence(
    jinxue: Jinxue, state: Path, options: list[str], reason: str
) -> None:
    assert reason in refusal(jinxue("keys", "create", "--name", "试用", *options, "--state", state))
    assert listed(jinxue, state) == []


@pytest.mark.parametrize("span", ["", "5", "d", "0d", "1.5d", "-1d", "5w", "99999y", "五天"])
def test_a_span_that_is_none_is_refused(jinxue: Jinxue, state: Path, span: str) -> None:
    said = jinxue("keys", "create", "--name", "试用", "--scope", "admin", "--expires", span, "--state", state)

    assert said.code == 2
    assert "90d" in said.err
    assert listed(jinxue, state) == []


def test_an_unknown_key_is_said_to_be_unknown(jinxue: Jinxue, state: Path) -> None:
    assert "0123456789ab" in refusal(jinxue("keys", "revoke", "0123456789ab", "--state", state))
