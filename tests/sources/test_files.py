from __future__ import annotations

import gzip
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from error_classification.errors import InputError
from error_classification.models import Artefact, RunContext
from error_classification.sources.binary import is_binary
from error_classification.sources.files import CHUNK, FileSource, size_of


def source(*paths: Path | str, stdin: bytes = b"", context: RunContext = RunContext()) -> FileSource:  # noqa: B008
    return FileSource(tuple(map(str, paths)), context, BytesIO(stdin))


def names(found: FileSource, root: Path) -> list[str]:
    return [os.path.relpath(artefact.name, root) for artefact in found.artefacts()]


def content(artefact: Artefact) -> bytes:
    return b"".join(artefact.open())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.log", "a.xml", "no-suffix", "deep/er/c.txt", ".hidden", ".git/config", "CVS/Entries", "__pycache__/x.log"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tmp_path / "packed.log.gz").write_bytes(gzip.compress(b"text inside\n" * 100, mtime=0))
    return tmp_path


def test_folders_are_walked_in_order_without_hidden_and_binary_files(tree: Path) -> None:
    found = source(tree)
    assert names(found, tree) == ["a.xml", "b.log", "deep/er/c.txt", "no-suffix", "packed.log.gz"]
    assert found.binaries == 1
    assert found.special == []


def test_named_files_are_tried_whatever_they_are(tree: Path) -> None:
    assert names(source(tree / ".hidden", tree / "image.png"), tree) == [".hidden", "image.png"]


def test_each_file_comes_once(tree: Path) -> None:
    (tree / "link.log").symlink_to(tree / "b.log")
    assert names(source(tree / "b.log", tree, tree / "deep", tree / "b.log"), tree).count("b.log") == 1


def test_symlink_loops_end(tree: Path) -> None:
    (tree / "deep" / "up").symlink_to(tree)
    (tree / "self").symlink_to("self")
    found = list(source(tree).artefacts())
    assert [Path(artefact.name).name for artefact in found].count("c.txt") == 1
    (loop,) = [artefact for artefact in found if artefact.name.endswith("self")]
    with pytest.raises(InputError, match="self"):
        content(loop)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.log", ["b.log"]),
        ("**/*.txt", ["deep/er/c.txt"]),
        ("[ab].*", ["a.xml", "b.log"]),
        ("de*", ["deep/er/c.txt"]),
    ],
)
def test_patterns_that_the_shell_left(tree: Path, pattern: str, expected: list[str]) -> None:
    assert names(source(tree / pattern), tree) == expected


def test_a_name_with_pattern_characters_is_a_name_first(tree: Path) -> None:
    (tree / "job[1].log").write_text("x")
    assert names(source(tree / "job[1].log"), tree) == ["job[1].log"]


@pytest.mark.parametrize("name", ["missing.log", "nul\0byte"])
def test_what_is_not_there_fails_when_it_is_opened(tmp_path: Path, name: str) -> None:
    (artefact,) = source(tmp_path / name).artefacts()
    with pytest.raises(InputError) as raised:
        content(artefact)
    assert str(raised.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize("pattern", ["*.txt", "missing/*.log", "**/none.xml", "de?", "[x]", "nul\0/*"])
def test_a_pattern_that_matches_nothing_says_so(tmp_path: Path, pattern: str) -> None:
    (artefact,) = source(tmp_path / pattern).artefacts()
    with pytest.raises(InputError) as raised:
        content(artefact)
    assert str(raised.value) == f"no file matches {tmp_path / pattern}"


def test_a_file_that_vanishes_fails_when_it_is_opened(tree: Path) -> None:
    (artefact,) = source(tree / "b.log").artefacts()
    (tree / "b.log").unlink()
    with pytest.raises(InputError, match=r"b\.log: No such file"):
        content(artefact)


def test_special_files_in_a_folder_are_passed_over_with_their_kind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    short = os.path.relpath(tmp_path / "sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(short if len(short) < len(str(tmp_path)) else str(tmp_path / "sock"))
        found = source(tmp_path)
        assert list(found.artefacts()) == []
    assert [(Path(name).name, kind) for name, kind in found.special] == [("pipe", "a named pipe"), ("sock", "a socket")]


def test_a_named_device_is_read_like_a_stream() -> None:
    (artefact,) = source("/dev/null").artefacts()
    assert content(artefact) == b""


def test_a_stream_can_be_read_again(tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * 10
    (artefact,) = source("-", stdin=data).artefacts()
    first: Iterator[bytes] = artefact.open()
    head = next(first)
    assert content(artefact) == data
    assert head + b"".join(first) == data
    assert artefact.context.ended_at is None


def test_digests_are_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"same")
    (tmp_path / "b").write_bytes(b"other")
    stream, first, second = source("-", tmp_path / "a", tmp_path / "b", stdin=b"same").artefacts()
    assert stream.digest() == first.digest() != second.digest()
    (tmp_path / "a").unlink()
    assert first.digest() == stream.digest()


def test_files_come_in_chunks_of_raw_bytes(tmp_path: Path) -> None:
    path = tmp_path / "big.log.gz"
    path.write_bytes(b"\x1f\x8b" + bytes(3 * CHUNK))
    (artefact,) = source(path).artefacts()
    sizes = [len(chunk) for chunk in artefact.open()]
    assert sizes == [CHUNK, CHUNK, CHUNK, 2]


def test_the_context_ends_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("x")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    (artefact,) = source(path, context=RunContext(repo="me/it", attempt=2)).artefacts()
    assert artefact.context == RunContext(repo="me/it", attempt=2, ended_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))


def test_thousands_of_files(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number:05}.log").touch()
    assert len(list(source(tmp_path).artefacts())) == 3000


def test_deep_folders(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 400)
    deep.mkdir(parents=True)
    (deep / "x.log").touch()
    assert len(list(source(tmp_path).artefacts())) == 1


def test_size_of(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    assert size_of(str(tmp_path / "a")) == 3
    assert (size_of(str(tmp_path)), size_of("<stdin>"), size_of("nul\0")) == (0, 0, 0)


@pytest.mark.parametrize(
    ("head", "binary"),
    [
        (b"", False),
        (b"plain text\n", False),
        (b"\x1b[31mcolours\x1b[0m\r\n\x08\x08", False),
        ("naïve".encode("latin-1"), False),
        ("日本語".encode("shift-jis"), False),
        ("text".encode("utf-16"), False),
        ("a longer text\n".encode("utf-16-le"), False),
        ("a longer text\n".encode("utf-16-be"), False),
        ("text".encode("utf-32"), False),
        (b"progress \x00 once in a while" * 3, False),
        (gzip.compress(b"text " * 50, mtime=0), False),
        (gzip.compress(b"text " * 50, mtime=0)[:-20], False),
        (b"\x1f\x8bnot really gzip", False),
        (gzip.compress(bytes(257) + b"ustar" + bytes(300), mtime=0), True),
        (b"PK\x03\x04\x14\x00", True),
        (b"\x7fELF\x02\x01\x01", True),
        (b"%PDF-1.7\n", True),
        (b"SQLite format 3\0", True),
        (bytes(range(256)) * 8, True),
        (bytes(100), True),
    ],
)
def test_is_binary(head: bytes, binary: bool) -> None:
    assert is_binary(head) is binary


def test_a_digest_that_was_not_asked_for_in_time_takes_another_reading(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"boom\n" * 1000)
    for paths, stdin in (((str(tmp_path / "a.log"),), None), (("-",), b"boom\n" * 1000)):
        digests = set()
        for identified in (True, False):
            files = FileSource(paths, stdin=None if stdin is None else BytesIO(stdin), identified=identified)
            (artefact,) = files.artefacts()
            assert content(artefact) == b"boom\n" * 1000
            digests.add(artefact.digest())
        assert len(digests) == 1


def test_many_threads_read_what_can_be_read_only_once() -> None:
    data = b"".join(number.to_bytes(4, "big") for number in range(3_000_000))
    (artefact,) = source("-", stdin=data).artefacts()
    with ThreadPoolExecutor(6) as pool:
        copies = [pool.submit(content, artefact) for _ in range(6)]
    assert all(copy.result() == data for copy in copies)


def test_who_reads_again_does_not_wait_for_the_rest() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"first line\n")
    with os.fdopen(reader, "rb", buffering=0) as stream, ThreadPoolExecutor(1) as pool:
        (artefact,) = FileSource(("-",), stdin=stream).artefacts()
        chunks = artefact.open()
        assert next(iter(chunks)) == b"first line\n"
        rest = pool.submit(b"".join, chunks)  # waits for what is still to come
        assert next(iter(artefact.open())) == b"first line\n"
        os.close(writer)
        assert rest.result() == b""
