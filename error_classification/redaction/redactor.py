"""Takes secrets out of text and leaves a marker with their kind; the number of lines never changes.

All kinds are one RE2 automaton without groups: text without a secret costs one pass of it and nothing else. What it finds is
named, judged and cut out on the match alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import re2

from error_classification.models import ErrorContext
from error_classification.redaction.invisible import Hit, has_invisible, hits_in, hits_through
from error_classification.redaction.kinds import EMAIL, KINDS, Kind
from error_classification.redaction.literals import literal_forms

_LONG_VALUE = 200
_MAX_PASSES = 4
_REACH = 16_384
"""Bytes that one search sees. Without a bound every search might run to the end of a long line, for a kind that begins early in
it and may yet match late."""
_OVERLAP, _MARGIN = 4_096, 256
"""The next search begins so far before the end of one that found nothing; a find that ends so near to it may be cut off."""

@dataclass(frozen=True, slots=True)
class Redacted:
    """Text without secrets, and the kinds that were taken out, each once, in order of appearance."""

    text: str
    kinds: tuple[str, ...] = ()


def marker(kind: str) -> str:
    """What stands where a secret of ``kind`` stood."""
    return f"<redacted:{kind}>"


class Redactor:
    """Redacts by form, and by value what ``secret_values`` names (also in base64, URL and JSON encoding).

    ``emails``: take out e-mail addresses too. Redacting twice changes nothing.
    """

    def __init__(self, secret_values: Iterable[str] = (), emails: bool = False) -> None:
        self._finder = _finder((*KINDS, EMAIL) if emails else KINDS)
        forms = literal_forms(secret_values)
        self._literals = _automaton([re2.escape(form) for form in forms]) if forms else None

    def redact(self, text: str) -> str:
        """``text`` with every secret replaced by its marker."""
        return self.scan(text).text

    def scan(self, text: str) -> Redacted:
        """As ``redact``, and says which kinds were there."""
        if not text:
            return Redacted(text)
        data = text.encode("utf-8", "surrogatepass")
        hits = hits_through if has_invisible(data) else hits_in
        found: list[str] = []
        for _ in range(_MAX_PASSES):  # what a marker uncovers may itself be one more
            before = data
            if self._literals is not None:
                data = _spliced(data, hits(data, self._literal_hits), found)
            data = _spliced(data, hits(data, self._finder.secrets), found)
            if data == before:
                break
        return Redacted(data.decode("utf-8", "surrogatepass"), tuple(dict.fromkeys(found))) if found else Redacted(text)

    def redact_context(self, context: ErrorContext) -> ErrorContext:
        """The error with every free text in it redacted; positions stay true."""
        return replace(
            context,
            text=self.redact(context.text),
            headline=self.redact(context.headline),
            source=self.redact(context.source),
            test_name=self.redact(context.test_name),
            file=self.redact(context.file),
            job_name=self.redact(context.job_name),
            step_name=self.redact(context.step_name),
            stage=self.redact(context.stage),
            target=self.redact(context.target),
            command=self.redact(context.command),
        )

    def _literal_hits(self, data: bytes) -> Iterator[Hit]:
        return ((*match.span(), "environment_secret") for match in self._literals.finditer(data)) if self._literals else iter(())


class _Finder:
    """The automaton that finds a secret, the set that names the kind of what it found, and each kind alone, with its group."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self._kinds = kinds
        self._any = _automaton([kind.pattern for kind in kinds])
        self._single = tuple(re2.compile(f"(?m){kind.pattern}".encode(), _options()) for kind in kinds)
        self._names = re2.Set.FullMatchSet(_options())
        for kind in kinds:
            self._names.Add(f"(?m){kind.pattern}".encode())
        self._names.Compile()

    def secrets(self, data: bytes) -> Iterator[Hit]:
        """Each secret, left to right, never overlapping."""
        position = 0
        while span := self._next(data, position):
            start, end = span
            index = min(self._names.Match(data[start:end]) or (-1,))
            inner = self._single[index].fullmatch(data[start:end]) if index >= 0 else None
            if inner is None:
                position = end
                continue
            group = 1 if self._single[index].groups else 0
            low, high = start + inner.start(group), start + inner.end(group)
            if self._kinds[index].accepts(_text(data[start:high]), _text(data[low:high])):
                yield low, high, self._kinds[index].name
                position = high
            else:  # what stands in a refused value may be a secret of its own; a long value is not looked into
                position = max(low, start + 1) if high - low < _LONG_VALUE else end


    def _next(self, data: bytes, position: int) -> tuple[int, int] | None:
        """Start and end of what is found first from ``position`` on."""
        reach = _REACH
        while True:
            limit = min(len(data), position + reach)
            match = self._any.search(data, position, limit)
            if limit == len(data) or (match and match.end() <= limit - _MARGIN):
                return match.span() if match else None
            if match:
                reach *= 2
            else:
                position = limit - _OVERLAP


@cache
def _finder(kinds: tuple[Kind, ...]) -> _Finder:
    return _Finder(kinds)


def _automaton(patterns: Iterable[str]) -> re2._Regexp:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re2.compile(f"(?m){joined}".encode("utf-8", "surrogatepass"), _options(never_capture=True))


def _options(**wanted: bool) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    for name, value in wanted.items():
        setattr(options, name, value)
    return options


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _spliced(data: bytes, hits: tuple[Hit, ...], found: list[str]) -> bytes:
    if not hits:
        return data
    pieces: list[bytes] = []
    position = 0
    for start, end, kind in hits:
        pieces += (data[position:start], marker(kind).encode(), b"\n" * data.count(b"\n", start, end))
        position = end
        found.append(kind)
    return b"".join((*pieces, data[position:]))
