"""How alike two lines of a log are: the share of their words that they have in common, in the same order.

The measure is that of Spell (Du and Li, "Spell: Streaming Parsing of System Event Logs", ICDM 2016): the longest common
subsequence of the words, here over both lengths, so that a short line is not alike to every long one that holds its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
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
    total = len(one) + len(other)
    return 2 * _common(one, other) / total if total else 1.0


def alike(one: Words, other: Words, least: float) -> bool:
    """Whether the similarity is at least ``least``; most pairs are told apart by the words alone, whatever their order."""
    total = len(one) + len(other)
    if 2 * min(len(one), len(other)) < least * total:
        return False
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared >= least * total and similarity(one, other) >= least


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for index, candidate in enumerate(other, 1):
            diagonal, row[index] = row[index], diagonal + 1 if word == candidate else max(row[index], row[index - 1])
    return row[-1]
