"""A database that cannot be used is said to be so, in words that help."""

import os
import sqlite3

import pytest
from sqlalchemy import create_engine, text

from recommender.errors import StoreError
from recommender.store import CatalogueStore
from tests.store.saving import records_of, save


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jinxue.db"


@pytest.fixture
def url(path):
    return f"sqlite:///{path}"


def refusal(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        CatalogueStore(url)
    assert caught.value.message.zh != caught.value.message.en
    return caught.value


def execute(url: str, statement: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite:///\0",
        "oracle9://x",
        "sqlite:////nowhere/at/all/x.db",
        "postgresql+nodriver://u:secret@h/d",
        "postgresql://u:secret@127.0.0.1:1/d",
        "http://u:secret@h:x/",
    ],
)
def test_a_url_that_leads_nowhere_is_refused_without_its_password(url):
    assert "secret" not in str(refusal(url))


def test_a_database_that_the_server_does_not_have_is_refused(postgres_url):
    assert "nowhere" in str(refusal(postgres_url.replace("/test_", "/nowhere_")))


def test_a_directory_is_refused(tmp_path):
    assert str(tmp_path) in str(refusal(f"sqlite:///{tmp_path}"))


@pytest.mark.parametrize("content", [b"site_id,name\n" * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused_and_kept(url, path, content):
    path.write_bytes(content)
    refusal(url)
    assert path.read_bytes() == content


def test_a_database_that_may_not_be_written_is_read_and_refuses_writes(url, path, catalogue):
    with CatalogueStore(url) as store:
        save(store, *records_of(catalogue))
    with CatalogueStore(f"sqlite:///file:{path}?mode=ro&uri=true") as readonly:
        with pytest.raises(StoreError, match="readonly"):
            save(readonly, *records_of(catalogue))
        assert readonly.load().catalogue == catalogue
        assert readonly.version().version == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable to root")
def test_a_folder_that_may_not_be_written_is_refused(url, tmp_path):
    tmp_path.chmod(0o500)
    refusal(url)


def test_a_table_that_is_lost_under_the_store_is_an_error_of_ours(store, store_url, catalogue):
    save(store, *records_of(catalogue))
    execute(store_url, "DROP TABLE learners")
    for act in (store.load, lambda: save(store, *records_of(catalogue))):
        with pytest.raises(StoreError, match="learners"):
            act()
    assert store.version().version == 1


def test_a_stored_value_that_makes_no_sense_is_an_error_of_ours(store, store_url, catalogue):
    save(store, *records_of(catalogue))
    before = store.load()
    execute(store_url, "UPDATE sites SET kind = 'castle', version = 2")
    execute(store_url, "INSERT INTO catalogue_versions (version, written_at) VALUES (2, '2026-03-02 00:00:00')")
    for act in (store.load, lambda: store.load_since(before)):
        with pytest.raises(StoreError, match=r"TrainingSite.*jinxue doctor"):
            act()


@pytest.mark.parametrize("damage", ["not json", "3", '{"a": 1}'])
def test_a_stored_list_that_is_none_is_an_error_of_ours(url, path, catalogue, damage):
    with CatalogueStore(url) as store:
        save(store, *records_of(catalogue))
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("UPDATE clusters SET aliases = ?", [damage])
        connection.close()
        with pytest.raises(StoreError):
            store.load()
