"""Which files become a store, and what the user is told about the others."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from store_builders import HASH, occurrence

from error_classification.errors import NewerStoreError, StoreError
from error_classification.storage.migrations import APPLICATION_ID, VERSION
from error_classification.storage.sqlite import SQLiteStore

NOBODY = 65534
NFS = "36 35 0:50 / / rw,relatime - nfs4 server:/export rw"


def pragma(path: Path, name: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A closed store with one occurrence."""
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo="") as store:
        store.save([occurrence("1")])
    return path


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user whom permissions bind: root is not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public(stored: Path) -> Iterator[Path]:
    """A folder that other users can reach, with a store that they own."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "store.db"
    shutil.copy(stored, path)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(path, NOBODY, NOBODY)
    yield path
    folder.chmod(0o700)
    shutil.rmtree(folder)


def test_new_store_is_marked_logged_ahead_and_of_this_version(stored: Path) -> None:
    facts = {name: pragma(stored, name) for name in ("application_id", "user_version", "journal_mode", "auto_vacuum")}
    assert facts == {"application_id": APPLICATION_ID, "user_version": VERSION, "journal_mode": "wal", "auto_vacuum": 2}


def test_missing_folders_are_made_and_an_empty_file_is_a_new_store(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    path.parent.mkdir(parents=True)
    path.touch()
    for each in (path, tmp_path / "c" / "d" / "store.db"):
        with SQLiteStore(each, mountinfo="") as store:
            assert store.save([occurrence("1")])[HASH].occurrence_count == 1


def test_names_that_mean_something_to_sqlite_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:x.db?mode=memory"):
        SQLiteStore(Path(name), mountinfo="").close()
        assert (tmp_path / name).is_file()


def test_network_file_system_gets_a_rollback_journal_and_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SQLiteStore(path, mountinfo=NFS) as store:
        assert store.save([occurrence("1")])[HASH].occurrence_count == 1
        assert len(store.warnings) == 1
        assert f"{path} is on a network file system (nfs4)" in store.warnings[0]
    assert pragma(path, "journal_mode") == "delete"


def test_store_that_moved_to_a_network_is_converted(stored: Path) -> None:
    with SQLiteStore(stored, mountinfo=NFS) as store:
        assert store.groups([HASH])[HASH].occurrence_count == 1
    assert pragma(stored, "journal_mode") == "delete"
    with SQLiteStore(stored, mountinfo="") as store:
        assert store.warnings == ()
    assert pragma(stored, "journal_mode") == "wal"


def test_log_in_use_can_not_be_converted_for_a_network(stored: Path) -> None:
    with SQLiteStore(stored, mountinfo=""), pytest.raises(StoreError, match=f"store {stored}"):
        SQLiteStore(stored, mountinfo=NFS, busy_seconds=0.05)


def test_newer_store_is_left_untouched(stored: Path) -> None:
    run_sql(stored, f"PRAGMA user_version = {VERSION + 1}", "CREATE TABLE of_the_future (x)")
    before = contents(stored.parent)
    with pytest.raises(NewerStoreError, match=f"{stored}: its version is {VERSION + 1}, .* left unchanged") as raised:
        SQLiteStore(stored, mountinfo="")
    assert contents(stored.parent) == before
    assert raised.value.exit_code == 2
    assert "upgrade" in raised.value.advice


def test_newer_version_that_is_only_in_the_log_yet_is_seen(stored: Path) -> None:
    with closing(sqlite3.connect(stored, isolation_level=None)) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
        before = contents(stored.parent)
        with pytest.raises(NewerStoreError):
            SQLiteStore(stored, mountinfo="")
        after = contents(stored.parent)
    assert {name: after[name] for name in ("store.db", "store.db-wal")} == {
        name: before[name] for name in ("store.db", "store.db-wal")
    }


def test_store_that_was_upgraded_while_open_is_not_written(stored: Path) -> None:
    with SQLiteStore(stored, mountinfo="") as store:
        run_sql(stored, f"PRAGMA user_version = {VERSION + 1}")
        with pytest.raises(NewerStoreError):
            store.save([occurrence("2")])
        assert [each.error_id for each in store.recent()] == ["1"]


@pytest.mark.parametrize("mark", ["CREATE TABLE theirs (x)", "PRAGMA application_id = 1196444487"])
def test_database_of_another_program_is_refused_and_untouched(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "theirs.db"
    run_sql(path, mark)
    before = contents(tmp_path)
    with pytest.raises(StoreError, match=f"{path}: it is the database of another program"):
        SQLiteStore(path, mountinfo="")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("content", [b"x", b"# notes\n" * 100, b"SQLite format 3\0", b"\0" * 4096], ids=repr)
def test_file_that_is_no_database_is_refused_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=f"{path}: it is not a SQLite database"):
        SQLiteStore(path, mountinfo="")
    assert contents(tmp_path) == {"notes.md": content}


def test_folder_in_place_of_the_file_or_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, reason in ((tmp_path, "Is a directory"), (tmp_path / "file" / "store.db", "Not a directory")):
        with pytest.raises(StoreError, match=f"store {path}: {reason}") as raised:
            SQLiteStore(path, mountinfo="")
        assert "--store" in raised.value.advice


def test_read_only_file(public: Path) -> None:
    public.chmod(0o444)
    with unprivileged(), pytest.raises(StoreError, match=f"store {public}: it can't be written") as raised:
        SQLiteStore(public, mountinfo="")
    assert "--no-store" in raised.value.advice


@pytest.mark.parametrize("mountinfo", ["", NFS], ids=["wal", "delete"])
def test_read_only_folder(public: Path, mountinfo: str) -> None:
    with unprivileged():
        SQLiteStore(public, mountinfo=mountinfo).close()
    public.parent.chmod(0o555)
    with unprivileged(), pytest.raises(StoreError, match=f"store {public}: ") as raised:
        SQLiteStore(public, mountinfo=mountinfo)
    assert "--store" in raised.value.advice


def test_file_that_may_not_be_read_and_folder_that_may_not_be_made(public: Path) -> None:
    public.chmod(0o000)
    public.parent.chmod(0o555)
    for path in (public, public.parent / "new" / "store.db"):
        with unprivileged(), pytest.raises(StoreError, match=f"store {path}: Permission denied"):
            SQLiteStore(path, mountinfo="")


def test_lock_that_is_never_freed(stored: Path) -> None:
    with SQLiteStore(stored, mountinfo="", busy_seconds=0.05) as store, closing(sqlite3.connect(stored)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=f"store {stored}: another process keeps it locked"):
            store.save([occurrence("2")])
