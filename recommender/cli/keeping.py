"""What is kept how long, and who did what."""

import datetime
import json
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from recommender.cli.console import ERR, OUT, JsonOption, StateOption, open_workshop, say
from recommender.cli.spans import Span, parse_span
from recommender.display.audit import show_audit
from recommender.errors import InvalidRequest, StoreError
from recommender.language import Bilingual
from recommender.settings import load_settings

_AT_ONCE = 1_000


def purge(
    older_than: Annotated[
        Span, typer.Option("--older-than", parser=parse_span, metavar="SPAN", help="Such as 730d, 24m or 2y.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    state: StateOption = None,
) -> None:
    """Erase learners whom nobody has written since, and let go of history, kept answers and keys from before; the audit log stays."""
    settings = load_settings(state=state)
    assert older_than is not None
    before = datetime.datetime.now(datetime.UTC) - older_than
    with ERR.status("…"):
        purged = open_workshop(settings).purge(before, dry_run=dry_run)
    learners, history, answers, keys = (
        purged[name] for name in ("learners", "history_entries", "sync_answers", "keys")
    )
    day = before.astimezone(ZoneInfo(settings.timezone)).date()
    say(
        settings,
        f"{day} 之前：学员 {learners} 名，历史 {history} 条，保留的回答 {answers} 个，密钥 {keys} 个。",
        f"From before {day}: {learners} learners, {history} entries of history, {answers} kept answers, {keys} keys.",
    )
    if dry_run:
        say(settings, "试运行：没有删除任何数据。", "Dry run: nothing was deleted.")
    else:
        say(settings, "已清除。", "They are gone.")


def audit(
    since: Annotated[str | None, typer.Option(metavar="DATE", help="A day or an instant, such as 2026-11-01.")] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="LEARNER_ID", help="Only what was done to this learner.")
    ] = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Show who did what, and check that nobody has tampered with it; ids and content are kept as hashes only."""
    settings = load_settings(state=state)
    timezone = ZoneInfo(settings.timezone)
    begin = _instant(since, timezone)
    with open_workshop(settings).open_store() as store, store.read() as reading:
        about = None if subject is None else reading.audit_hashes.subject("learner", subject)
        after = 0
        while page := reading.audit_entries(after=after, since=begin, subject=about, limit=_AT_ONCE):
            after = page[-1].position
            if as_json:
                for entry in page:
                    told = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
                    OUT.out(json.dumps(told | {"at": entry.at.astimezone(timezone).isoformat()}), highlight=False)
            else:
                show_audit(page, settings.language, OUT, timezone=timezone)
        broken = reading.audit_broken_at()
    if broken is not None:
        raise StoreError(
            Bilingual(
                f"审计记录从第 {broken} 条起与前文不符，可能被改动过。请与备份核对。",
                f"The audit log does not fit together from entry {broken} on: it may have been changed. Compare it with a backup.",
            )
        )
    say(settings, "审计记录完整，前后相符。", "The audit log is whole: each entry fits the one before.")


def _instant(typed: str | None, timezone: ZoneInfo) -> datetime.datetime | None:
    if typed is None:
        return None
    try:
        instant = datetime.datetime.fromisoformat(typed)
        return (instant if instant.tzinfo else instant.replace(tzinfo=timezone)).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest.of(
            "--since", "应为日期，如 2026-11-01。", "Expected a date such as 2026-11-01."
        ) from error
