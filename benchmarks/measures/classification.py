"""Classification: how often the judges answer, and how often that is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from error_classification.learning.evaluation.classes import macro_f1
from error_classification.learning.evaluation.points import Point
from error_classification.models import UNCLASSIFIED, ErrorClassification
from measures.arithmetic import Fraction, Share, share
from measures.cases import Case, Kind
from measures.running import Result, reason
from measures.tables import Cell, Table

TITLE = "Classification"
FIRST_COLUMNS = ("", "inputs", "none found", "answered", "right when answered", "right among labels", "subcategory", "macro-F1")
EVERY_COLUMNS = ("", "errors", "answered", "among labels when answered")


@dataclass(frozen=True, slots=True)
class Judged:
    """An error of a labelled input, or the lack of one, and the category that it was given."""

    case: Case
    error: ErrorClassification | None

    @property
    def category(self) -> str:
        return self.error.category if self.error else UNCLASSIFIED

    @property
    def is_answered(self) -> bool:
        return self.category != UNCLASSIFIED

    @property
    def is_right(self) -> bool:
        return self.category == self.case.label

    @property
    def is_among_labels(self) -> bool:
        return self.category in self.case.labels or self.is_right


def first_table(results: Iterable[Result]) -> Table | None:
    """One error of each input that failed against its label: the first in rank of a log, the first of the document elsewhere."""
    judged = [Judged(result.case, result.first) for result in results if not result.case.is_green]
    if not judged:
        return None
    wrong = [one for one in judged if one.is_answered and not one.is_right]
    confusion = Counter((one.case.label, one.category) for one in wrong)
    details = [f"{count} times {answer} instead of {truth}" for (truth, answer), count in confusion.most_common()]
    details += [_detail(one) for one in wrong] + [_detail(one) for one in judged if not one.is_answered and not one.is_right]
    return Table(f"{TITLE}: one error of each input", FIRST_COLUMNS, _by_kind(judged, _first_cells), tuple(details))


def every_table(results: Iterable[Result]) -> Table | None:
    """Every error of the inputs that failed and whose failures are all labelled: right is an answer that is among the labels."""
    labelled = [result for result in results if result.case.labels and not result.case.is_green]
    judged = [Judged(result.case, error) for result in labelled for error in result.errors]
    if not judged:
        return None
    wrong = tuple(_detail(one) for one in judged if one.is_answered and not one.is_among_labels)
    return Table(f"{TITLE}: every error", EVERY_COLUMNS, _by_kind(judged, _every_cells), wrong)


def _by_kind(judged: Sequence[Judged], cells: Callable[[Sequence[Judged]], tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    groups: dict[str, list[Judged]] = {kind.value: [one for one in judged if one.case.kind is kind] for kind in Kind}
    groups["all"] = list(judged)
    groups["without doubtful"] = [one for one in judged if not one.case.is_doubtful]
    return tuple((name, len(group), *cells(group)) for name, group in groups.items() if group)


def _first_cells(judged: Sequence[Judged]) -> tuple[Cell, ...]:
    answered = [one for one in judged if one.is_answered]
    finer = [one for one in answered if one.is_right and one.case.subcategory]
    return (
        sum(one.error is None for one in judged),
        Share(len(answered), len(judged)),
        share(one.is_right for one in answered),
        share(one.is_among_labels for one in answered),
        share(one.error is not None and one.error.subcategory == one.case.subcategory for one in finer),
        Fraction(macro_f1(Point(one.case.label, one.category) for one in judged)),
    )


def _every_cells(judged: Sequence[Judged]) -> tuple[Cell, ...]:
    answered = [one for one in judged if one.is_answered]
    return Share(len(answered), len(judged)), share(one.is_among_labels for one in answered)


def _detail(one: Judged) -> str:
    name = f"{one.case.name}: {one.case.label}{' (doubtful)' if one.case.is_doubtful else ''}"
    if one.error is None:
        return f"{name}: no error found"
    context = one.error.error.context
    line = (one.error.root_cause or context.headline or context.text.split("\n", 1)[0]).strip()
    return f"{name}, answered {one.category}: {line[:100]!r} ({reason(one.error.answer)[:200]})"
