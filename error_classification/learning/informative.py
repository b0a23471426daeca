"""Which unlabelled groups a person should look at first: the ones from whose label the judges learn most.

Uncertainty sampling, with the judges as a committee and the size of a group as its weight (Settles, "Active Learning Literature
Survey", 2009: least confidence, 3.1; vote entropy, 3.2; information density, 3.6). Of groups that are nearly alike only the first
is asked about, the others when nothing else is left: one label tells about all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2

from error_classification.learning.similarity import Alike, words
from error_classification.models import LLM, MODEL, RULES, Verdict
from error_classification.ports import JudgedGroup

UNLABELLED = (RULES, MODEL, LLM)
"""Judges whose answers a person may still correct."""
_FLOOR = 0.05
"""Uncertainty that the surest judge leaves: judges are wrong with great confidence too."""
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Informative:
    """A group worth a label. ``score``: only good for comparing."""

    judged: JudgedGroup
    score: float
    uncertainty: float
    """0 (sure) to 1 (nobody knows)."""
    disagreement: float
    """Entropy of the judges' votes: 0 where they agree, 1 where they are split as evenly as can be."""
    why: str


def most_informative(groups: Iterable[JudgedGroup], number: int) -> list[Informative]:
    """The ``number`` best of ``groups``, best first; of equals the smaller hash."""
    ranked = sorted(map(_weighed, groups), key=lambda item: (-item.score, item.judged.group.error_hash))
    return _spread(ranked, number)


def _weighed(judged: JudgedGroup) -> Informative:
    group = judged.group
    sure = group.answer.confidence if isinstance(group.answer, Verdict) else 0.0
    votes = Counter(answer.category for answer in judged.answers if isinstance(answer, Verdict))
    split = _entropy(votes)
    score = (_FLOOR + 1 - sure) * (1 + split) * log2(1 + group.occurrence_count)
    return Informative(judged, score, 1 - sure, split, "; ".join(_reasons(judged, sure, split)))


def _entropy(votes: Counter[str]) -> float:
    total = votes.total()
    if total < 2:
        return 0.0
    return -sum(count / total * log2(count / total) for count in votes.values()) / log2(total) + 0.0


def _reasons(judged: JudgedGroup, sure: float, split: float) -> Iterator[str]:
    answer = judged.group.answer
    if isinstance(answer, Verdict):
        yield f"{answer.judge} is only {sure:.0%} sure" if sure < 0.9 else f"{answer.judge} is {sure:.0%} sure"
    else:
        yield "no judge knows it"
    if split:
        yield "the judges disagree: " + ", ".join(
            f"{said.judge} says {said.category}" for said in judged.answers if isinstance(said, Verdict)
        )
    count = judged.group.occurrence_count
    yield "seen once" if count == 1 else f"seen {count:,} times"


def _spread(ranked: Sequence[Informative], number: int) -> list[Informative]:
    chosen: list[Informative] = []
    seen = Alike(_ALIKE)
    postponed: list[Informative] = []
    for item in ranked:
        if len(chosen) == number:
            return chosen
        mine = words(item.judged.group.normalized_text.partition("\n")[0])
        if mine and seen.first(mine) is not None:
            postponed.append(item)
        else:
            chosen.append(item)
            seen.add(mine)
    return chosen + postponed[: number - len(chosen)]
