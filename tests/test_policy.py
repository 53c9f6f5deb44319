"""The bundled policy is sensible, and a file that is not is refused with its reason."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from recommender.errors import SettingsError
from recommender.policy import Audience, OnlinePolicy, Policy, Preference, load_policy

BUNDLED = files("recommender").joinpath("data/policy.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def changed(folder: Path, key: str, line: str) -> Path:
    """Write the bundled policy with the first line that sets `key` replaced."""
    text, found = re.subn(rf"(?m)^{key} = .*$", line, BUNDLED, count=1)
    assert found
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("audience", Audience)
def test_the_default_weights_name_every_preference_and_sum_to_one(policy: Policy, audience: Audience) -> None:
    assert set(policy.weights(audience)) == set(Preference)
    assert sum(policy.weights(audience).values()) == pytest.approx(1)


def test_learners_and_enterprises_are_weighed_differently(policy: Policy) -> None:
    assert policy.weights(Audience.LEARNER) == policy.learner_weights
    assert policy.weights(Audience.ENTERPRISE) == policy.enterprise_weights != policy.learner_weights


def test_the_next_step_fits_best_and_what_was_passed_long_ago_worst(policy: Policy) -> None:
    fits = [policy.level_fit[step] for step in range(-7, 8)]

    assert max(policy.level_fit, key=policy.level_fit.__getitem__) == 1
    assert fits[:9] == sorted(fits[:9])
    assert fits[8:] == sorted(fits[8:], reverse=True)
    assert policy.level_fit[0] < policy.open_level_fit < policy.level_fit[1]


def test_an_online_class_is_as_near_as_the_policy_says(policy: Policy) -> None:
    assert [policy.online_proximity(online) for online in OnlinePolicy] == [1, policy.neutral_proximity, 0]
    assert 0 < policy.neutral_proximity < 1


def test_what_is_said_beside_the_wish_counts_but_less(policy: Policy, tmp_path: Path) -> None:
    assert 0 < policy.context_share < 1
    assert load_policy(changed(tmp_path, "context_share", "context_share = 0.0")).context_share == 0


def test_a_policy_does_not_change(policy: Policy) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        policy.diversity = 0.9  # type: ignore[misc]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("diversity", "diversity = 0.1234"),
        ("context_share", "context_share = 0.1234"),
        ("place", "place = 0.2345"),
        ('"-7"', '"-7" = 0.0123'),
    ],
)
def test_the_digest_changes_with_any_number_and_only_then(tmp_path: Path, policy: Policy, key: str, line: str) -> None:
    commented = tmp_path / "commented.toml"
    commented.write_text(f"# Another comment.\n{BUNDLED}", encoding="utf-8")

    assert load_policy(changed(tmp_path, key, line)).digest != policy.digest
    assert load_policy(commented).digest == policy.digest


@pytest.mark.parametrize(
    ("key", "line", "named"),
    [
        ("half_distance_km", "half_distance_km = 0.0", "half_distance_km"),
        ("half_distance_km", "half_distance_km = nan", "half_distance_km"),
        ("maximum_distance_km", "maximum_distance_km = inf", "maximum_distance_km"),
        ("maximum_distance_km", 'maximum_distance_km = "far"', "maximum_distance_km"),
        ("diversity", "diversity = nan", "diversity"),
        ("diversity", "diversity = 1.1", "diversity"),
        ("diversity", "", "diversity"),
        ("context_share", "context_share = -0.1", "context_share"),
        ("context_share", "context_share = 1.1", "context_share"),
        ("context_share", "context_share = nan", "context_share"),
        ("context_share", "", "context_share"),
        ("diversity", "diversity = 0.1\ngravity = 9.8", "gravity"),
        ("level_reach", "level_reach = 2.5", "level_reach"),
        ("place", "place = -0.25", "learner_weights.place"),
        ("place", "plaice = 0.25", "learner_weights.plaice"),
        ('"7"', "", "level_fit"),
        ('"7"', '"8" = 0.0', "level_fit"),
        ('"7"', '"seven" = 0.0', "level_fit.seven"),
        ('"0"', '"0" = 1.6', "level_fit.0"),
    ],
)
def test_a_wrong_value_is_named_in_both_languages(tmp_path: Path, key: str, line: str, named: str) -> None:
    path = changed(tmp_path, key, line)

    with pytest.raises(SettingsError) as caught:
        load_policy(path)

    for message in caught.value.message:
        assert str(path) in message
        assert f"{named} " in message or f"{named}." in message
    assert not any("要求" in word or "value_error" in word for word in caught.value.message)


def test_weights_that_are_all_zero_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    head, tail = BUNDLED.split("[learner_weights]")
    path.write_text(head + "[learner_weights]\nmeaning = 0.0\n[enter" + tail.split("[enter", 1)[1], encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_policy(path)

    assert "权重不能全为零" in caught.value.message.zh
    assert "greater than zero" in caught.value.message.en


@pytest.mark.parametrize(
    "content", [b"half_distance_km = ", b"= = =", b"\xff\xfe\xd6\xd0", b"a = 1\na = 2", b"", b"\x00"]
)
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)

    with pytest.raises(SettingsError, match="cannot be used"):
        load_policy(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SettingsError) as caught:
            load_policy(path)
        assert str(path) in caught.value.message.zh
