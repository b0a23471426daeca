"""How alike two lines of a log are: the share of their words that they have in common, in the same order.

The measure is that of Spell (Du and Li, "Spell: Streaming Parsing of System Event Logs", ICDM 2016): the longest common
subsequence of the words, here over both lengths, so that a short line is not alike to every long one that holds its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

MOST_WORDS = 40
"""Words of a line that are compared."""
_LONGEST_LINE = 2_000
_WORD = re.compile(r"[^\W\d_](?:\w*[^\W_])?|<\w+>")


def words(line: str) -> Words:
    """The words of ``line`` in lower case, as far as they are compared; what normalisation masked is a word, numbers are none."""
    return tuple(_WORD.findall(line[:_LONGEST_LINE].lower())[:MOST_WORDS])


def similarity(one: Words, other: Words) -> float:
    """From 0 (nothing in common) to 1 (the same words)."""
    return _share(_common(one, other), one, other)


class Alike:
    """Lines in their order, and which of them is first alike to another: only those with enough words in common are compared."""

    def __init__(self, least: float) -> None:
        """``least``: the similarity, above 0, from which on two lines are alike."""
        self._least = least
        self._lines: list[Words] = []
        self._with_word: dict[tuple[str, int], list[int]] = {}

    def add(self, line: Words) -> None:
        for word in _numbered(line):
            self._with_word.setdefault(word, []).append(len(self._lines))
        self._lines.append(line)

    def first(self, line: Words) -> int | None:
        """The number, from 0, of the first line that is alike."""
        shared = Counter(chain.from_iterable(self._with_word.get(word, ()) for word in _numbered(line)))
        # No order of the words makes more of them common than are shared.
        likely = sorted(number for number, count in shared.items() if _share(count, line, self._lines[number]) >= self._least)
        return next((number for number in likely if similarity(line, self._lines[number]) >= self._least), None)


def _share(common: int, one: Words, other: Words) -> float:
    total = len(one) + len(other)
    return 2 * common / total if total else 1.0


def _numbered(line: Words) -> list[tuple[str, int]]:
    """The words, each time another; a line without words has one of its own, by which it is alike to its equals."""
    seen: Counter[str] = Counter()
    found = []
    for word in line or ("",):
        found.append((word, seen[word]))
        seen[word] += 1
    return found


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for index, candidate in enumerate(other, 1):
            diagonal, row[index] = row[index], diagonal + 1 if word == candidate else max(row[index], row[index - 1])
    return row[-1]
