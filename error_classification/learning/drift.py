"""Drift: whether the judges agree with people less than they did.

People's labels are the truth. They are no random sample (who labels looks for what is wrong), so precision among them is lower
than among all errors; what is compared here are two periods, for which that holds alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import NormalDist

from error_classification.learning.evaluation.intervals import share, wilson
from error_classification.models import HUMAN, Verdict
from error_classification.ports import JudgedGroup
from error_classification.reporting.evaluation import Figure
from error_classification.reporting.evaluation.drift import Agreement, CategoryDrift, Drift

FALL = 0.05
"""A precision that is so much lower than before is an alarm, unless chance explains it."""
_CHANCE = 0.05
"""How often a look at all categories may raise a false alarm."""
_LEAST = 10
"""Labels in each of the periods: with fewer even an interval says more than they can bear."""
_PERIODS = 6


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a judge and a person said of one error, and when the error was first seen."""

    judge: str
    category: str
    is_right: bool
    seen: datetime


def comparisons(groups: Iterable[JudgedGroup]) -> Iterator[Comparison]:
    """One for each answer to an error that a person labelled; abstentions answer nothing."""
    for judged in groups:
        truth = judged.group.answer
        if isinstance(truth, Verdict) and truth.judge == HUMAN:
            for answer in judged.answers:
                if isinstance(answer, Verdict) and answer.judge != HUMAN:
                    is_right = answer.category == truth.category
                    yield Comparison(answer.judge, answer.category, is_right, judged.group.first_seen)


def drift(groups: Collection[JudgedGroup], now: datetime, days: int = 30) -> Drift:
    """The agreement in the last ``days`` days, compared with all that was before them."""
    found, length = list(comparisons(groups)), timedelta(days=days)
    labelled = sum(judged.group.answer.judge == HUMAN for judged in groups)
    return Drift(labelled, days, tuple(_periods(found, now, length)), tuple(_categories(found, now - length)))


def _periods(found: Sequence[Comparison], now: datetime, length: timedelta) -> Iterator[Agreement]:
    for judge in _names(one.judge for one in found):
        for number in range(_PERIODS):
            since, until = now - (number + 1) * length, now - number * length
            right = share(one.is_right for one in found if one.judge == judge and since <= one.seen < until)
            if right.of:
                yield Agreement(judge, since, until, right)


def _categories(found: Sequence[Comparison], since: datetime) -> Iterator[CategoryDrift]:
    """Judges and categories that answered in both periods."""
    pairs = []
    for judge, category in sorted({(one.judge, one.category) for one in found}):
        own = [one for one in found if (one.judge, one.category) == (judge, category)]
        before, now = (share(one.is_right for one in own if (one.seen >= since) is late) for late in (False, True))
        if before.of and now.of:
            pairs.append((judge, category, before, now))
    for judge, category, before, now in pairs:
        change = difference(before, now, _quantile(len(pairs)))
        yield CategoryDrift(judge, category, before, now, change, _is_alarm(before, now, change))


def difference(before: Figure, now: Figure, z: float) -> Figure:
    """``now - before`` with its interval: R. G. Newcombe, "Interval estimation for the difference between independent
    proportions", Statistics in Medicine 17 (1998), method 10, which joins Wilson's intervals of the two."""
    if before.value is None or now.value is None:
        return Figure()
    low, high = wilson(now.count or 0, now.of or 0, z)
    low_before, high_before = wilson(before.count or 0, before.of or 0, z)
    change = now.value - before.value
    down = sqrt((now.value - low) ** 2 + (high_before - before.value) ** 2)
    up = sqrt((high - now.value) ** 2 + (before.value - low_before) ** 2)
    return Figure(change, (change - down, change + up))


def _quantile(comparisons: int) -> float:
    """The normal quantile of a two-sided interval that holds for all comparisons together (Bonferroni's correction)."""
    return NormalDist().inv_cdf(1 - _CHANCE / 2 / comparisons)


def _is_alarm(before: Figure, now: Figure, change: Figure) -> bool:
    """Few labels have a wide interval, and one that reaches 0 says nothing."""
    if change.value is None or change.interval is None or min(before.of or 0, now.of or 0) < _LEAST:
        return False
    return change.value <= -FALL and change.interval[1] < 0


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
