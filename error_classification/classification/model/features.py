"""What the model sees of an error: named features in zones (pure functions).

A zone is counted by itself, so that a long log around a short message does not drown it: ``head`` is the cause as it was
normalised and the line it stands in, ``text`` the lines nearest to it, ``shape`` what is known beside the text (exit code,
outcome, format) and the form of the text (stack traces, differences, carets). Every name can be read by people: the explanation
of a verdict is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise

from error_classification.classification.model.shapes import shapes, tools
from error_classification.models import ErrorContext, FingerprintedError

MAX_TEXT = 4000
"""Characters of a text that are read, around its headline."""
MAX_HEAD, MAX_LINE = 400, 240
"""Characters of the headline, and of any other line."""
ZONES = ("head", "text", "shape")
MAX_FEATURES = {"head": 400, "text": 500, "shape": 60}
"""Names per zone, at most; what comes first stays."""
NEAR = 6
"""Lines around the headline whose pairs of words count too."""

_WORD = re.compile(r"[^\W\d_]+(?:[-_']?[^\W_]+)*|\d+|<\w+>")
_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+")
_CODE = re.compile(r"[a-z]{1,8}-?\d{2,5}")
_ANSI = re.compile(r"\x1b\[[0-9;:]{0,20}[A-Za-z]")
_STAMP = re.compile(r"^\S{0,3}\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,12}\s{0,4}")
_DIGIT = re.compile(r"\d")
_LONGEST = 30
"""Letters of a word; longer ones are no words."""
_STEM = 6
"""Letters by which inflected words (resolve, resolving) are the same."""
_STATUS = 3
"""Digits of the numbers that mean something by themselves: HTTP status, exit code."""


@dataclass(frozen=True, slots=True)
class Features:
    """The names in each zone, each once, in the order of the text."""

    head: tuple[str, ...]
    text: tuple[str, ...]
    shape: tuple[str, ...]

    def zones(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(zip(ZONES, (self.head, self.text, self.shape), strict=True))


def features(error: FingerprintedError) -> Features:
    """The features of an error: at most ``MAX_FEATURES`` in each zone, in time linear in what is read."""
    context = error.context
    lines, at = surroundings(context)
    headline = lines[at] if lines else ""
    head = [error.normalized_text[:MAX_HEAD], headline[:MAX_HEAD]]
    near = range(max(0, at - NEAR), min(len(lines), at + NEAR + 1))
    nearest, read = "\n".join(lines[near.start : near.stop]), "\n".join(lines)
    return Features(
        _bounded("head", _of_head(head)),
        _bounded("text", _of_text(lines, near)),
        _bounded("shape", (*shapes(error, nearest, read), *tools(context, headline))),
    )


def readable(context: ErrorContext) -> str:
    """The part of the text that is read, around its headline."""
    found = context.text.find(context.headline.strip())
    if found <= MAX_TEXT // 2:
        return context.text[:MAX_TEXT]
    start = found - MAX_TEXT // 2
    start = context.text.find("\n", start, found) + 1 or start
    return context.text[start : start + MAX_TEXT]


def surroundings(context: ErrorContext) -> tuple[list[str], int]:
    """The lines that are read, and which of them is the headline (the first that is not empty where none is known)."""
    text, headline = readable(context), context.headline.strip()
    lines = [_clean(line) for line in text.split("\n")]
    if not headline:
        return lines, next((index for index, line in enumerate(lines) if line.strip()), 0)
    found = text.find(headline)
    return (lines, text.count("\n", 0, found)) if found >= 0 else ([_clean(headline), *lines], 0)


def _clean(line: str) -> str:
    line = line[: 2 * MAX_LINE]
    return _STAMP.sub("", _ANSI.sub("", line) if "\x1b" in line else line)[:MAX_LINE]


def _bounded(zone: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(names), MAX_FEATURES[zone]))


def _of_head(texts: Iterable[str]) -> Iterator[str]:
    """Words, their parts and stems, pairs of words, and pairs with one word between them; the first word by itself."""
    for words in map(_words, texts):
        yield from words
        yield from (f"{one} {two}" for one, two in pairwise(words))
        yield from (f"{one} _ {two}" for one, two in zip(words, words[2:], strict=False))
        yield from (f"{word[:_STEM]}-" for word in words if len(word) > _STEM)
        yield from (f"^{word}" for word in words[:1])


def _of_text(lines: Sequence[str], near: range) -> Iterator[str]:
    """The words of all lines, those of the near ones first and in pairs too."""
    words = [_words(line) for line in lines]
    for index in near:
        yield from words[index]
        yield from (f"{one} {two}" for one, two in pairwise(words[index]))
    for line in words:
        yield from line


def _words(line: str) -> list[str]:
    return [word for raw in _WORD.findall(line) for word in _spellings(raw)]


@lru_cache(maxsize=1 << 13)
def _spellings(raw: str) -> tuple[str, ...]:
    """The word as it is compared: in small letters, a number by its length; of a compound its parts too, of a name with digits
    (unless it is a code: E0308) those alone."""
    if raw.isdecimal():
        return (raw if len(raw) == _STATUS else "0" * min(len(raw), _STATUS + 1),)
    whole = raw.lower()
    if whole == raw and whole.isalpha():
        return (whole,) if len(whole) <= _LONGEST else ()
    named = (whole,) if len(whole) <= _LONGEST and (_CODE.fullmatch(whole) or not _DIGIT.search(whole)) else ()
    parts = _CAPITALS.findall(raw)
    return (*named, *(part.lower() for part in parts if len(part) > 1)) if len(parts) > 1 else named
