"""Artefacts from paths: files, folders, patterns, and standard input.

What cannot be read is an artefact all the same: opening it raises ``InputError``, so that it is reported in its place among the
others. Inside folders hidden files, version control folders, binary files and special files are passed over.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import BinaryIO

from error_classification.errors import InputError
from error_classification.models import Artefact, RunContext
from error_classification.sources.binary import is_binary

CHUNK = 1 << 20
STDIN = "-"
STDIN_NAME = "<stdin>"

_SPOOL_MEMORY = 8 << 20
_SNIFF = 1 << 13
_DIGITS = 32
_FOLDERS_WITHOUT_ARTEFACTS = frozenset({"CVS", "_darcs", "__pycache__"})
_KINDS = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
_BINARY = "a binary file"

FileId = tuple[int, int]


@dataclass(slots=True)
class FileSource:
    """The artefacts that ``paths`` name, each once, folders in the order of their names.

    ``passed_over`` is complete once the artefacts are: what in a folder was not tried, with its kind. Not ``identified``: few
    artefacts will be asked for their digest, and those are worth another reading.
    """

    paths: tuple[str, ...]
    context: RunContext = field(default_factory=RunContext)
    stdin: BinaryIO | None = None
    identified: bool = True
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    _seen: set[FileId] = field(default_factory=set)

    @property
    def binaries(self) -> int:
        """How many binary files were passed over."""
        return sum(kind == _BINARY for _, kind in self.passed_over)

    @property
    def special(self) -> list[tuple[str, str]]:
        """The pipes, sockets and devices that were passed over, with their kind."""
        return [(name, kind) for name, kind in self.passed_over if kind != _BINARY]

    def artefacts(self) -> Iterator[Artefact]:
        """See ``ports.Source``."""
        for path in self.paths:
            if path == STDIN and self.stdin is not None:
                yield self._spooled(STDIN_NAME, partial(_same, self.stdin))
                continue
            if _is_pattern(path):
                yield from self._matching(path)
            else:
                yield from self._named(path)

    def _matching(self, pattern: str) -> Iterator[Artefact]:
        names = sorted(glob.glob(pattern, recursive=True)) if "\0" not in pattern else []
        if not names:
            yield _unreadable(pattern, InputError(f"no file matches {pattern}"))
        for name in names:
            yield from self._named(name)

    def _named(self, path: str) -> Iterator[Artefact]:
        """What the user named is tried, whatever it is."""
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            yield _unreadable(path, _input_error(path, error))
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._inside(path)
        elif not stat.S_ISREG(status.st_mode):
            yield self._spooled(path, partial(_opened, path))
        elif self._is_new(status):
            yield self._file(path, status)

    def _inside(self, folder: str) -> Iterator[Artefact]:
        pending = [folder]
        while pending:
            path = pending.pop()
            try:
                status = os.stat(path)
                if stat.S_ISDIR(status.st_mode):
                    if self._is_new(status):
                        pending.extend(_children(path))
                elif not stat.S_ISREG(status.st_mode):
                    self.passed_over.append((path, _KINDS.get(stat.S_IFMT(status.st_mode), "not a file")))
                elif self._is_new(status):
                    yield from self._tried(path, status)
            except OSError as error:
                yield _unreadable(path, _input_error(path, error))

    def _tried(self, path: str, status: os.stat_result) -> Iterator[Artefact]:
        with _opened(path) as stream:
            head = stream.read(_SNIFF)
        if is_binary(head):
            self.passed_over.append((path, _BINARY))
        else:
            yield self._file(path, status)

    def _file(self, path: str, status: os.stat_result) -> Artefact:
        ended_at = self.context.ended_at or datetime.fromtimestamp(status.st_mtime, UTC)
        hashed = _Hashed(partial(_read, path), self.identified)
        return Artefact(path, hashed.chunks, hashed.digest, replace(self.context, ended_at=ended_at))

    def _spooled(self, name: str, connect: Callable[[], BinaryIO]) -> Artefact:
        hashed = _Hashed(_Spool(name, connect).chunks, self.identified)
        return Artefact(name, hashed.chunks, hashed.digest, self.context)

    def _is_new(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        known = identity in self._seen
        if status.st_ino:  # some file systems do not number their files
            self._seen.add(identity)
        return not known


def size_of(name: str) -> int:
    """Bytes of the file ``name``; 0 where there is none or it is not a regular file."""
    with suppress(OSError, ValueError):
        status = os.stat(name)
        return status.st_size if stat.S_ISREG(status.st_mode) else 0
    return 0


def _is_pattern(path: str) -> bool:
    """Whether the shell left a pattern as it was; a file of that name comes first."""
    return glob.has_magic(path) and not os.path.lexists(path)


def _children(folder: str) -> list[str]:
    """Paths in ``folder`` in the reverse of their order, as a stack wants them."""
    names = [name for name in os.listdir(folder) if not name.startswith(".") and name not in _FOLDERS_WITHOUT_ARTEFACTS]
    return [os.path.join(folder, name) for name in sorted(names, reverse=True)]


class _Hashed:
    """Chunks, and the digest of them all: where it is ``wanted``, the first reading to the end gives it, without a second one."""

    def __init__(self, chunks: Callable[[], Iterator[bytes]], wanted: bool) -> None:
        self._chunks, self._wanted, self._known = chunks, wanted, ""

    def chunks(self) -> Iterator[bytes]:
        return self._hashing() if self._wanted and not self._known else self._chunks()

    def digest(self) -> str:
        if not self._known:
            for _ in self._hashing():
                pass
        return self._known

    def _hashing(self) -> Iterator[bytes]:
        digest = sha256()  # where the processor knows it, the fastest there is
        for chunk in self._chunks():
            digest.update(chunk)
            yield chunk
        self._known = digest.hexdigest()[:_DIGITS]


def _read(path: str) -> Iterator[bytes]:
    try:
        with _opened(path) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise _input_error(path, error) from error


def _opened(path: str) -> BinaryIO:
    return Path(path).open("rb", buffering=0)


def _same(stream: BinaryIO) -> BinaryIO:
    return stream


class _Spool:
    """A stream that can be read only once, kept (in memory, then on disk) as it is read, so that it can be read again.

    Several threads may read it: who reads on from the stream does not keep the others from what is there already.
    """

    def __init__(self, name: str, connect: Callable[[], BinaryIO]) -> None:
        self._name, self._connect = name, connect
        self._stream: BinaryIO | None = None
        self._kept = SpooledTemporaryFile(max_size=_SPOOL_MEMORY)  # noqa: SIM115  # lives as long as the artefact
        self._size = 0
        self._reading_on, self._keeping = Lock(), Lock()

    def chunks(self) -> Iterator[bytes]:
        position = 0
        while chunk := self._kept_from(position) or self._read_on(position):
            position += len(chunk)
            yield chunk

    def _kept_from(self, position: int) -> bytes:
        with self._keeping:
            if position >= self._size:
                return b""
            self._kept.seek(position)
            return self._kept.read(CHUNK)

    def _read_on(self, position: int) -> bytes:
        with self._reading_on:
            if chunk := self._kept_from(position):  # another thread was here first
                return chunk
            try:
                self._stream = self._stream or self._connect()
                chunk = self._stream.read(CHUNK)
            except OSError as error:
                raise _input_error(self._name, error) from error
            with self._keeping:
                self._kept.seek(position)
                self._kept.write(chunk)
                self._size += len(chunk)
            return chunk


def _unreadable(name: str, error: InputError) -> Artefact:
    def fail() -> Iterator[bytes]:
        raise error

    return Artefact(name, fail, lambda: "")


def _input_error(path: str, error: OSError | ValueError) -> InputError:
    reason = error.strerror if isinstance(error, OSError) else None
    return InputError(f"{path}: {reason or error}")
