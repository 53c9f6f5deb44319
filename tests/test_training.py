"""Training: the same text gives the same model, the start is the space it claims to be, and training draws pairs together."""

import csv
import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.encoder import StaticEncoder, bundled_model_folder
from recommender.errors import EncoderError
from recommender.training import train_bundled_encoder
from recommender.training.corpus import make_corpus, sentences
from recommender.training.knowledge import knowledge_folder, read_knowledge
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


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of a few rows."""
    folder = tmp_path_factory.mktemp("knowledge")
    tables = {
        "occupations": "name,clusters,aliases,skills,tools,tasks,goals,english,misspellings,unlike\n"
        "焊工,,电焊工|烧焊的,平焊,氩弧焊机,使用焊机把金属件连接起来|检查焊缝,老是焊穿薄板,welder,悍工,汉语\n",
        "families": "name,clusters,aliases,subjects,vocabulary,occupations,description,goals,english,unlike\n"
        "焊接技术,,电焊,焊接工艺|焊缝检验,焊条|熔池,焊工,教人把金属焊牢并看懂焊缝,想学烧焊,welding,汉语\n",
        "levels": "level,aliases,description,verbs,goals\n高级工,三级,能独立处理难题,处理,想考高级工\n",
        "clusters": "cluster,vocabulary,everyday\n智能机器人,机械臂,做机器人的\n",
        "terms": "term,same,field\n可编程控制器,PLC|可程式控制器,自动化\n",
        "lookalikes": "word,same,unlike\n制冷,空调维修,制图|制鞋\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_same_text_and_seed_give_the_same_bytes(catalogue_folder: Path, knowledge: Path, tmp_path: Path) -> None:
    digests = []
    for place, seed in (("a", 1), ("b", 1), ("c", 2)):
        train_bundled_encoder(
            tmp_path / place, catalogue_folder=catalogue_folder, knowledge=knowledge, epochs=2, seed=seed
        )
        files = [tmp_path / place / name for name in ("model.safetensors", "tokenizer.json")]
        digests.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]
    assert digests[0][0] != digests[2][0]


def test_training_draws_synonyms_without_a_shared_character_together_and_look_alikes_apart(
    catalogue_folder: Path, knowledge: Path, tmp_path: Path
) -> None:
    figures = []
    for epochs in (0, 40):
        train_bundled_encoder(
            tmp_path / str(epochs), catalogue_folder=catalogue_folder, knowledge=knowledge, epochs=epochs
        )
        rows = StaticEncoder(tmp_path / str(epochs)).encode_queries(["PLC", "可编程控制器", "制冷", "制图"])
        figures.append((rows[0] @ rows[1], rows[2] @ rows[3]))
    (synonyms_before, alike_before), (synonyms, alike) = figures
    assert synonyms_before < 0.3
    assert synonyms > 0.5
    assert alike < alike_before - 0.1


def test_a_word_never_seen_is_still_read_by_its_characters(
    catalogue_folder: Path, knowledge: Path, tmp_path: Path
) -> None:
    train_bundled_encoder(tmp_path / "model", catalogue_folder=catalogue_folder, knowledge=knowledge, epochs=0)
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


def test_pairs_come_from_titles_sentences_occupations_and_aliases(catalogue_folder: Path, knowledge: Path) -> None:
    corpus = make_corpus(read_knowledge(knowledge), catalogue_folder)
    assert ("电焊工", "焊工入门") in corpus.pairs
    assert ("焊工入门", "从引弧、运条讲起,在焊接工位上练习平焊和立焊") in corpus.pairs
    assert ("智能机器人", "机械臂") in corpus.pairs
    assert len(set(corpus.pairs)) == len(corpus.pairs)
    assert all(left and right for left, right in corpus.pairs)


@pytest.mark.parametrize(
    "pair",
    [
        ("烧焊的", "焊工"),
        ("老是焊穿薄板", "焊工。使用焊机把金属件连接起来。检查焊缝"),
        ("welder", "焊工"),
        ("焊接工艺", "焊接技术"),
        ("焊接技术", "焊工。使用焊机把金属件连接起来。检查焊缝"),
        ("plc", "可编程控制器"),
        ("做机器人的", "智能机器人"),
        ("三级", "高级工"),
        ("空调维修", "制冷"),
    ],
)
def test_what_the_knowledge_base_says_is_the_same_is_a_pair(
    catalogue_folder: Path, knowledge: Path, pair: tuple[str, str]
) -> None:
    assert pair in make_corpus(read_knowledge(knowledge), catalogue_folder).pairs


def test_what_only_looks_alike_is_the_third_of_a_triplet(catalogue_folder: Path, knowledge: Path) -> None:
    triplets = make_corpus(read_knowledge(knowledge), catalogue_folder).triplets
    assert {("制冷", "空调维修", "制图"), ("焊工", "电焊工", "汉语"), ("焊接技术", "电焊", "汉语")} <= set(triplets)


def test_a_slip_of_one_character_still_means_the_name(catalogue_folder: Path, knowledge: Path) -> None:
    corpus = make_corpus(read_knowledge(knowledge), catalogue_folder)
    slips = [left for left, right in corpus.pairs if right == "可编程控制器" and len(left) == 6 and left != right]
    assert any(sum(a != b for a, b in zip(slip, "可编程控制器", strict=True)) == 1 for slip in slips)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("terms", "term,same\n可编程控制器,PLC\n", "term, same, field"),
        ("terms", "term,same,field\n可编程控制器,PLC,自动化\n,PLC,自动化\n", "row 3"),
        ("levels", "level,aliases,description,verbs,goals\n高级工,三级\n", "row 2"),
        ("clusters", None, "cannot be read"),
    ],
)
def test_a_knowledge_file_that_is_wrong_is_named_with_its_row(
    knowledge: Path, tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    folder = Path(shutil.copytree(knowledge, tmp_path / "knowledge"))
    file = folder / f"{name}.csv"
    file.unlink() if text is None else file.write_text(text, encoding="utf-8")
    with pytest.raises(EncoderError) as refusal:
        read_knowledge(folder)
    assert str(file) in refusal.value.message.en
    assert said in refusal.value.message.en


def test_the_bundled_knowledge_base_is_whole_and_as_wide_as_its_readme_says() -> None:
    knowledge = read_knowledge(knowledge_folder())
    told = (knowledge_folder() / "README.md").read_text(encoding="utf-8")
    rows = {name: len(getattr(knowledge, name)) for name in ("occupations", "families", "terms", "lookalikes")}
    for name, count in rows.items():
        assert f"| `{name}.csv` | {count:,} |" in told
    clusters = {words.cluster for words in knowledge.clusters}
    assert len(clusters) == 28
    assert all(clusters >= set(one.clusters) for one in (*knowledge.occupations, *knowledge.families))


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
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 30_000_000
