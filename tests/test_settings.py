"""Settings come from the environment, a `.env` file or the caller, and a wrong one is named."""

import os
from pathlib import Path

import pytest

from recommender.errors import SettingsError
from recommender.language import Language
from recommender.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith("JINXUE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_the_service_is_local_bundled_and_chinese() -> None:
    settings = load_settings()

    assert (settings.host, settings.port, settings.timezone) == ("127.0.0.1", 8000, "Asia/Shanghai")
    assert settings.language is Language.ZH
    assert (settings.encoder, settings.policy, settings.database_url) == (None, None, None)


def test_a_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINXUE_PORT", "9000")
    monkeypatch.setenv("jinxue_language", "en")

    settings = load_settings()

    assert settings.port == 9000
    assert settings.language is Language.EN


def test_the_caller_goes_before_the_variable_and_the_variable_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("JINXUE_PORT=1\nJINXUE_HOST=0.0.0.0\nJINXUE_ENCODER=本地模型\n", encoding="utf-8")
    monkeypatch.setenv("JINXUE_PORT", "2")
    monkeypatch.setenv("JINXUE_HOST", "localhost")

    settings = load_settings(port=3, host=None)

    assert (settings.port, settings.host, settings.encoder) == (3, "localhost", "本地模型")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JINXUE_PORT", "eighty"),
        ("JINXUE_PORT", "-1"),
        ("JINXUE_PORT", "65536"),
        ("JINXUE_PORT", ""),
        ("JINXUE_LANGUAGE", "fr"),
        ("JINXUE_SEARCH_THREADS", "0"),
        ("JINXUE_SEARCH_THREADS", "1.5"),
        ("JINXUE_TIMEZONE", "Mars/Olympus"),
        ("JINXUE_TIMEZONE", "../etc/passwd"),
        ("JINXUE_TIMEZONE", ""),
    ],
)
def test_an_impossible_value_is_refused_and_its_variable_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    zh, en = caught.value.message
    assert zh.startswith(f"设置 {variable} 的值不可用：")
    assert en.startswith(f"The setting {variable} cannot be used: ")
    assert "不符合要求" not in zh
    assert not value or f" {value}" not in en


def test_a_wrong_value_of_the_caller_s_is_named_as_its_variable() -> None:
    with pytest.raises(SettingsError, match="JINXUE_PORT"):
        load_settings(port="many")


def test_an_env_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("JINXUE_STATE=状态文件夹\n".encode("gb18030"))

    with pytest.raises(SettingsError, match=r"\.env is not UTF-8"):
        load_settings()


def test_the_database_is_a_file_in_the_state_folder_unless_a_url_is_given(tmp_path: Path) -> None:
    url = "postgresql+psycopg://localhost/jinxue"

    assert load_settings(state=tmp_path / "here").store_url == f"sqlite:///{tmp_path / 'here' / 'jinxue.sqlite3'}"
    assert load_settings(state="here").store_url == f"sqlite:///{tmp_path.resolve() / 'here' / 'jinxue.sqlite3'}"
    assert load_settings(database_url=url).store_url == url


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description and field.description.endswith(".") for field in Settings.model_fields.values())


def test_settings_of_other_programs_are_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=x\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "1234")

    assert load_settings().port == 8000
