"""The OpenAPI document, as the application really answers."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from api.access import OWN, SCHEME
from api.carried import HEADERS, MINIMUM, headers_of
from api.errors import problems
from api.links import add_links
from api.schemas.fields import components as sent
from recommender.access import Scope
from recommender.language import Bilingual, Language

Document = dict[str, Any]

_DEMO = Bilingual("演示（无密钥）", "no key, in a demo")
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key that the administrator issued by `jinxue keys create`. The names behind it are the scopes, any of which reaches here.",
}
_TAGS: Mapping[str, str] = {
    "recommendations 推荐": "推荐课程，说明理由。 / Courses that fit and are near, with the reasons.",
    "audiences 招生": "一个班次最适合哪些学员。 / The learners whom a class suits best.",
    "catalogue 目录": "查看课程、阵地、地名和产业集群。 / What is taught, where, and the words for it.",
    "records 数据": "逐条写入、读取和删除记录。 / Records, written, read and deleted one at a time.",
    "reviews 审核": "审核课程。 / Courses that wait for review.",
    "sync 同步": "成批写入，核对差异。 / Many records at once, and whether they have drifted.",
    "people 个人信息": "学员个人：查询所存内容，请求删除。 / What is held of a person, and its erasure.",
    "insights 统计": "汇总统计，不涉及个人。 / Aggregates, of nobody in particular.",
    "health 状态": "服务是否正常。 / How the service does.",
}
_FROM_SNAPSHOT = frozenset({"recommendations 推荐", "audiences 招生", "catalogue 目录", "insights 统计"})
"""What is answered from a snapshot, which follows the records."""


def describe(openapi: Callable[[], Document], *, demo: bool) -> Document:
    """Return what `openapi` does, with what it cannot know: keys, what the layers in front of every route answer, headers, links, and problems under
    their own media type.

    Only a `demo` offers to do without a key.
    """
    document = copy.deepcopy(openapi())
    components = document["components"]
    components["securitySchemes"], components["headers"] = {SCHEME: _KEY}, dict(HEADERS)
    components["schemas"] |= sent()
    told = set()
    for path, method, operation in _operations(document):
        operation["operationId"] = _name(method, path)
        if not demo:
            operation["security"] = [one for one in operation["security"] if one]
        _add_refusals(operation)
        if _FROM_SNAPSHOT & set(operation["tags"]):
            operation.setdefault("parameters", []).append(dict(MINIMUM))
        told |= set(operation["tags"])
    document["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items() if name in told]
    add_links(document)
    return document


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _name(method: str, path: str) -> str:
    """Return an operation's id: get_course_history for GET /v1/courses/{course_id}/history."""
    words: list[str] = []
    for part in path.removeprefix("/v1").strip("/").split("/"):
        if part.startswith("{"):
            words[-1] = part.strip("{}").removesuffix("_id")
        else:
            words.append(part.replace("-", "_"))
    return "_".join((method, *words))


def _schema_of(response: Mapping[str, Any]) -> str:
    """Return the name of a response's schema, nothing if it has none of its own."""
    schemas = (told.get("schema", {}) for told in response.get("content", {}).values())
    return next((str(schema["$ref"]).rpartition("/")[2] for schema in schemas if "$ref" in schema), "")


def _add_refusals(operation: Document) -> None:
    """Add what is answered before a request comes to its route, and the headers and media types that go with what."""
    refusals = problems(503)
    refusals |= problems(401, 403, 429) if operation["security"] else {}
    refusals |= problems(408, 413) if "requestBody" in operation else {}
    responses = operation["responses"]
    for status, told in refusals.items():
        response = {"description": told["description"], "content": {"application/json": {"schema": _PROBLEM}}}
        responses.setdefault(str(status), response)
    for status, response in responses.items():
        _name_problems(response.get("content", {}))
        response["headers"] = headers_of(status, _schema_of(response))
    operation["responses"] = dict(sorted(responses.items()))


def _name_problems(content: dict[str, Any]) -> None:
    """Put a problem under the media type that it is sent with; FastAPI knows only the answers' own."""
    for media_type, told in list(content.items()):
        if told.get("schema") == _PROBLEM:
            content["application/problem+json"] = content.pop(media_type)


def access_table(document: Mapping[str, Any], language: Language) -> str:
    """Return who may call what, by the document of a demo, as a Markdown table: a row for each address and the methods alike there."""
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            rows.setdefault((path, _cells(operation, language)), []).append(method.upper())
    named = [Bilingual("接口", "endpoint"), *(Bilingual(f"{one} {one.called.zh}", one) for one in Scope), _DEMO]
    header = [one.in_language(language) for one in named]
    lines = [header, ["---"] * len(header)]
    lines += [[f"`{' '.join(methods)} {path}`", *cells] for (path, cells), methods in sorted(rows.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(operation: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    alternatives, own = operation["security"], operation.get(OWN, ())
    scopes = {name for one in alternatives for names in one.values() for name in names}
    mine = Bilingual("自己的", "own").in_language(language)
    cells = (mine if scope in own else "✓" if scope in scopes or not alternatives else "" for scope in Scope)
    return (*cells, "" if all(alternatives) and alternatives else "✓")
