"""A database that cannot be used is said to be so, in words that help."""

import os
import sqlite3

import pytest
from sqlalchemy import create_engine, text

from recommender.errors import StoreError
from recommender.store import CatalogueStore


def refusal(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        CatalogueStore(url)
    assert caught.value.message.zh != caught.value.message.en
    return caught.value


def execute(path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_database_of_another_version_is_refused_with_what_to_do(url, store, tmp_path):
    execute(tmp_path / "jinxue.db", "UPDATE schema_versions SET version = 99")
    error = refusal(url)
    assert "99" in error.message.en
    assert "import the catalogue again" in error.message.en


def test_a_database_of_something_else_with_our_tables_names_is_refused(url, tmp_path):
    execute(tmp_path / "jinxue.db", "CREATE TABLE courses (id INTEGER)")
    refusal(url)
    assert sqlite3.connect(tmp_path / "jinxue.db").execute("SELECT name FROM sqlite_master").fetchall() == [
        ("courses",)
    ]


def test_a_database_with_other_tables_takes_ours_beside_them(url, tmp_path, catalogue, imported):
    execute(tmp_path / "jinxue.db", "CREATE TABLE others (id INTEGER)")
    with CatalogueStore(url) as store:
        store.replace(catalogue, **imported)
        assert store.load() == catalogue


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite:///\0",
        "oracle9://x",
        "sqlite:////nowhere/at/all/x.db",
        "postgresql+nodriver://u:secret@h/d",
        "http://u:secret@h:x/",
    ],
)
def test_a_url_that_leads_nowhere_is_refused_without_its_password(url):
    assert "secret" not in str(refusal(url))


def test_a_directory_is_refused(tmp_path):
    assert str(tmp_path) in str(refusal(f"sqlite:///{tmp_path}"))


@pytest.mark.parametrize("content", [b"site_id,name\n" * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused_and_kept(url, tmp_path, content):
    (tmp_path / "jinxue.db").write_bytes(content)
    refusal(url)
    assert (tmp_path / "jinxue.db").read_bytes() == content


def test_a_database_that_may_not_be_written_refuses_the_import(store, tmp_path, catalogue, imported):
    with CatalogueStore(f"sqlite:///file:{tmp_path / 'jinxue.db'}?mode=ro&uri=true") as readonly:
        with pytest.raises(StoreError, match="readonly"):
            readonly.replace(catalogue, **imported)
        assert readonly.version() is None


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable to root")
def test_a_folder_that_may_not_be_written_is_refused(url, tmp_path):
    tmp_path.chmod(0o500)
    refusal(url)


def test_a_database_emptied_under_the_store_is_an_error_of_ours(store, tmp_path, catalogue, imported):
    execute(tmp_path / "jinxue.db", "DROP TABLE learners")
    for act in (store.load, lambda: store.replace(catalogue, **imported)):
        with pytest.raises(StoreError):
            act()


def test_a_stored_value_that_makes_no_sense_is_an_error_of_ours(store, url, catalogue, imported):
    store.replace(catalogue, **imported)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sites SET kind = 'castle'"))
    engine.dispose()
    with pytest.raises(StoreError, match="import the catalogue again"):
        store.load()


@pytest.mark.parametrize("damage", ["aliases = 'not json'", "aliases = '3'"])
def test_a_stored_list_that_is_none_is_an_error_of_ours(store, tmp_path, catalogue, imported, damage):
    store.replace(catalogue, **imported)
    execute(tmp_path / "jinxue.db", f"UPDATE clusters SET {damage}")
    with pytest.raises(StoreError):
        store.load()
