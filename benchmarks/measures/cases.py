"""Labelled inputs: a folder with ``labels.jsonl`` (the samples) or ``manifest.jsonl`` (a corpus from elsewhere)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from error_classification.models import UNCLASSIFIED
from measures.arithmetic import Range

LABELS, MANIFEST = "labels.jsonl", "manifest.jsonl"
NOTHING_FAILED = "none"
NOTICE = "notice"

Row = Mapping[str, Any]
"""One decoded JSON line."""


class Kind(StrEnum):
    """What an input is, as its label says."""

    JUNIT = "junit"
    BUILDKIT = "buildkit"
    ANNOTATION = "annotation"
    JOB_LOG = "job_log"
    TEXT = "text"


_KINDS = {"github_annotation": Kind.ANNOTATION}


class State(StrEnum):
    """What a file is that was taken for a JUnit report."""

    JUNIT = "well-formed"
    DAMAGED = "damaged"
    OTHER = "not JUnit, or empty"


@dataclass(frozen=True, slots=True)
class FailingTest:
    """A failing test case as the report names it."""

    name: str
    file: str


@dataclass(frozen=True, slots=True)
class ReportTruth:
    """What a JUnit report holds: nothing, where it is none."""

    state: State
    counts: Mapping[str, int] = field(default_factory=dict)
    """Test cases by outcome. Of a damaged report: as a recovering parser (libxml2) reads it."""
    failing: int = 0
    tests: tuple[FailingTest, ...] = ()
    start_tags: tuple[int, int] = (0, 0)
    """Test cases and problems of a damaged report, counted as text."""


@dataclass(frozen=True, slots=True)
class BuildTruth:
    """The failing step of an image build; empty where no step failed."""

    step: str
    command: str
    exit_code: int | None
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnnotationTruth:
    """One annotation that is an error."""

    message: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled input."""

    name: str
    path: Path
    kind: Kind
    label: str
    """A category, or ``unclassified`` where the text names no cause."""
    labels: frozenset[str]
    """The categories of all its failures; empty where only ``label`` is known."""
    subcategory: str = ""
    is_doubtful: bool = False
    """The label itself is ambiguous, or was given with less than high confidence."""
    is_green: bool = False
    """Nothing failed: whatever is returned is a false alarm."""
    causes: tuple[Range, ...] = ()
    report: ReportTruth | None = None
    build: BuildTruth | None = None
    annotations: tuple[AnnotationTruth, ...] | None = None


def read_cases(folder: Path) -> list[Case]:
    """The inputs that a folder's labels describe. Raises ``FileNotFoundError`` where it has none."""
    if (folder / LABELS).is_file():
        return [_sample(folder, row) for row in _rows(folder / LABELS)]
    if (folder / MANIFEST).is_file():
        return [_corpus_case(folder, row) for row in _rows(folder / MANIFEST)]
    raise FileNotFoundError(f"{folder}: neither {LABELS} nor {MANIFEST} is there")


def decoded_lines(path: Path) -> list[str]:
    """The lines of a file (gzip, UTF-16 by its byte order mark, else UTF-8), split at line feeds alone."""
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
    return text.removesuffix("\n").split("\n")


def _rows(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _sample(folder: Path, row: Row) -> Case:
    category, _, subcategory = row["label"].partition("/")
    return Case(
        name=row["file"],
        path=folder / row["file"],
        kind=_KINDS.get(row["kind"]) or Kind(row["kind"]),
        label=_category(category),
        labels=frozenset(),
        subcategory=subcategory,
        is_doubtful=row["ambiguous"],
        is_green=category == NOTHING_FAILED,
        causes=_ranges(row["cause_lines"]),
    )


def _corpus_case(folder: Path, row: Row) -> Case:
    kind, expected = Kind(row["kind"]), row.get("expected", {})
    report = _report(expected) if kind is Kind.JUNIT else None
    annotations = _annotations(expected) if kind is Kind.ANNOTATION else None
    nothing_failed = (report is not None and _is_green(report)) or annotations == ()
    return Case(
        name=row["id"],
        path=folder / row["file"],
        kind=kind,
        label=_category(row["label"]),
        labels=frozenset(map(_category, row.get("labels", ()))),
        is_doubtful=row.get("ambiguous", False) or row.get("label_confidence", "high") != "high",
        is_green=nothing_failed and row["label"] == NOTHING_FAILED,
        causes=_ranges(row.get("root_cause_lines", [])),
        report=report,
        build=_build(expected) if kind is Kind.BUILDKIT else None,
        annotations=annotations,
    )


def _category(label: str) -> str:
    return UNCLASSIFIED if label == NOTHING_FAILED else label


def _ranges(pairs: list[list[int]]) -> tuple[Range, ...]:
    return tuple((first, last) for first, last in pairs)


def _report(expected: Row) -> ReportTruth:
    outcomes = ("testcases", "failed", "errored", "skipped", "flaky", "notrun")
    counts = {name: expected[name] for name in outcomes if name in expected}
    suite_level = expected.get("suite_level_failures", 0) + expected.get("suite_level_errors", 0)
    failing = counts["failed"] + counts["errored"] - expected.get("failed_and_errored", 0) + suite_level
    start_tags = [expected.get(f"raw_{name}_start_tags", 0) for name in ("testcase", "failure", "error")]
    state = State.JUNIT if expected["is_junit"] else State.OTHER
    if not expected["well_formed"] and (expected["is_junit"] or start_tags[0]):
        state = State.DAMAGED
    if state is State.OTHER:
        return ReportTruth(state)
    tests = tuple(_failing_test(test) for test in expected["failing_tests"]) if "failing_tests" in expected else ()
    return ReportTruth(state, counts, failing, tests, (start_tags[0], sum(start_tags[1:])))


def _failing_test(test: Row) -> FailingTest:
    parts = [part for part in (test["classname"], test["name"]) if part]
    suites = [suite for suite in test["suites"] if suite]
    return FailingTest("::".join(parts or suites[-1:]), test.get("file") or "")


def _is_green(report: ReportTruth) -> bool:
    return not (report.failing or report.counts.get("flaky") or report.start_tags[1])


def _build(expected: Row) -> BuildTruth:
    return BuildTruth(
        step=expected["failing_step"] or "",
        command=expected["command"] or "",
        exit_code=expected["exit_code"],
        causes=tuple(expected["root_cause_lines"]),
    )


def _annotations(expected: Row) -> tuple[AnnotationTruth, ...]:
    rows = (row for row in expected["annotations"] if row["level"] != NOTICE)
    return tuple(AnnotationTruth(row["message"], row["path"] or "", row["line"]) for row in rows)
