"""What an answer promises of scores, order and counts, as properties of random requests to random networks."""

import datetime
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Mode
from recommender.matcher import Matcher
from recommender.requests import LearnerRequest
from recommender.snapshot import SnapshotFolder, build_snapshot
from tests.agreement import differences, twin_of
from tests.asking import answered, changed, courses_of, eligible_courses, every_page, meet, promise, situations
from tests.networks import TODAY, shuffled


@promise
@given(situation=situations)
def test_the_top_is_exact_and_every_course_stands_once_at_its_best_class(matchers, situation):
    matcher, request = meet(matchers, situation, offset=0)
    answer = answered(matcher, request)
    assert differences(matcher, twin_of(matcher.snapshot), request, today=TODAY) == []
    assert len(set(courses_of(answer))) == len(answer["items"]) <= request.k
    for item in answer["items"]:
        scores = [item["score"], *(other["score"] for other in item["alternatives"])]
        places = [(item["site"] and item["site"]["site_id"], item["instance"]["mode"])]
        places += [(other["site_id"], other["mode"]) for other in item["alternatives"]]
        assert scores == sorted(scores, reverse=True)
        assert len(set(places)) == len(places)


@promise
@given(situation=situations)
def test_contributions_add_up_to_the_score(matchers, situation):
    matcher, request = meet(matchers, situation)
    for item in answered(matcher, request)["items"]:
        parts = item["contributions"]
        assert sum(part["contribution"] for part in parts) == pytest.approx(item["score"], abs=1e-6)
        assert sum(part["weight"] for part in parts) == pytest.approx(1, abs=1e-6)
        assert all(part["value"] * part["weight"] == pytest.approx(part["contribution"], abs=1e-6) for part in parts)
        assert all(part["weight"] > 0 for part in parts)


@promise
@given(situation=situations)
def test_every_contribution_says_what_it_means_in_both_languages(matchers, situation):
    matcher, request = meet(matchers, situation)
    chinese, english = answered(matcher, request, language="zh"), answered(matcher, request, language="en")
    assert courses_of(chinese) == courses_of(english)
    for zh, en in zip(chinese["items"], english["items"], strict=True):
        assert zh["score"] == en["score"]
        assert len(zh["reasons"]) == len(en["reasons"])
        for one, other in zip(zh["contributions"], en["contributions"], strict=True):
            assert one.keys() == other.keys() == {"name", "meaning", "value", "weight", "contribution", "reason"}
            assert one["meaning"] != other["meaning"]
            assert one["reason"] != other["reason"]
            assert all(text[0] >= "\u4e00" for text in (one["meaning"], one["reason"]))
            assert all(text[0].isascii() for text in (other["meaning"], other["reason"]))


@promise
@given(situation=situations)
def test_the_same_request_gives_the_same_bytes(matchers, situation):
    matcher, request = meet(matchers, situation)
    first = orjson.dumps(answered(matcher, request))
    assert orjson.dumps(answered(matcher, request)) == first
    assert orjson.dumps(Matcher(matcher.snapshot).recommend(request, today=TODAY)) == first


@promise
@given(situation=situations, days=st.integers(-400, 400))
def test_a_given_day_takes_the_place_of_today(matchers, situation, days):
    matcher, request = meet(matchers, situation)
    then = TODAY + datetime.timedelta(days=days)
    dated = changed(request, as_of=then)
    undated = changed(request, as_of=None)
    assert orjson.dumps(matcher.recommend(dated, today=TODAY)) == orjson.dumps(matcher.recommend(undated, today=then))
    assert answered(matcher, dated)["as_of"] == then.isoformat()


@pytest.fixture(scope="module")
def reloaded(matchers, encoder, policy, tmp_path_factory):
    """The same networks, their snapshots saved and loaded again."""
    loaded = []
    for matcher in matchers:
        folder = SnapshotFolder(tmp_path_factory.mktemp("snapshots"))
        folder.save(matcher.snapshot)
        loaded.append(Matcher(folder.load(encoder, policy)))
    return loaded


@pytest.fixture(scope="module")
def reordered(matchers, encoder, policy):
    """The same networks, built from catalogues whose rows came in another order."""
    catalogues = [shuffled(matcher.snapshot.network.catalogue, seed) for seed, matcher in enumerate(matchers)]
    return [Matcher(build_snapshot(catalogue, 1, encoder, policy)) for catalogue in catalogues]


@promise
@given(situation=situations)
def test_saving_a_snapshot_changes_no_byte_of_an_answer(matchers, reloaded, situation):
    matcher, request = meet(matchers, situation)
    assert orjson.dumps(answered(reloaded[situation[0]], request)) == orjson.dumps(answered(matcher, request))


@promise
@given(situation=situations)
def test_the_order_of_a_catalogues_rows_changes_no_byte_of_an_answer(matchers, reordered, situation):
    matcher, request = meet(matchers, situation)
    assert orjson.dumps(answered(reordered[situation[0]], request)) == orjson.dumps(answered(matcher, request))


@promise
@given(situation=situations, k=st.sampled_from((1, 2, 3, 7)), diversity=st.sampled_from((0, 0.1, 1)))
def test_each_page_continues_the_one_before(matchers, situation, k, diversity):
    matcher, request = meet(matchers, situation, k=k, diversity=diversity)
    items = every_page(matcher, request)
    names = [item["course"]["course_id"] for item in items]
    assert [item["rank"] for item in items] == list(range(1, len(items) + 1))
    assert len(set(names)) == len(names)
    assert sorted(item["score_rank"] for item in items) == list(range(1, len(items) + 1))
    shifted = answered(matcher, request, offset=k // 2 + 1)["items"]
    assert shifted == items[k // 2 + 1 :][:k]


@promise
@given(situation=situations, radius=st.floats(0, 60), more=st.floats(0, 60))
def test_a_larger_radius_loses_no_course(matchers, situation, radius, more):
    matcher, request = meet(matchers, situation)
    near = eligible_courses(matcher, request, maximum_distance_km=radius)
    assert near <= eligible_courses(matcher, request, maximum_distance_km=radius + more)


@promise
@given(situation=situations)
def test_one_constraint_less_loses_no_course(matchers, situation):
    matcher, request = meet(matchers, situation, weights={"quality": 1})
    admitted = eligible_courses(matcher, request)
    lifted = {
        "starts_by": None,
        "skill_level": None,
        "location": None,
        "modes": tuple(Mode),
        "maximum_distance_km": 1_000,
    }
    lifted |= {"completed_course_ids": ()} if isinstance(request, LearnerRequest) else {"headcount": None}
    for field, value in lifted.items():
        if field == "headcount" and request.headcount == 1:
            continue  # an enterprise that does not say how many it is may be enough; one person may not
        assert admitted <= eligible_courses(matcher, request, **{field: value}), field


@promise
@given(situation=situations, other=st.integers(0, 100_000))
def test_counts_do_not_depend_on_how_the_answer_is_sorted_or_cut(matchers, situation, other):
    matcher, request = meet(matchers, situation)
    rng = Random(other)
    cut = {
        "k": rng.randint(1, 100),
        "offset": rng.randint(0, 50),
        "diversity": rng.random(),
        "half_distance_km": rng.uniform(0.05, 50),
    }
    first = answered(matcher, request)
    second = answered(matcher, request, **cut, weights={"quality": 1, "meaning": rng.random()}, language="en")
    assert first["eligible_courses"] == second["eligible_courses"]
    assert first["excluded"] == second["excluded"]


@promise
@given(situation=situations, k=st.sampled_from((4, 9, 40)))
def test_counts_are_what_paging_lists(matchers, situation, k):
    matcher, request = meet(matchers, situation, k=k)
    answer, items = answered(matcher, request, offset=0), every_page(matcher, request)
    assert sum(not item["relaxed"] for item in items) == answer["eligible_courses"]
    assert len(items) == answer["eligible_courses"] + sum(relaxation["gained"] for relaxation in answer["relaxations"])
