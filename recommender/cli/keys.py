"""Callers' keys: created, listed, rotated, revoked."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Column, Table

from recommender.access import Issued, Key, Scope
from recommender.cli.console import OUT, JsonOption, StateOption, open_workshop, say
from recommender.cli.spans import Span, parse_span, parse_span_or_never
from recommender.language import Bilingual
from recommender.settings import Settings, load_settings

if TYPE_CHECKING:
    from recommender.keyring import KeyOffice

keys = typer.Typer(help="Create, list, rotate and revoke the keys that callers show.", no_args_is_help=True)

KeyArgument = Annotated[str, typer.Argument(metavar="KEY_ID", help="The key's id (see jinxue keys list).")]
ExpiresOption = Annotated[
    Span,
    typer.Option("--expires", parser=parse_span_or_never, metavar="SPAN", help="How long it holds: 90d, 12h, never."),
]
_SOON = datetime.timedelta(days=30)


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="Whom the key is for; no person's name.")],
    scope: Annotated[list[Scope], typer.Option(help="What it is for; may be given several times.")],
    site: Annotated[
        list[str] | None, typer.Option(help="A site that the scope site is bound to; may be repeated.")
    ] = None,
    enterprise: Annotated[
        str | None, typer.Option(help="The enterprise that the scope enterprise is bound to.")
    ] = None,
    expires: ExpiresOption = "365d",  # type: ignore[assignment]  # parsed as if it had been typed
    state: StateOption = None,
) -> None:
    """Create a key and print it: it is shown this once, only a hash of it is kept."""
    settings = load_settings(state=state)
    with _office(settings) as office:
        from recommender.keyring import Bounds

        _tell(settings, office.create(name, Bounds(scope, site or (), enterprise), lifetime=expires))


@keys.command()
def rotate(
    key_id: KeyArgument,
    overlap: Annotated[
        Span, typer.Option("--overlap", parser=parse_span, metavar="SPAN", help="How long the old one holds on.")
    ] = "7d",  # type: ignore[assignment]
    expires: ExpiresOption = "365d",  # type: ignore[assignment]
    state: StateOption = None,
) -> None:
    """Create a key for the same in place of another, which holds on for a while, and print it."""
    settings = load_settings(state=state)
    assert overlap is not None
    with _office(settings) as office:
        _tell(settings, office.rotate(key_id, overlap=overlap, lifetime=expires))


@keys.command()
def revoke(key_id: KeyArgument, state: StateOption = None) -> None:
    """Let a key hold no longer, at once and in every process."""
    settings = load_settings(state=state)
    with _office(settings) as office:
        office.revoke(key_id)
    say(settings, f"密钥 {key_id} 已吊销。", f"The key {key_id} is revoked.")


@keys.command("list")
def list_(as_json: JsonOption = False, state: StateOption = None) -> None:
    """List all keys: what for, bound to what, and until when. Their secret parts are not known to anybody."""
    settings = load_settings(state=state)
    with _office(settings) as office:
        found = office.keys()
    now = datetime.datetime.now(datetime.UTC)
    if as_json:
        print(json.dumps([_fields(key, now) for key in found], ensure_ascii=False, indent=2))  # noqa: T201
        return
    zone = ZoneInfo(settings.timezone)
    columns = (Column(name, overflow="fold") for name in ("name", "scopes", "bound to", "created", "expires", "state"))
    table = Table(Column("key_id", no_wrap=True), *columns)
    for key in found:
        bound = ", ".join([*sorted(key.site_ids), *([key.enterprise_id] if key.enterprise_id else [])])
        expires = f"{key.expires_at.astimezone(zone):%Y-%m-%d %H:%M}" if key.expires_at else "never"
        created = f"{key.created_at.astimezone(zone):%Y-%m-%d}"
        table.add_row(key.key_id, key.name, ", ".join(sorted(key.scopes)), bound, created, expires, _state(key, now))
    OUT.print(table, markup=False)


@contextmanager
def _office(settings: Settings) -> "Iterator[KeyOffice]":
    workshop = open_workshop(settings)
    from recommender.keyring import KeyOffice

    with workshop.open_store() as store:
        yield KeyOffice(store)


def _tell(settings: Settings, issued: Issued) -> None:
    key = issued.key
    until = Bilingual("长期有效", "holds for good")
    if key.expires_at:
        day = f"{key.expires_at.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}"
        until = Bilingual(f"有效至 {day}", f"holds until {day}")
    say(
        settings,
        f"密钥 {key.key_id}（{key.name}），{until.zh}。以下内容只显示这一次，请妥善保存：",
        f"The key {key.key_id} ({key.name}) {until.en}. It is shown this once; keep it safe:",
    )
    print(issued.presented)  # noqa: T201


def _fields(key: Key, now: datetime.datetime) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "site_ids": sorted(key.site_ids),
        "enterprise_id": key.enterprise_id,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at and key.expires_at.isoformat(),
        "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
        "replaces": key.replaces,
        "state": _state(key, now),
    }


def _state(key: Key, now: datetime.datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if not key.holds(now):
        return "expired"
    return "expires soon" if key.expires_at and key.expires_at - now < _SOON else "holds"
