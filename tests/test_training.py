"""Training: the same text gives the same model, the start is the space it claims to be, and training draws pairs together."""

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.encoder import StaticEncoder, bundled_model_folder
from recommender.errors import EncoderError
from recommender.training import train_bundled_encoder
from recommender.training.corpus import read_corpus, sentences
from recommender.training.lsa import initial_vectors
from recommender.training.tokens import alphabet, character_ngrams, train_tokenizer

COURSES = {
    "焊工入门": (
        "电焊工|焊工",
        "从引弧、运条讲起，在焊接工位上练习平焊和立焊。学员先认识焊条与焊机，再学会看焊缝，最后独立焊好一段角钢，适合没有摸过焊枪的新手。",
    ),
    "数控车床编程": (
        "数控车工|车床操作工",
        "在数控车床上学习编程与对刀。内容有G代码、刀具补偿和轴类零件加工，学完能读懂图纸、写出程序并加工出合格的零件，适合普通车床工转岗。",
    ),
    "养老护理": (
        "养老护理员|护工",
        "照顾老人的饮食、翻身与起居。课程讲失智老人的沟通、压疮预防和喂饭防呛，并在模拟病房里反复练习，适合家政和医院的护工报名。",
    ),
    "工业机器人维护": (
        "机器人维护员",
        "围绕工业机器人本体与控制柜的保养。练习示教器操作、零点校准、润滑和电池更换，学会看报警代码并排除常见停机故障，面向设备维护人员。",
    ),
    "短视频制作": (
        "短视频剪辑|新媒体运营",
        "一部手机拍，一台电脑剪。从写脚本、拆分镜到配音和上字幕，在剪映里完成粗剪与调色，课上每人做出一条一分钟的短视频成片。",
    ),
}


@pytest.fixture(scope="module")
def catalogue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five courses and one cluster, as a catalogue's files."""
    folder = tmp_path_factory.mktemp("catalogue")
    with (folder / "courses.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["course_id", "title", "description", "clusters", "occupations"])
        table.writerows(
            [number, title, text, "", names] for number, (title, (names, text)) in enumerate(COURSES.items())
        )
    (folder / "clusters.csv").write_text("cluster_id,name,aliases\nrobots,智能机器人,机械手|機械臂\n", encoding="utf-8")
    return folder


def test_the_same_text_and_seed_give_the_same_bytes(catalogue_folder: Path, tmp_path: Path) -> None:
    digests = []
    for place, seed in (("a", 1), ("b", 1), ("c", 2)):
        train_bundled_encoder(tmp_path / place, catalogue_folder=catalogue_folder, epochs=2, seed=seed)
        files = [tmp_path / place / name for name in ("model.safetensors", "tokenizer.json")]
        digests.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]
    assert digests[0][0] != digests[2][0]


def test_training_draws_the_two_texts_of_a_pair_together(catalogue_folder: Path, tmp_path: Path) -> None:
    """Likeness over a temperature, as the loss sees it: what the right one of five has of the whole, on average."""
    shares = []
    for epochs in (0, 20):
        train_bundled_encoder(tmp_path / str(epochs), catalogue_folder=catalogue_folder, epochs=epochs)
        encoder = StaticEncoder(tmp_path / str(epochs))
        queries = encoder.encode_queries([names.split("|")[-1] for names, _ in COURSES.values()])
        likeness = np.exp(20 * queries @ encoder.encode_passages([text for _, text in COURSES.values()]).T)
        shares.append((np.diag(likeness) / likeness.sum(axis=1)).mean())
    assert shares[0] < 0.9
    assert shares[1] > shares[0] + 0.05


def test_a_word_never_seen_is_still_read_by_its_characters(catalogue_folder: Path, tmp_path: Path) -> None:
    train_bundled_encoder(tmp_path / "model", catalogue_folder=catalogue_folder, epochs=0)
    rows = StaticEncoder(tmp_path / "model").encode_queries(["蜡染扎染", "蜡染", "钳工"])
    assert rows[0] @ rows[1] > 0.5
    assert rows[0] @ rows[2] < 0.3


def test_the_alphabet_holds_every_chinese_character_of_gb_2312() -> None:
    letters = set(alphabet())
    assert set("啊座焊氩锂匠z7#+") <= letters
    assert 6_700 < sum("一" <= letter <= "鿿" for letter in letters) <= 6_763


def test_the_start_is_the_projection_of_tfidf() -> None:
    """With room for all documents and nothing random, inner products are TF-IDF's where no n-gram crosses two tokens."""
    documents = ["焊工 焊条", "焊工 车床", "车床 护工", "护工"]
    tokenizer = train_tokenizer(documents * 2, vocabulary_size=10_000)
    vectors = initial_vectors(tokenizer, documents, dimension=3, seed=1, identity=0.0)
    rows = np.stack([vectors[tokenizer.encode(text).ids].sum(axis=0) for text in documents])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    tfidf = TfidfVectorizer(analyzer=lambda text: [n for word in text.split() for n in character_ngrams(word)])
    exact = tfidf.fit_transform(documents).toarray()
    basis = np.linalg.svd(exact, full_matrices=False)[2][:3]
    projected = exact @ basis.T
    projected /= np.linalg.norm(projected, axis=1, keepdims=True)
    np.testing.assert_allclose(rows @ rows.T, projected @ projected.T, atol=0.05)


def test_pairs_come_from_titles_sentences_occupations_and_aliases(catalogue_folder: Path) -> None:
    corpus = read_corpus(catalogue_folder)
    assert ("电焊工", "焊工入门") in corpus.pairs
    assert ("焊工入门", "从引弧、运条讲起,在焊接工位上练习平焊和立焊") in corpus.pairs
    assert ("智能机器人", "机械臂") in corpus.pairs
    assert len(set(corpus.pairs)) == len(corpus.pairs)
    assert all(left and right for left, right in corpus.pairs)


def test_sentences_end_at_full_stops_and_scraps_are_dropped() -> None:
    assert sentences("一部手机拍，一台电脑剪。好！从写脚本到配音；") == ["一部手机拍，一台电脑剪", "从写脚本到配音"]


def test_a_catalogue_without_courses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as refusal:
        train_bundled_encoder(tmp_path / "model", catalogue_folder=tmp_path)
    for sentence in refusal.value.message:
        assert str(tmp_path / "courses.csv") in sentence
    assert not (tmp_path / "model").exists()


def test_the_card_names_the_weights_that_are_there() -> None:
    folder = bundled_model_folder()
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text(encoding="utf-8")
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 20_000_000
