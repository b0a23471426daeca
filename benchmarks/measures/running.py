"""The program's answers: the pipeline as ``classify`` wires it, one labelled input at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from error_classification import pipeline, wiring
from error_classification.config import Config
from error_classification.models import Abstention, ErrorClassification, Report, SourceType, Verdict
from error_classification.sources.files import FileSource
from measures.cases import Case


@dataclass(frozen=True, slots=True)
class Result:
    """What the program returned for one input: its errors as they are printed, and its report (None: it could not be read)."""

    case: Case
    errors: tuple[ErrorClassification, ...]
    report: Report | None

    @property
    def first(self) -> ErrorClassification | None:
        """The error that the label is about: of a log the first one returned, its likeliest cause; else the first of all."""
        if self.report and self.report.source_type is SourceType.JOB_LOG:
            return self.errors[0] if self.errors else None
        return min(self.errors, key=lambda error: error.error.context.line_start, default=None)


def run(cases: Iterable[Case]) -> Iterator[Result]:
    """Every input on its own: no answer is reused for another."""
    config = Config()
    redactor, judges, policy = wiring.redactor(config), wiring.judges(config), wiring.policy(config)
    for case in cases:
        errors: list[ErrorClassification] = []
        report: Report | None = None
        with wiring.memory().archive as store:
            artefacts = FileSource((str(case.path),)).artefacts()
            clock = wiring.SystemClock()
            for event in pipeline.run(artefacts, redactor=redactor, judges=judges, store=store, clock=clock, policy=policy):
                if isinstance(event, ErrorClassification):
                    errors.append(event)
                elif isinstance(event, Report):
                    report = event
        yield Result(case, tuple(errors), report)


def reason(answer: Verdict | Abstention) -> str:
    """Why the judge said what it said, on one line."""
    return " ".join(answer.reason.split())
