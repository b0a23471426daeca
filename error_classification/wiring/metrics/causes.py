"""Which of the errors in a job's log is the reason why the job, or one of its steps, failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from error_classification.errors import Error
from error_classification.extraction.neighbourhood import lines_between
from error_classification.models import Artefact, ErrorClassification, Outcome
from error_classification.opensearch_schema.metric_fields import Record, moment, text
from error_classification.opensearch_schema.metrics import has_failed, steps_of

_RUN = "Run "
_STAMP = len("2025-01-31T12:00:00")
_UNSHARP = timedelta(seconds=1)
"""GitHub tells the times of steps in whole seconds."""


def cause_of(errors: Sequence[ErrorClassification]) -> ErrorClassification | None:
    """The first error of a job; what passed in the end comes after what did not."""
    return min(errors, key=_order, default=None)


def causes_of_steps(
    job: Record, errors: Sequence[ErrorClassification], artefact: Artefact | None
) -> Iterator[tuple[Record, ErrorClassification | None]]:
    """Every step, with its error where it failed: of those in its part of the log the first, else the job's first.

    The log calls a step by its script, GitHub by its name if it has one. So where more than one failed, times tell as well.
    """
    steps = steps_of(job)
    several = sum(map(has_failed, steps)) > 1
    moments = dict(_moments(errors, artefact)) if several and artefact else {}
    for step in steps:
        own = [error for error in errors if _is_named(error, step)] or [
            error for error in errors if _is_within(moments, error, step)
        ]
        yield step, cause_of(own or errors) if has_failed(step) else None


def _order(error: ErrorClassification) -> tuple[bool, int]:
    return error.error.context.outcome is Outcome.FLAKY, error.error.context.rank


def _is_named(error: ErrorClassification, step: Record) -> bool:
    said = error.error.context.step_name.removeprefix(_RUN).strip()
    return bool(said) and said == text(step.get("name")).removeprefix(_RUN).strip()


def _is_within(moments: Mapping[str, datetime], error: ErrorClassification, step: Record) -> bool:
    at, started, completed = moments.get(error.error_id), moment(step.get("started_at")), moment(step.get("completed_at"))
    return bool(at and started and completed and started <= at < completed + _UNSHARP)


def _moments(errors: Sequence[ErrorClassification], artefact: Artefact) -> Iterator[tuple[str, datetime]]:
    """When the lines of the errors were written, as the log says."""
    for error in errors:
        first = error.error.context.line_start
        try:
            line = lines_between(artefact.open(), first, first).text.lstrip("\ufeff")[:_STAMP]
            yield error.error_id, datetime.fromisoformat(line).replace(tzinfo=UTC)
        except (Error, OSError, ValueError):
            continue
