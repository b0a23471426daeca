"""JUnit reports: are all test cases counted, and are the failing ones named and placed?"""

from __future__ import annotations

from collections.abc import Iterable

from error_classification.models import ErrorContext, Outcome
from measures.arithmetic import Share, found, share
from measures.cases import ReportTruth, State
from measures.running import Result
from measures.tables import Table

Pair = tuple[Result, ReportTruth]

COLUMNS = ("", "files", "all counts exact", "failing tests exact", "names found", "file found", "warned")


def table(results: Iterable[Result]) -> Table | None:
    """One row for well-formed reports, one for damaged ones, one for what is no report at all."""
    pairs = [(result, result.case.report) for result in results if result.case.report]
    if not pairs:
        return None
    groups = {state: [pair for pair in pairs if pair[1].state is state] for state in State}
    rows = tuple((state.value, len(group), *_measured(group)) for state, group in groups.items() if group)
    return Table("JUnit reports", COLUMNS, rows, tuple(line for pair in pairs for line in _wrong(*pair)))


def _measured(pairs: list[Pair]) -> tuple[Share, ...]:
    names = [(found(_names(truth), _given_names(result)), len(truth.tests)) for result, truth in pairs]
    files = [(test.file, test.name, result) for result, truth in pairs for test in truth.tests if test.file]
    return (
        share(counts_are_exact(result, truth) for result, truth in pairs),
        share(failing_are_exact(result, truth) for result, truth in pairs),
        Share(sum(hit for hit, _ in names), sum(of for _, of in names)),
        share(_is_placed(*item) for item in files),
        share(bool(result.report and result.report.warnings) for result, _ in pairs),
    )


def counts_are_exact(result: Result, truth: ReportTruth) -> bool:
    """Every outcome as often as it is there; none where the file is no JUnit report.

    There is no truth about a damaged one: its test cases may also be as many as its start tags, where that parser lost some.
    """
    counts = result.report.counts if result.report else None
    if counts is None:
        return result.report is not None and truth.state is State.OTHER
    if truth.state is State.DAMAGED and counts.testcases == truth.start_tags[0]:
        return True
    return truth.state is not State.OTHER and all(getattr(counts, name) == number for name, number in truth.counts.items())


def failing_are_exact(result: Result, truth: ReportTruth) -> bool:
    """One error for each test case, or suite, that failed in the end."""
    failing = sum(error.error.context.outcome is not Outcome.FLAKY for error in result.errors)
    return failing == truth.failing or (truth.state is State.DAMAGED and failing == truth.start_tags[1])


def _names(truth: ReportTruth) -> list[str]:
    return [_on_one_line(test.name) for test in truth.tests]


def _given_names(result: Result) -> list[str]:
    return [_on_one_line(context.test_name) for context in _contexts(result)]


def _contexts(result: Result) -> list[ErrorContext]:
    return [error.error.context for error in result.errors]


def _on_one_line(name: str) -> str:
    return " ".join(name.split())


def _is_placed(file: str, name: str, result: Result) -> bool:
    """The named test's file, as the report or (more exactly) the failure's own text gives it."""
    candidates = [context.file for context in _contexts(result) if _on_one_line(context.test_name) == _on_one_line(name)]
    return any(_same_file(candidate, file) for candidate in candidates)


def _same_file(one: str, other: str) -> bool:
    one, other = (path.removeprefix("./").replace("\\", "/") for path in (one, other))
    return bool(one) and (one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}"))


def _wrong(result: Result, truth: ReportTruth) -> Iterable[str]:
    name, counts = result.case.name, result.report.counts if result.report else None
    if not counts_are_exact(result, truth):
        yield f"{name}: counts are {counts}, expected {dict(truth.counts)}, start tags {truth.start_tags}"
    if not failing_are_exact(result, truth):
        yield f"{name}: {len(result.errors)} errors, expected {truth.failing} failing"
    if truth.state is State.OTHER and result.report and not result.report.warnings:
        yield f"{name}: not said to be no JUnit report, but taken for {result.report.source_type.value}"
    if truth.state is State.JUNIT and result.report and result.report.warnings:
        yield f"{name}: well-formed, yet: {'; '.join(result.report.warnings)}"
    missing = [test for test in _names(truth) if test not in _given_names(result)]
    if missing:
        yield f"{name}: not named: {missing[:3]}; named: {_given_names(result)[:3]}"
    for test in truth.tests:
        if test.file and not _is_placed(test.file, test.name, result):
            yield f"{name}: {test.name}: not placed in {test.file}"
