"""XML files in zip files that anybody may have made: nothing is unpacked to disk, and everything has a limit."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from error_classification.errors import InputError
from error_classification.sources.github.problems import plain
from error_classification.sources.github.spool import CHUNK

LARGEST_FILE = 64 << 20
LARGEST_TOTAL = 256 << 20
"""Bytes of XML, unpacked, from one archive."""
MOST_FILES = 2_000
_LARGEST_DIRECTORY = 4 << 20
"""Bytes of an archive's table of contents: Python holds it in memory, some ten times as large."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, KeyError)
"""What ``zipfile`` raises for damage, and for files with a password."""
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
"""Those that ``zipfile`` unpacks in bounded memory; no tool packs artifacts in another way."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. ``name`` is for people: one line, no way out of any folder."""

    name: str
    size: int
    _info: zipfile.ZipInfo
    _archive: BinaryIO

    def chunks(self) -> Iterator[bytes]:
        """The content, never more than the declared ``size``. Raises InputError where it is damaged or too large."""
        if self.size > LARGEST_FILE:
            raise InputError(f"{self.name}: larger than {LARGEST_FILE >> 20} MB")
        if self._info.compress_type not in _METHODS:
            raise InputError(f"{self.name}: packed in a way that is not read")
        try:
            with zipfile.ZipFile(_Guarded(self._archive)) as archive, archive.open(self._info) as unpacked:
                while chunk := unpacked.read(CHUNK):
                    yield chunk
        except _BROKEN as error:
            raise InputError(f"{self.name}: can't be unpacked: {plain(str(error)) or type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class Contents:
    """The XML files that are to be read, in the order of their names, and how many are left out as too many."""

    members: tuple[Member, ...]
    left_out: int


def xml_in(archive: BinaryIO) -> Contents:
    """The XML files of a zip file. Raises InputError where it is none."""
    try:
        with zipfile.ZipFile(_Guarded(archive)) as opened:
            infos = [info for info in opened.infolist() if info.filename.lower().endswith(".xml")]
    except _BROKEN as error:
        raise InputError(f"no readable zip file: {plain(str(error)) or type(error).__name__}") from error
    infos.sort(key=lambda info: (info.filename, info.header_offset))
    members, room = [], LARGEST_TOTAL
    for info in infos[:MOST_FILES]:
        room -= min(info.file_size, LARGEST_FILE)
        if room < 0:
            break
        members.append(Member(_shown(info.filename), info.file_size, info, archive))
    return Contents(tuple(members), len(infos) - len(members))


def _shown(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    return plain("/".join(part for part in parts if part not in ("", ".", "..")))


class _Guarded:
    """A file of which no read is large: ``zipfile`` takes a table of contents in one, whatever length it claims."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size if 0 <= size <= _LARGEST_DIRECTORY else _LARGEST_DIRECTORY + 1)
        if len(content) > _LARGEST_DIRECTORY:
            raise zipfile.BadZipFile("its table of contents is too large")
        return content

    def seek(self, position: int, whence: int = 0) -> int:
        return self._stream.seek(position, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True
