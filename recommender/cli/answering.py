"""Answers: over HTTP, and on the terminal."""

import datetime
import json
from typing import Annotated

import typer

from recommender.cli.console import OUT, JsonOption, StateOption, open_workshop
from recommender.display import show
from recommender.language import Language
from recommender.settings import load_settings


def serve(
    state: StateOption = None,
    host: Annotated[str | None, typer.Option(help="Address to serve on (JINXUE_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on (JINXUE_PORT).")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Show the catalogue to anybody on this machine, without a key (JINXUE_DEMO).")
    ] = False,
) -> None:
    """Serve over HTTP; builds a snapshot first when there is none that fits."""
    from api.server import run  # the one step from the library to HTTP

    if not run(lambda: load_settings(state=state, host=host, port=port, demo=demo or None)):
        raise typer.Exit(1)


def recommend(
    goal: Annotated[str | None, typer.Option(help="What the learner wants.")] = None,
    occupation: Annotated[str | None, typer.Option(help="The learner's occupation.")] = None,
    industry: Annotated[str | None, typer.Option(help="The learner's or the enterprise's industry.")] = None,
    level: Annotated[str | None, typer.Option(help="Skill level, e.g. 中级工 or 四级.")] = None,
    place: Annotated[str | None, typer.Option(help="District or sub-district.")] = None,
    needs: Annotated[
        str | None, typer.Option(help="What an enterprise wants taught (makes it an enterprise's request).")
    ] = None,
    headcount: Annotated[int | None, typer.Option(help="How many the enterprise would send.")] = None,
    learner: Annotated[str | None, typer.Option(help="A stored learner's id instead.")] = None,
    enterprise: Annotated[str | None, typer.Option(help="A stored enterprise's id instead.")] = None,
    k: Annotated[int, typer.Option(help="How many courses.")] = 10,
    language: Annotated[Language | None, typer.Option(help="zh or en.")] = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Recommend courses, as a table."""
    settings = load_settings(state=state, language=language)
    workshop = open_workshop(settings)
    from recommender.service import Service

    service = Service(workshop)
    listing = {"k": k, "language": settings.language}
    today: datetime.date = workshop.today()
    if learner is not None:
        answer = service.matcher.recommend_to_learner(learner, today=today, **listing)
    elif enterprise is not None:
        answer = service.matcher.recommend_to_enterprise(enterprise, today=today, **listing)
    else:
        from recommender.profiles import parse_request

        fields = {
            "industry": industry,
            "skill_level": level,
            "location": {"place": place} if place else None,
            **listing,
        }
        own = (
            {"needs": needs, "headcount": headcount} if needs or headcount else {"goal": goal, "occupation": occupation}
        )
        answer = service.matcher.recommend(parse_request({**fields, **own}), today=today)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201
    else:
        show(answer, settings.language, OUT)
