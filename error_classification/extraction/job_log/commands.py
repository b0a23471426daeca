"""Workflow commands among the lines of a job (``::error file=a.py,line=3::text``): what they say, decoded."""

from __future__ import annotations

import re
from dataclasses import replace

from error_classification.extraction.annotations.commands import command_of
from error_classification.extraction.annotations.read import contexts
from error_classification.extraction.job_log.scanning import Candidate, reading
from error_classification.extraction.job_log.table import Role, Signal
from error_classification.models import ErrorContext

_MARK = re.compile(r"\s*##\[error\]")
_COMMAND = re.compile(r"\s*(?:::error(?: .{0,1000}?)?::|##vso\[task\.logissue [^\]]{0,1000}\btype=error\b|##\[error\].*%0[Aa])")
_ANNOTATED = Signal("annotation", (), 76, verdict=True)
_LINES = 60
"""Lines of a message that are looked at for the one that says what went wrong."""


def without_command(candidate: Candidate) -> tuple[Candidate, bool, ErrorContext | None]:
    """The line without the command that makes an annotation of it, whether there was one, and what a command with more lines,
    a place or a title says. The runner's own word on how a step ended stays as it is."""
    mark = _MARK.match(candidate.text)
    command = _COMMAND.match(candidate.text)
    if not mark and not command:
        return candidate, False, None
    signal = reading(candidate)
    if signal and signal.role in (Role.STEP_FAILED, Role.JOB_FAILED):
        return candidate, False, None
    if command and (details := _details(candidate)):
        return replace(candidate, text=details.headline), True, details
    return (replace(candidate, text=candidate.text[mark.end() :]), True, None) if mark else (candidate, False, None)


def annotated(signal: Signal | None) -> Signal:
    """What an annotation says counts as proof, and weighs at least as much as any annotation."""
    if signal is None:
        return _ANNOTATED
    return replace(signal, weight=max(signal.weight, _ANNOTATED.weight), verdict=True)


def _details(candidate: Candidate) -> ErrorContext | None:
    command = command_of(candidate.text, candidate.number)
    found = contexts([command]) if command else []
    if not found:
        return None
    lines = [line for line in found[0].text.split("\n")[:_LINES] if line.strip()]
    strongest = max(lines, key=lambda line: _weight(replace(candidate, text=line)))
    return replace(found[0], headline=strongest if _weight(replace(candidate, text=strongest)) else found[0].headline or lines[0])


def _weight(line: Candidate) -> int:
    signal = reading(line)
    return signal.weight if signal and signal.role is Role.CAUSE else 0
