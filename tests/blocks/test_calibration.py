"""From cosine to value: near 0 for what is foreign, 0.5 half-way to what is meant; and of a request, the wish before the rest."""

import numpy as np
import pytest

from recommender.blocks import Calibration, fit_calibration
from recommender.blocks.text import TextBlock
from recommender.policy import Preference
from recommender.snapshot import Snapshot, SnapshotFolder, build_snapshot, course_text
from tests.handmade import HERE, catalogue, course, enterprise, learner, network, taught

NO_CALIBRATION = Calibration(slope=1, intercept=0)
TEXTS = (Preference.MEANING, Preference.WORDS)
TITLES = {"fork": "叉车操作", "robot": "工业机器人编程", "care": "养老护理", "weld": "电焊", "plc": "PLC入门"}


@pytest.fixture(scope="module")
def made():
    return network([course(name, title=title) for name, title in TITLES.items()], [taught(n, n) for n in TITLES])


def _block(made, space, calibration=NO_CALIBRATION, context_share=0.25):
    vectors = space.encode_passages([one.title for one in made.courses])
    return TextBlock(Preference.MEANING, space, calibration, context_share, vectors)


def _drawn(seed=0, count=60, width=40, nearness=0.9):
    """Return queries, courses and which course each query means: unit rows, foreign ones somewhat alike."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=width)
    courses = rng.normal(size=(count, width)) + common
    queries = nearness * courses + (1 - nearness) * 3 * (rng.normal(size=(count, width)) + common)
    unit = [(rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32) for rows in (queries, courses)]
    return *unit, np.arange(count)


def _kinds(queries, courses, meant):
    """Return the cosines of all meant pairs and of all foreign ones."""
    cosines = queries.astype(np.float64) @ courses.T
    own = np.arange(len(courses)) == meant[:, None]
    return cosines[own], cosines[~own]


@pytest.mark.parametrize("seed", range(4))
def test_one_half_lies_half_way_between_the_kinds_and_foreign_pairs_near_zero(seed):
    drawn = _drawn(seed, nearness=0.7)
    fitted = fit_calibration(*drawn)
    own, foreign = (fitted.slope * kind + fitted.intercept for kind in _kinds(*drawn))
    assert own.mean() + foreign.mean() == pytest.approx(1, abs=0.04)  # the foreign pairs are a sample
    assert -0.05 < foreign.mean() < 0.2


def test_the_line_is_that_of_least_squares_with_both_kinds_of_one_weight():
    drawn = _drawn(nearness=0.6)
    own, foreign = _kinds(*drawn)
    weights = np.sqrt(np.concatenate([np.full(len(own), 1 / len(own)), np.full(len(foreign), 1 / len(foreign))]))
    labels = np.repeat([1, 0], [len(own), len(foreign)])
    slope, intercept = np.polyfit(np.concatenate([own, foreign]), labels, 1, w=weights)
    fitted = fit_calibration(*drawn)
    assert fitted.slope == pytest.approx(slope, rel=0.05)
    assert fitted.intercept == pytest.approx(intercept, abs=0.05)


def test_where_each_kind_has_one_cosine_the_line_goes_through_zero_and_one():
    courses = np.full((10, 10), 0.2, dtype=np.float32) + 0.6 * np.eye(10, dtype=np.float32)  # own 0.8, foreign 0.2
    fitted = fit_calibration(np.eye(10, dtype=np.float32), courses, np.arange(10))
    assert fitted.slope == pytest.approx(1 / 0.6, rel=1e-4)
    assert fitted.intercept == pytest.approx(-1 / 3, rel=1e-4)
    assert fit_calibration(np.eye(9, 10, dtype=np.float32), courses[:9], np.arange(9)) == NO_CALIBRATION


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("nearness", [0.0, 0.2, 0.5, 1.0])
def test_a_larger_cosine_is_never_a_smaller_value(seed, nearness):
    fitted = fit_calibration(*_drawn(seed, count=15, nearness=nearness))
    assert fitted.slope > 0
    assert np.isfinite([fitted.slope, fitted.intercept]).all()


def test_several_queries_may_mean_one_course():
    queries, courses, meant = _drawn()
    twice = fit_calibration(np.vstack([queries, queries]), courses, np.concatenate([meant, meant]))
    once = fit_calibration(queries, courses, meant)
    assert twice.slope == pytest.approx(once.slope, rel=0.1)
    assert twice.intercept == pytest.approx(once.intercept, abs=0.1)


def test_the_same_pairs_give_the_same_line_to_the_bit():
    assert fit_calibration(*_drawn()) == fit_calibration(*_drawn())
    assert fit_calibration(*_drawn()) != fit_calibration(*_drawn(), seed=1)


def _alike(count):
    return np.tile(np.array([1, 0], dtype=np.float32), (count, 1))


DEGENERATE = {
    "no course": (_alike(0), _alike(0), np.arange(0)),
    "one course": (_alike(1), _alike(1), np.arange(1)),
    "no query": (_alike(0), _alike(3), np.arange(0)),
    "all alike": (_alike(3), _alike(3), np.arange(3)),
    "rows of zeros": (np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32), np.arange(3)),
    "each means the other": (np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), np.array([1, 0])),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_what_cannot_be_told_apart_needs_no_calibration(name):
    assert fit_calibration(*DEGENERATE[name]) == NO_CALIBRATION


@pytest.mark.parametrize("preference", TEXTS)
def test_two_courses_on_one_subject_are_no_measure_of_what_is_foreign(encoder, policy, preference):
    told = "面向一线学员，学习安全要求与设备操作，考取证书。"
    courses = [course(level, title=f"数控车床操作工（{level}）", description=told) for level in ("四级", "三级")]
    snapshot = build_snapshot(catalogue(courses, [taught("a", "四级"), taught("b", "三级")]), 1, encoder, policy)
    request = snapshot.layout.request_vector(learner(snapshot.network, goal="养老护理"))
    values = snapshot.layout.values(snapshot.instances.vectors, request)
    assert values[:, TEXTS.index(preference)].min() > -1


@pytest.mark.parametrize("preference", TEXTS)
def test_in_the_bundled_network_own_titles_are_near_one_and_foreign_ones_below_one_half(
    bundled_snapshot: Snapshot, preference
):
    block = bundled_snapshot.meaning if preference is Preference.MEANING else bundled_snapshot.words
    courses = bundled_snapshot.network.courses
    titles = block.space.encode_queries([one.title for one in courses])
    texts = block.space.encode_passages([course_text(one) for one in courses])
    own, foreign = (
        block.calibration.slope * kind + block.calibration.intercept
        for kind in _kinds(titles, texts, np.arange(len(courses)))
    )
    assert own.mean() == pytest.approx(1, abs=0.3)
    assert foreign.mean() == pytest.approx(0.1, abs=0.2)
    assert (own > 0.5).mean() > 0.98
    assert (foreign < 0.5).mean() > 0.95


def test_both_lines_are_kept_with_the_snapshot_and_read_back(tmp_path, encoder, policy, bundled_catalogue):
    built = build_snapshot(bundled_catalogue, 1, encoder, policy)
    folder = SnapshotFolder(tmp_path)
    folder.save(built)
    loaded = folder.load(encoder, policy)
    for block, again in ((built.meaning, loaded.meaning), (built.words, loaded.words)):
        assert again.calibration == block.calibration == loaded.fit.calibrations[block.preference] != NO_CALIBRATION
        assert again.context_share == policy.context_share
    assert built.meaning.calibration != built.words.calibration


def test_a_value_is_the_calibrated_cosine(made, encoder):
    block = _block(made, encoder, Calibration(slope=2, intercept=-0.5))
    cosines = block.course_vectors.astype(np.float64) @ encoder.encode_queries(["机器人编程"])[0].astype(np.float64)
    values = block.of_instances(made) @ block.of_request(learner(made, goal="机器人编程"))
    np.testing.assert_allclose(values, 2 * cosines[made.course_of] - 0.5, atol=1e-9)


@pytest.mark.parametrize("preference", TEXTS)
@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_the_wish_counts_whole_and_the_rest_a_share(encoder, policy, preference, share):
    records = catalogue([course(name, title=title) for name, title in TITLES.items()], [taught(n, n) for n in TITLES])
    snapshot = build_snapshot(records, 1, encoder, policy.model_copy(update={"context_share": share}))
    block = snapshot.meaning if preference is Preference.MEANING else snapshot.words
    wish, context = block.space.encode_queries(["护理入门", "电焊。机器人"]).astype(np.float64)
    said = wish + share * context
    request = learner(snapshot.network, goal="护理入门", occupation="电焊", industry="机器人")
    vectors = snapshot.layout.values(snapshot.instances.vectors, snapshot.layout.request_vector(request))
    cosines = block.space.encode_passages([one.title for one in snapshot.network.courses]) @ said / np.linalg.norm(said)
    np.testing.assert_allclose(
        vectors[:, TEXTS.index(preference)],
        (block.calibration.slope * cosines + block.calibration.intercept)[snapshot.network.course_of],
        atol=1e-5,
    )


@pytest.mark.parametrize("ask", [learner, enterprise])
def test_the_wish_is_what_was_said_first_and_nothing_else_counts_beside_it(made, encoder, ask):
    first = {"goal": None, "occupation": "电焊"} if ask is learner else {"needs": "", "industry": "电焊"}
    alone = _block(made, encoder).of_request(ask(made, **first, location=HERE))
    np.testing.assert_array_equal(alone, _block(made, encoder).of_request(learner(made, goal="电焊")))


def test_a_context_that_says_nothing_to_the_words_changes_nothing(encoder, policy):
    records = catalogue([course(name, title=title) for name, title in TITLES.items()], [taught(n, n) for n in TITLES])
    snapshot = build_snapshot(records, 1, encoder, policy)
    told, alone = (
        snapshot.words.of_request(learner(snapshot.network, goal="护理", occupation=job)) for job in ("☃", None)
    )
    np.testing.assert_allclose(told, alone, atol=1e-9)
