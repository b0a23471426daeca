"""How the judges' agreement with people moves: the values that ``learning.drift`` fills, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.evaluation import Figure, Measure
from error_classification.reporting.evaluation.record import figure_record
from error_classification.reporting.evaluation.text import Section, full
from error_classification.reporting.json import Record, timestamp
from error_classification.reporting.summary import counted

_ALARM = "fell"
_RETRAIN = (
    "label more of the errors in question (`label --next`), then train on them: `label --export labels.jsonl`, "
    "`train --extra labels.jsonl`; a rule that errs is found by `rules check`"
)
_DAY = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class CategoryDrift:
    """A judge's precision in a category, before the latest period and in it, by what people say.

    ``change`` has the interval of the difference, widened for the number of comparisons made at once.
    """

    judge: str
    category: str
    before: Figure
    now: Figure
    change: Figure
    alarm: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a judge's answers to the errors of a period are those of people: ``since <= first seen < until``."""

    judge: str
    since: datetime
    until: datetime
    right: Figure


@dataclass(frozen=True, slots=True)
class Drift:
    """``labelled`` errors in all; ``periods`` are of equal length, the latest first."""

    labelled: int
    days: int
    periods: tuple[Agreement, ...]
    categories: tuple[CategoryDrift, ...]

    @property
    def alarms(self) -> tuple[CategoryDrift, ...]:
        return tuple(one for one in self.categories if one.alarm)


_PERIODS = (Column("Judge"), Column("Since"), Column("Until"), Column("Agreement", Kind.NUMBER))
_CATEGORIES = (
    Column("Judge"),
    Column("Category", breaks="_"),
    Column("Before", Kind.NUMBER),
    Column("Now", Kind.NUMBER),
    Column("Change", Kind.NUMBER),
    Column(""),
)


def drift_sections(drift: Drift) -> Iterator[Section]:
    """The agreement period by period, and the precision by category; tables without rows are left out."""
    if drift.periods:
        rows = [[one.judge, f"{one.since:{_DAY}}", f"{one.until:{_DAY}}", _share(one.right)] for one in drift.periods]
        yield Section("Agreement with people", _PERIODS, rows)
    if drift.categories:
        yield Section(f"Precision by category, the last {drift.days} days and before", _CATEGORIES, _rows(drift))


def drift_headline(drift: Drift) -> str:
    """What was found, in one line."""
    names = ", ".join(f"{one.category} ({one.judge})" for one in drift.alarms)
    verdict = f"precision fell: {names}" if drift.alarms else "no category's precision fell"
    return f"{counted(drift.labelled, 'labelled error')}: {verdict}"


def advice(drift: Drift) -> str:
    """What to do about the alarms; empty where there is none."""
    return _RETRAIN if drift.alarms else ""


def drift_record(drift: Drift) -> Record:
    """Everything."""
    return {
        "labelled": drift.labelled,
        "days": drift.days,
        "periods": [
            {
                "judge": one.judge,
                "since": timestamp(one.since),
                "until": timestamp(one.until),
                "agreement": figure_record(one.right),
            }
            for one in drift.periods
        ],
        "categories": [
            {
                "judge": one.judge,
                "category": one.category,
                "before": figure_record(one.before),
                "now": figure_record(one.now),
                "change": figure_record(one.change),
                "alarm": one.alarm,
            }
            for one in drift.categories
        ],
    }


def _rows(drift: Drift) -> list[list[str]]:
    ordered = sorted(drift.categories, key=lambda one: not one.alarm)
    return [
        [one.judge, one.category, _share(one.before), _share(one.now), _change(one.change), _ALARM if one.alarm else ""]
        for one in ordered
    ]


def _share(figure: Figure) -> str:
    return f"{full(Measure.PRECISION, figure)} of {figure.of}"


def _change(figure: Figure) -> str:
    if figure.value is None or figure.interval is None:
        return ""
    low, high = figure.interval
    return f"{100 * figure.value:+.1f} ({100 * low:+.0f} to {100 * high:+.0f})"
