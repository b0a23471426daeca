"""Telling text from what is not, by its first bytes."""

from __future__ import annotations

import re
import zlib

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00\x00\xfe\xff")
_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x7fELF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"SQLite format 3\0",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\xca\xfe\xba\xbe",
)
_TAR_MAGIC_AT = 257
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.05


def is_binary(head: bytes) -> bool:
    """Whether a file that begins with ``head`` holds no text; gzip is judged by what is packed in it."""
    if head.startswith(_GZIP):
        head = _unpacked(head)
    if head.startswith(_BYTE_ORDER_MARKS):
        return False
    if head.startswith(_MAGIC) or head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return True
    if _is_utf16(head):
        return False
    return len(_CONTROLS.findall(head)) > len(head) * _MOST_CONTROLS


def _unpacked(head: bytes) -> bytes:
    """The beginning of the content; nothing where it is damaged, which the reader will say."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(head))
    except zlib.error:
        return b""


def _is_utf16(head: bytes) -> bool:
    """Mostly ASCII in UTF-16 without a mark: every other byte is NUL, on one side only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    return max(even, odd) > half * 0.6 and min(even, odd) < half * 0.05
