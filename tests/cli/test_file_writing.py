from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import pytest

from error_classification.cli.files import replace_file
from error_classification.errors import UsageError


def test_a_new_file_has_the_permissions_that_any_file_gets(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    replace_file(tmp_path / "new", "a\ud800\r\n")
    assert (tmp_path / "new").read_bytes() == b"a?\r\n"
    assert (tmp_path / "new").stat().st_mode == usual.stat().st_mode


def test_links_and_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    replace_file(link, "new")
    assert (link.is_symlink(), target.read_text(), target.stat().st_mode & 0o777) == (True, "new", 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    replace_file(pipe, "text")
    reader.join()
    assert (read, pipe.is_fifo()) == (["text"], True)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(UsageError, match=path.name):
            replace_file(path, "text")
    assert list(tmp_path.iterdir()) == []
