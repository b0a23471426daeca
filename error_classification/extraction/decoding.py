"""From raw bytes to UTF-8 text, chunk by chunk: gzip, byte order marks, UTF-16, declared and fallback encodings.

Nothing here fails on content: what cannot be decoded is replaced, what is cut off ends there, and both are said in a warning.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

_GZIP_MAGIC = b"\x1f\x8b"
_INFLATE_STEP = 1 << 20
_SNIFF_BYTES = 1 << 16
_PIECE = 4 << 10
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII_SAMPLE = b'<?xml version="1.0"?>'
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")


class Decoder:
    """Iterates over the UTF-8 chunks of raw ones; ``warnings`` is complete once it is exhausted."""

    def __init__(self, raw: Iterable[bytes]) -> None:
        self.warnings: list[str] = []
        self._raw = raw

    def __iter__(self) -> Iterator[bytes]:
        return self._to_utf8(self._inflated(iter(self._raw)))

    def _inflated(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head, chunks = peek(chunks, len(_GZIP_MAGIC))
        if not head.startswith(_GZIP_MAGIC):
            yield from chunks
            return
        inflater = zlib.decompressobj(wbits=31)
        for chunk in chunks:
            while chunk:
                if inflater.eof:  # several members, one after the other, are one file; other bytes behind it are padding
                    if not chunk.lstrip(b"\0").startswith(_GZIP_MAGIC[:1]):
                        return
                    inflater, chunk = zlib.decompressobj(wbits=31), chunk.lstrip(b"\0")
                before = inflater.copy()
                try:
                    yield inflater.decompress(chunk, _INFLATE_STEP)
                except zlib.error as error:
                    self.warnings.append(f"gzip data damaged: {error}")
                    yield _sound_part(before, chunk)
                    return
                chunk = inflater.unconsumed_tail or inflater.unused_data
        if not inflater.eof:
            self.warnings.append("gzip data truncated")

    def _to_utf8(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head, chunks = peek(chunks, _SNIFF_BYTES)
        encoding, skip = sniff_encoding(head)
        if encoding == "utf-8":
            yield from self._checked_utf8(_drop(chunks, skip))
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for chunk in _drop(chunks, skip):
            yield decoder.decode(chunk).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")

    def _checked_utf8(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Valid UTF-8 as it is; bytes that are not are read as Windows-1252, the usual culprit, one run at a time."""
        pending = b""
        for chunk in chunks:
            data = pending + chunk
            if data.isascii():
                pending = b""
                yield data
                continue
            cut = len(data) - _incomplete_tail(data)
            pending, data = data[cut:], data[:cut]
            yield self._mended(data)
        if pending:
            yield self._mended(pending)

    def _mended(self, data: bytes) -> bytes:
        if is_utf8(data):
            return data
        if _NOT_UTF8 not in self.warnings:
            self.warnings.append(_NOT_UTF8)
        return data.decode("utf-8", "error_classification.cp1252").encode("utf-8")


def _sound_part(inflater: zlib._Decompress, chunk: bytes) -> bytes:
    """What stands before the damage in ``chunk``: byte by byte, since a call that fails gives nothing of what it had unpacked."""
    pieces: list[bytes] = []
    with suppress(zlib.error):
        pieces.extend(inflater.decompress(bytes((byte,))) for byte in chunk)
    return b"".join(pieces)


_NOT_UTF8 = "some bytes are not valid UTF-8 and were read as Windows-1252"


def _cp1252_handler(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("error_classification.cp1252", _cp1252_handler)


def sniff_encoding(head: bytes) -> tuple[str, int]:
    """The encoding of text that starts with ``head``, and the length of its byte order mark."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, len(bom)
    if (utf16 := _utf16_without_bom(head)) is not None:
        return utf16, 0
    declared = _DECLARED.match(head)
    if declared:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            return "utf-8", 0
        if name.startswith(("utf", "ascii")) or not _is_text_codec(name):
            return "utf-8", 0
        return name, 0
    return "utf-8", 0


def _is_text_codec(name: str) -> bool:
    """True if the codec reads ASCII as ASCII, as the one of a declaration that could be read must."""
    try:
        codecs.getincrementaldecoder(name)
        return _ASCII_SAMPLE.decode(name) == _ASCII_SAMPLE.decode("ascii")
    except (LookupError, UnicodeError):  # bytes.decode refuses codecs that are not of text with a LookupError
        return False


def _utf16_without_bom(head: bytes) -> str | None:
    sample = head[:2000]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def is_utf8(data: bytes) -> bool:
    """True for whole characters of UTF-8. Only pieces that are not ASCII are decoded: four times as fast on most logs."""
    position, size = 0, len(data)
    while position < size:
        piece = data[position : position + _PIECE]
        position += len(piece)
        if piece.isascii():
            continue
        cut = _incomplete_tail(piece) if position < size else 0
        try:
            piece[: len(piece) - cut].decode("utf-8")
        except UnicodeDecodeError:
            return False
        position -= cut
    return True


def _incomplete_tail(data: bytes) -> int:
    """How many bytes at the end are the beginning of one character."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 2 if byte >> 5 == 0b110 else 3 if byte >> 4 == 0b1110 else 4 if byte >> 3 == 0b11110 else 1
        return back if needed > back else 0
    return 0


def peek(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """At least ``size`` first bytes (where there are so many), and the whole stream again."""
    taken: list[bytes] = []
    length = 0
    for chunk in chunks:
        taken.append(chunk)
        length += len(chunk)
        if length >= size:
            break
    head = b"".join(taken)
    return head, chain((head,) if head else (), chunks)


def _drop(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[count:]
        break
    yield from chunks
