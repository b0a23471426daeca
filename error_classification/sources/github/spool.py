"""What is fetched once, when it is first needed, and can then be read as often as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import BinaryIO, cast

from error_classification.errors import Error

CHUNK = 1 << 18
_IN_MEMORY = 1 << 20
"""Bytes; what is longer lies on disk. A pipeline that waits for answers may hold hundreds of these."""


class Spool:
    """Keeps what ``fetch`` writes, or the Error that it raises: either is had only once. Safe to share between threads."""

    def __init__(self, fetch: Callable[[BinaryIO], None]) -> None:
        self._fetch = fetch
        self._kept: BinaryIO | None = None
        self._error: Error | None = None
        self._lock = Lock()

    def chunks(self) -> Iterator[bytes]:
        """The content from its beginning. Raises what ``fetch`` raised."""
        position = 0
        while chunk := self._read(position):
            position += len(chunk)
            yield chunk

    def _read(self, position: int) -> bytes:
        with self._lock:
            kept = self._fetched()
            kept.seek(position)
            return kept.read(CHUNK)

    def _fetched(self) -> BinaryIO:
        if self._error is not None:
            raise self._error
        if self._kept is None:
            kept = temporary()
            try:
                self._fetch(kept)
            except Error as error:
                self._error = error
                kept.close()
                raise
            self._kept = kept
        return self._kept


def digest_of(chunks: Callable[[], Iterator[bytes]]) -> str:
    """Hexadecimal, of the content."""
    digest = sha256()
    for chunk in chunks():
        digest.update(chunk)
    return digest.hexdigest()[:32]


def temporary() -> BinaryIO:
    """A file without a name, gone when nobody holds it any more."""
    return cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))
