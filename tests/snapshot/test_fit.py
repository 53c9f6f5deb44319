"""What is learnt from all texts together: the same on every run, kept as bytes to the bit, refused when damaged."""

import dataclasses
import io
import subprocess
import sys
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from recommender.index import use_threads
from recommender.network import Network
from recommender.snapshot import Fit
from recommender.words import MOST_FITTED, WORDS_DIMENSION, WordSpace
from tests.networks import Shape, random_catalogue
from tests.snapshot.edits import EDITS

COURSES = random_catalogue(0, Shape(instances=200)).courses
ASKED = ["工业机器人操作", "PLC", "鳕", "", "叉车工"]


@pytest.fixture(scope="module")
def fit(encoder: Encoder) -> Fit:
    return Fit.fit(COURSES, encoder)


@pytest.fixture(scope="module")
def content(fit: Fit) -> bytes:
    return fit.to_bytes()


def test_its_bytes_bring_it_back_to_the_bit(fit, content, encoder):
    again = Fit.from_bytes(content)
    assert again.digest == fit.digest
    assert again.encoder == encoder.name
    assert again.texts_digest == fit.texts_digest
    assert again.calibrations == fit.calibrations
    assert again.words.encode_queries(ASKED).tobytes() == fit.words.encode_queries(ASKED).tobytes()
    assert again.to_bytes() == content


def test_the_same_courses_in_any_order_give_the_same_bytes(encoder, content):
    shuffled = list(COURSES)
    Random(1).shuffle(shuffled)
    assert Fit.fit(shuffled, encoder, encoder).to_bytes() == content


def test_another_process_learns_the_same(content, fit):
    work = (
        "from recommender.encoder import load_encoder; from recommender.snapshot import Fit;"
        "from tests.snapshot.test_fit import COURSES; print(Fit.fit(COURSES, load_encoder()).digest)"
    )
    other = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fit.digest


def test_the_number_of_threads_changes_no_bit_of_a_words_row():
    """Of a space as large as there is: BLAS uses one thread for smaller ones."""
    rng = np.random.default_rng(0)
    terms = sorted(set("".join(ASKED)))
    weights = csr_array(rng.random((len(terms), MOST_FITTED), dtype=np.float32))
    basis = rng.normal(size=(MOST_FITTED, WORDS_DIMENSION)).astype(np.float32)
    words = WordSpace(terms, rng.random(len(terms), dtype=np.float32), weights, basis)
    rows = {}
    for count in (1, 2, 3):
        use_threads(count)
        rows[count] = words.encode_passages(ASKED).tobytes()
    use_threads(1)
    assert rows[1] == rows[2] == rows[3]


@pytest.mark.parametrize(
    ("edit", "fits"),
    [
        *((edit, False) for edit in ("text", "occupations", "a new course", "a course gone")),
        *((edit, True) for edit in ("level", "clusters", "seats", "a site moved", "nothing")),
    ],
)
def test_it_knows_whether_the_texts_are_still_those_it_was_fitted_to(fit, edit, fits):
    catalogue = random_catalogue(0, Shape(instances=200))
    assert fit.fits(Network(catalogue))
    assert fit.fits(Network(EDITS[edit](catalogue, Random(2)))) is fits


@pytest.mark.parametrize("part", ["words", "calibrations", "encoder", "texts_digest"])
def test_its_digest_tells_every_part_apart(fit, encoder, part):
    other = Fit.fit(random_catalogue(1).courses, encoder)
    parts = {"words": other.words, "calibrations": other.calibrations, "encoder": "x", "texts_digest": "y"}
    assert dataclasses.replace(fit, **{part: parts[part]}).digest != fit.digest


def test_no_courses_give_a_fit_too(encoder):
    nothing = Fit.from_bytes(Fit.fit((), encoder).to_bytes())
    assert nothing.fits(Network(dataclasses.replace(random_catalogue(0), courses=(), course_instances=())))
    assert not nothing.words.encode_queries(ASKED).any()


def rewritten(content: bytes, **arrays: object) -> bytes:
    """Return the same archive with other `arrays` in it; None leaves one out."""
    with np.load(io.BytesIO(content)) as opened:
        present = {**opened, **arrays}
    archive = io.BytesIO()
    np.savez(archive, **{name: array for name, array in present.items() if array is not None})
    return archive.getvalue()


def an_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "no archive": lambda _: b"\xff" * 100,
    "an array": lambda _: an_array(),
    "another archive": lambda _: rewritten(an_archive(), terms=np.zeros(3)),
    "a changed byte": lambda content: content.replace("机器".encode(), "机口".encode(), 1),
    "a pickle": lambda content: rewritten(content, idf=np.array([{}], dtype=object)),
    "a basis of another size": lambda content: rewritten(content, basis=np.zeros((2, 2), np.float32)),
    "one calibration": lambda content: rewritten(content, calibrations=np.ones((1, 2))),
    "a calibration that is no number": lambda content: rewritten(content, calibrations=np.full((2, 2), np.nan)),
    "no calibrations": lambda content: rewritten(content, calibrations=None),
    "no encoder": lambda content: rewritten(content, encoder=None),
    "no terms": lambda content: rewritten(content, terms=None),
}


def an_archive() -> bytes:
    archive = io.BytesIO()
    np.savez(archive, nothing=np.zeros(1))
    return archive.getvalue()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # numpy leaves half an archive open
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_bytes_are_refused_with_the_way_out(content, damage):
    damaged = DAMAGES[damage](content)
    assert damaged != content
    with pytest.raises(SnapshotError) as refusal:
        Fit.from_bytes(damaged)
    for sentence in refusal.value.message:
        assert "jinxue build" in sentence


@settings(max_examples=200, deadline=None)
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")  # numpy's, of a header made by Python 2
def test_changed_bytes_are_refused_or_change_nothing(content, fit, data):
    """Not every byte of an archive says something; those that do are covered by its checksums."""
    anywhere = st.integers(0, len(content) - 1)
    place = data.draw(anywhere | st.integers(len(content) - 700, len(content) - 1))  # the archive's list of contents
    damaged = bytearray(content)
    damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        again = Fit.from_bytes(bytes(damaged))
    except SnapshotError:
        return
    assert again.digest == fit.digest
