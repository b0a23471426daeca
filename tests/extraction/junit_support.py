"""How the tests of the JUnit extractor read a report."""

from __future__ import annotations

from error_classification.extraction.junit import extract
from error_classification.models import ErrorContext, Report


def chunked(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def read(report: str | bytes, size: int = 1 << 16) -> tuple[list[ErrorContext], Report]:
    """All errors of a report that comes in chunks of ``size`` bytes, and what it was."""
    data = report.encode() if isinstance(report, str) else report
    extraction = extract("report.xml", chunked(data, size))
    errors = []
    while True:
        try:
            errors.append(next(extraction))
        except StopIteration as stop:
            return errors, stop.value


def only(report: str | bytes) -> ErrorContext:
    """The one error of a report."""
    (error,) = read(report)[0]
    return error


def counts(report: str | bytes) -> dict[str, int]:
    """The counts that are not zero."""
    found = read(report)[1].counts
    assert found is not None
    names = ("testcases", "failed", "errored", "skipped", "flaky", "notrun")
    return {name: value for name in names if (value := getattr(found, name))}
