"""The space of words: the truncated decomposition of TF-IDF, the same bits for a text wherever it stands, and safe on disk."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import svd
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender import words
from recommender.text import normalise
from recommender.words import WordSpace, character_terms
from tests.networks import Shape, random_catalogue

CORPUS = [
    "西门子S7-1200可编程控制器入门",
    "三菱FX5U PLC编程与调试",
    "电焊工（初级）焊条电弧焊",
    "氩弧焊与二氧化碳气体保护焊",
    "叉车司机取证培训",
    "養老護理員 技能提升",
    "母婴护理与育婴",
    "Python 数据分析",
    "C++ 与 C# 程序设计",
    "FANUC 工业机器人操作与运维",
    "工业机器人系统集成，ABB与KUKA",
    "ISO 9001 内审员",
]
ASKED = [*CORPUS, "s7-1200", "ＫＵＫＡ机器人", "焊", "育婴 护理 护理", "1200", "python", "叉车 绞吸船"]
FOREIGN = ["", "   ", "😀", "☆！？", "zq", "鳕", "\x00\u200b"]


@pytest.fixture(scope="module")
def space() -> WordSpace:
    return WordSpace.fit(CORPUS)


@pytest.fixture(scope="module")
def large_corpus() -> list[str]:
    return [f"{course.title}。{course.description}" for course in random_catalogue(3, Shape(instances=600)).courses]


def exact(corpus: list[str], asked: list[str], dimension: int) -> NDArray[np.float64]:
    """Return rows of `asked` in the decomposition of `corpus`, by scikit-learn and LAPACK's SVD, not yet of length 1."""
    vectorizer = TfidfVectorizer(analyzer=lambda text: character_terms(normalise(text)), sublinear_tf=True)
    matrix = vectorizer.fit_transform(corpus).toarray()
    _, _, directions = svd(matrix, full_matrices=False)
    return vectorizer.transform(asked).toarray() @ directions[:dimension].T


def check_cosines(rows: NDArray[np.float32], known: NDArray[np.float64]) -> None:
    """Check that both have the same cosines, where a text has a part in the kept directions at all."""
    lengths = np.linalg.norm(known, axis=1)
    held = lengths > 1e-3
    assert held.sum() > len(known) // 2
    rows, known = rows[held].astype(np.float64), known[held] / lengths[held, None]
    np.testing.assert_allclose(rows @ rows.T, known @ known.T, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("叉车司机", ["叉", "车", "司", "机", "叉车", "车司", "司机"]),
        ("s7-1200", ["s7-1200", "s", "7", "1200", "120", "200"]),
        ("python", ["python", "pyt", "yth", "tho", "hon"]),
        ("c++ c# plc", ["c++", "c#", "plc"]),
        ("iso9001，焊", ["iso9001", "iso", "9001", "900", "001", "焊"]),
        ("！？☆_ 😀", []),
    ],
)
def test_terms_are_characters_pairs_words_parts_and_threes(text: str, terms: list[str]) -> None:
    assert sorted(character_terms(text)) == sorted(terms)


@pytest.mark.parametrize("dimension", [1, 4, 9, 12])
def test_cosines_are_those_of_tf_idf_and_an_exact_decomposition(dimension: int) -> None:
    space = WordSpace.fit(CORPUS, dimension=dimension)
    assert space.dimension == dimension
    check_cosines(space.encode_queries(ASKED), exact(CORPUS, ASKED, dimension))


def test_cosines_are_exact_in_a_larger_corpus_too(large_corpus: list[str]) -> None:
    rows = WordSpace.fit(large_corpus, dimension=30).encode_passages(large_corpus)
    assert rows.shape == (len(large_corpus), 30)
    check_cosines(rows, exact(large_corpus, large_corpus, 30))


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("S7-1200", 0),
        ("s7", 0),
        ("1200", 0),
        ("FX5U", 1),
        ("fanuc", 9),
        ("KUKA", 10),
        ("C#", 8),
        ("ＩＳＯ９００１", 11),
        ("养老护理员", 5),
    ],
)
def test_a_model_number_or_a_brand_is_found(space: WordSpace, wish: str, found: int) -> None:
    likeness = space.encode_passages(CORPUS) @ space.encode_queries([wish])[0]
    order = np.argsort(likeness)[::-1]
    assert order[0] == found
    assert likeness[order[0]] > likeness[order[1]] + 0.1


@pytest.mark.parametrize("text", FOREIGN, ids=ascii)
def test_a_text_that_shares_no_term_is_a_row_of_zeros(space: WordSpace, text: str) -> None:
    np.testing.assert_array_equal(space.encode_queries([text]), np.zeros((1, space.dimension), np.float32))


def test_every_other_row_is_of_length_one_and_float32(space: WordSpace) -> None:
    for rows in (space.encode_queries(ASKED), space.encode_passages([*ASKED, "焊" * 100_000])):
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_a_text_gives_the_same_bits_in_every_batch(space: WordSpace) -> None:
    together = space.encode_passages([*FOREIGN, *ASKED, *ASKED])
    alone = np.vstack([space.encode_queries([text]) for text in [*FOREIGN, *ASKED, *ASKED]])
    assert together.tobytes() == alone.tobytes()


def test_scripts_widths_and_case_make_no_difference(space: WordSpace) -> None:
    first, *others = space.encode_queries(["养老护理 PLC", "養老護理 plc", "养老护理　ＰＬＣ"])
    for other in others:
        np.testing.assert_array_equal(first, other)


@pytest.mark.parametrize("corpus", [[], ["", "！？"]], ids=["no texts", "no terms"])
def test_a_catalogue_without_words_gives_one_column_of_zeros(corpus: list[str]) -> None:
    space = WordSpace.fit(corpus)
    for one in (space, WordSpace.of_arrays(space.arrays())):
        np.testing.assert_array_equal(one.encode_queries(["焊工", ""]), np.zeros((2, 1), np.float32))
        assert one.encode_passages([]).shape == (0, 1)


def test_one_text_gives_one_column() -> None:
    rows = WordSpace.fit(["电焊工"]).encode_queries(["电焊工", "焊", "叉车"])
    np.testing.assert_allclose(rows, [[1], [1], [0]], atol=1e-6)


@pytest.mark.parametrize("count", [2, 5, 12])
def test_fewer_texts_than_columns_give_as_many_columns_as_there_are_directions(count: int) -> None:
    corpus = [*CORPUS[:count], CORPUS[0], CORPUS[1]]  # two of them twice
    space = WordSpace.fit(corpus, dimension=256)
    assert space.dimension == count
    check_cosines(space.encode_passages(corpus), exact(corpus, corpus, count))


def test_an_unseen_text_is_folded_in_among_those_it_shares_words_with(space: WordSpace) -> None:
    likeness = space.encode_passages(CORPUS) @ space.encode_queries(["焊接机器人的氩弧焊"])[0]
    assert likeness.argmax() == 3
    assert likeness[[3, 2, 9]].min() > likeness[[4, 5, 6, 7, 8, 11]].max()


def test_of_many_texts_a_sample_gives_the_directions_and_all_give_the_terms(
    monkeypatch: pytest.MonkeyPatch, large_corpus: list[str]
) -> None:
    monkeypatch.setattr(words, "MOST_FITTED", 20)
    space, again = WordSpace.fit(large_corpus), WordSpace.fit(large_corpus)
    rows = space.encode_passages(large_corpus)
    assert len(large_corpus) > 60
    assert 15 <= space.dimension <= 20  # some of the sample say the same
    assert rows.tobytes() == again.encode_passages(large_corpus).tobytes()
    assert rows.tobytes() != WordSpace.fit(large_corpus, seed=1).encode_passages(large_corpus).tobytes()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    titles = [text.partition("。")[0] for text in large_corpus]
    likeness = space.encode_queries(titles) @ rows.T
    assert np.diag(likeness).mean() > likeness.mean() + 0.3
