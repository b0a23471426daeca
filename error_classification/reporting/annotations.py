"""Annotations: errors shown beside the lines of code that they are about, as workflow commands and for check runs.

A workflow command is a line of a job's output that begins with ``::``, or holds ``##[``; escaping follows GitHub's toolkit.
``inert`` keeps what comes from logs from becoming one, on GitHub, Azure and TeamCity alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from error_classification.reporting.comment import seen
from error_classification.reporting.escape import one_line, shortened
from error_classification.reporting.findings import Finding
from error_classification.reporting.json import Record

MOST_COMMANDS = 10
"""GitHub shows so many errors of one step."""
ERROR, WARNING = "error", "warning"

_LEVELS = {ERROR: "failure", WARNING: "warning"}
"""In check runs they have other names."""
_TITLE_LIMIT, _MESSAGE_LIMIT = 200, 1_000
_BRACKET = re.compile(r"##(?=\w*\[)")
_COLONS = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


@dataclass(frozen=True, slots=True)
class Annotation:
    """One line each; ``file`` may be empty: then it is about the job."""

    level: str
    title: str
    message: str
    file: str = ""
    line: int | None = None


def annotations_of(findings: Iterable[Finding]) -> list[Annotation]:
    """Of errors that are understood, or at least have a place in the repository; in the order of the findings."""
    return [_annotation(finding) for finding in findings if finding.row.is_classified or finding.file]


def workflow_commands(chosen: Sequence[Annotation]) -> list[str]:
    """Lines for standard output, as many as are shown."""
    return [workflow_command(item) for item in chosen[:MOST_COMMANDS]]


def workflow_command(item: Annotation) -> str:
    """One line that GitHub makes an annotation of, and nothing else."""
    named = {"file": item.file, "line": str(item.line or "") if item.file else "", "title": item.title}
    properties = ",".join(f"{name}={inert(value).translate(_PROPERTY)}" for name, value in named.items() if value)
    return f"::{item.level} {properties}::{inert(item.message).translate(_DATA)}"


def check_annotation(item: Annotation) -> Record:
    """As the API for check runs wants it; only for one with a file."""
    line = item.line or 1
    return {
        "path": item.file,
        "start_line": line,
        "end_line": line,
        "annotation_level": _LEVELS[item.level],
        "title": item.title,
        "message": item.message,
    }


def inert(text: str) -> str:
    """The text with a blank wherever a line of it would command something of a CI system."""
    return _COLONS.sub(r"\1: ", _BRACKET.sub("# #", text))


def inert_json(line: str) -> str:
    """The same JSON in other words."""
    return line.replace("##", r"\u0023\u0023")


def _annotation(finding: Finding) -> Annotation:
    row = finding.row
    title = f"{row.label} ({row.confidence:.0%})" if row.is_classified else row.label
    facts = [shortened(one_line(row.summary), _MESSAGE_LIMIT), seen(finding.past) if finding.past else ""]
    if finding.retryable:
        facts.append("running it again may help")
    message = inert(" · ".join(fact for fact in facts if fact)) or title
    level = WARNING if row.flaky else ERROR
    return Annotation(level, shortened(one_line(title), _TITLE_LIMIT), message, one_line(finding.file), finding.line)
