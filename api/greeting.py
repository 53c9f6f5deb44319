"""What the service says when it is ready: where it answers, whom, and a request to paste."""

import datetime
import json
from collections.abc import Iterator

from recommender.errors import StoreError
from recommender.keyring import KeyOffice
from recommender.language import Bilingual
from recommender.service import Service
from recommender.settings import Settings

_DEMO = Bilingual(
    "演示模式：本机上任何人不用密钥即可查看示例目录、试用推荐（不保存任何内容）、看哪里缺课，其余都需要密钥；只在本机地址上提供。",
    "A demo: anybody on this machine may read the catalogue, try recommendations (nothing is stored) and see where supply is missing "
    "without a key; all else needs a key, and it answers on this machine only.",
)
_NO_KEYS = Bilingual(
    "还没有可用的密钥，除 /healthz 外一律拒绝。签发第一个：jinxue keys create --scope admin --name 管理员",
    "No key holds yet, so that all but /healthz is refused. Create the first: jinxue keys create --scope admin --name administrator",
)


def greet(settings: Settings, service: Service, port: int) -> None:
    """Print it."""
    for line in _lines(settings, service, port):
        print(line, flush=True)  # noqa: T201


def _lines(settings: Settings, service: Service, port: int) -> Iterator[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{port}"
    ready = Bilingual(
        f"近学已就绪：{url}（文档 {url}/docs）。试一试：", f"Jinxue is ready: {url} (docs: {url}/docs). Try:"
    )
    yield ready.in_language(settings.language)
    if settings.demo:
        yield _DEMO.in_language(settings.language)
    elif not _has_keys(service):
        yield _NO_KEYS.in_language(settings.language)
    key = "" if settings.demo else ' -H "Authorization: Bearer $JINXUE_KEY"'
    yield f"curl -s {url}/v1/recommendations{key} -H 'Content-Type: application/json' -d '{_body(service)}'"


def _has_keys(service: Service) -> bool:
    """Tell whether any key holds, as far as can be told."""
    try:
        keys, now = KeyOffice(service.store).keys(), datetime.datetime.now(datetime.UTC)
    except StoreError:
        return True
    return any(key.holds(now) for key in keys)


def _body(service: Service) -> str:
    """Return a request in words of the service's own catalogue; never in those of a real person."""
    network = service.matcher.snapshot.network
    learner = next((one for one in network.learners if one.illustrative and one.goal and one.place), None)
    place = learner.place if learner else network.gazetteer.full_name(network.gazetteer.places[-1])
    goal = learner.goal if learner else network.courses[0].title if network.courses else "…"
    return json.dumps({"goal": goal, "location": {"place": place}}, ensure_ascii=False).replace("'", "’")
