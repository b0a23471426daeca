"""Each judge alone, and all together: right, sure, and as sure as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from error_classification import wiring
from error_classification.config import Config
from error_classification.learning.asking import COMBINED
from error_classification.learning.evaluation import Answered, evaluated
from error_classification.models import Abstention, Verdict
from error_classification.reporting.evaluation import Measure
from measures.cases import Case
from measures.running import Result
from measures.tables import Cell, Table

_MEASURES = (
    Measure.MACRO_F1,
    Measure.ACCURACY,
    Measure.COVERAGE,
    Measure.PRECISION,
    Measure.SURE_PRECISION,
    Measure.CONFIDENT_ERRORS,
    Measure.ECE,
    Measure.BRIER,
)
COLUMNS = ("", "inputs", *(measure.value for measure in _MEASURES))
_WITHOUT_DOUBTFUL = ", without doubtful"


def table(results: Iterable[Result]) -> Table | None:
    """One row for each judge on the error that the program puts first; a second one without the doubtful inputs.

    ``confident-errors`` are a share of all inputs, those in which nothing failed included.
    """
    measured = list(results)
    if all(result.case.is_green for result in measured):
        return None
    answers: dict[str, list[Answered]] = {}
    doubtless: dict[str, list[Answered]] = {}
    for result in measured:
        for name, answer in _answers(result):
            answers.setdefault(name, []).append(answer)
            if not answer.ambiguous:
                doubtless.setdefault(f"{name}{_WITHOUT_DOUBTFUL}", []).append(answer)
    return Table("Judges", COLUMNS, tuple(_row(name, members) for name, members in (answers | doubtless).items()))


def _answers(result: Result) -> Iterator[tuple[str, Answered]]:
    """The answer in force is the program's own; each judge is asked again, alone."""
    judges, first = wiring.judges(Config()), result.first
    for judge in judges:
        yield judge.name, _answered(result.case, judge.judge(first.error) if first else None)
    if len(judges) > 1:
        yield COMBINED, _answered(result.case, first.answer if first else None)


def _answered(case: Case, verdict: Verdict | Abstention | None) -> Answered:
    return Answered(
        input=case.name,
        label=case.label,
        accepted=frozenset((case.label,)),
        verdict=verdict,
        ambiguous=case.is_doubtful,
        nothing_failed=case.is_green,
    )


def _row(name: str, answers: Sequence[Answered]) -> tuple[Cell, ...]:
    found = evaluated(name, answers)
    return name, found.inputs, *(found.figures[measure] for measure in _MEASURES)
