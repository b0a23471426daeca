"""The values of the environment's own secrets, in the forms in which a log may show them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_MIN_LENGTH = 6
_ORDINARY = frozenset(
    (
        *("production", "staging", "development", "testing", "default", "enabled", "disabled", "localhost", "master", "latest"),
        *("release", "stable", "github", "gitlab", "docker", "ubuntu", "windows", "python", "password", "secret", "changeme"),
        *("unknown", "public", "private"),
    )
)
_UNDECODED = re.compile("[\udc80-\udcff]")
"""How Python shows a byte of the environment that is not UTF-8 (PEP 383)."""


def literal_forms(values: Iterable[str]) -> tuple[str, ...]:
    """Every text to look for, the longest first.

    Values that are short or ordinary words would tear holes into any log: they are ignored.
    """
    forms: set[str] = set()
    for value in map(_as_read, values):
        for part in {value.strip(), *(line.strip() for line in value.splitlines())}:
            if _is_telling(part):
                forms |= _encodings(part)
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _as_read(value: str) -> str:
    """The value as it shows in a log that was decoded: what is not UTF-8 is read as Windows-1252 there."""
    read = _UNDECODED.sub(lambda byte: bytes((ord(byte[0]) - 0xDC00,)).decode("cp1252", "replace"), value)
    return read.encode("utf-8", "replace").decode()


def _is_telling(value: str) -> bool:
    return len(value) >= _MIN_LENGTH and value.lower() not in _ORDINARY and len(set(value)) > 2


def _encodings(value: str) -> set[str]:
    raw = value.encode("utf-8", "surrogatepass")
    forms = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {quote(raw, safe=""), quote_plus(raw)}
    for shift in range(3):
        forms |= _base64_cores(raw, shift)
    return forms


def _base64_cores(raw: bytes, shift: int) -> set[str]:
    """What base64 of any text that holds ``raw`` must contain, when ``raw`` starts at an offset of ``shift`` modulo 3."""
    whole = len(raw) + shift - (len(raw) + shift) % 3
    first = 4 if shift else 0
    cores = {encode(b"\0" * shift + raw)[: whole // 3 * 4][first:].decode("ascii") for encode in _ENCODERS}
    return {core for core in cores if len(core) >= _MIN_LENGTH + 2}


_ENCODERS = (base64.b64encode, base64.urlsafe_b64encode)
