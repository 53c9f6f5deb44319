"""The port that the service listens on."""

import socket
from ipaddress import ip_address

from recommender.errors import SettingsError
from recommender.language import Bilingual
from recommender.settings import Settings


def listen(settings: Settings) -> socket.socket:
    """Take the port, before anything is loaded, so that a taken one is said at once; SettingsError when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        _check_demo(settings, listening.getsockname()[0])
        listening.listen()
    except OSError as error:
        listening.close()
        raise SettingsError(
            Bilingual(
                f"无法在 {settings.host}:{settings.port} 上监听（{error.strerror}）。请换一个端口：make serve PORT=8001。",
                f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}); take another: make serve PORT=8001.",
            )
        ) from error
    except SettingsError:
        listening.close()
        raise
    return listening


def _check_demo(settings: Settings, address: str) -> None:
    """Refuse a demo for anybody but those on this machine: it lets them in without a key."""
    if settings.demo and not (ip_address(address).is_loopback and not settings.trusted_proxies):
        raise SettingsError(
            Bilingual(
                "演示模式（JINXUE_DEMO）不用密钥，只能在本机地址 127.0.0.1 或 ::1 上提供，也不能放在代理之后。"
                "请去掉 JINXUE_DEMO，用 jinxue keys create 签发密钥。",
                "The demo (JINXUE_DEMO) needs no key, and is for 127.0.0.1 or ::1 only, not behind a proxy; "
                "leave JINXUE_DEMO out, and issue keys with jinxue keys create.",
            )
        )
