"""Where ``ci`` runs, and how it talks there."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from error_classification.cli.terminal import Session, warn
from error_classification.config import ci_variables
from error_classification.models import RunContext
from error_classification.publishing.ci_run import CIRun, Provider, ci_run
from error_classification.publishing.github_event import with_event
from error_classification.reporting.annotations import WARNING, Annotation, inert, workflow_command
from error_classification.reporting.escape import one_line

PATTERNS = ("test-results/**/*.xml", "build-logs/**/*.log")
"""What is read where no path is named."""

_LONGEST_EVENT = 32 << 20
_NAME = "error-classification"


@dataclass(frozen=True, slots=True)
class Voice:
    """Says things on standard error so that no CI system takes log text in them for a command; remembers the faults."""

    session: Session
    on_github: bool = False
    faults: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Talk."""
        self.session.say(inert(one_line(text)))

    def fault(self, text: str) -> None:
        """One line on what could not be done; GitHub shows it beside the job."""
        self.faults.append(text)
        line = one_line(text)
        warn(workflow_command(Annotation(WARNING, _NAME, line)) if self.on_github else inert(line))


def surroundings(variables: Mapping[str, str] | None = None) -> CIRun:
    """The CI run of this process."""
    variables = ci_variables() if variables is None else variables
    ci = ci_run(variables)
    if ci.provider is not Provider.GITHUB:
        return ci
    return with_event(ci, variables.get("GITHUB_REF", ""), _event(variables.get("GITHUB_EVENT_PATH", "")))


def merged(told: RunContext, given: RunContext) -> RunContext:
    """What options say goes before what the system tells."""
    texts = {item.name: getattr(given, item.name) or getattr(told, item.name) for item in fields(RunContext)}
    return replace(RunContext(**texts), attempt=given.attempt if given.attempt > 1 else told.attempt)


def default_paths(ci: CIRun) -> tuple[str, ...]:
    """The usual patterns that match something, here or at the top of the repository, and the system's own folder."""
    roots = dict.fromkeys(("", ci.workspace if _is_elsewhere(ci.workspace) else ""))
    patterns = [os.path.join(glob.escape(root), pattern) for root in roots for pattern in PATTERNS]
    if ci.test_results:
        patterns.append(os.path.join(glob.escape(ci.test_results), "**", "*.xml"))
    return tuple(pattern for pattern in patterns if next(glob.iglob(pattern, recursive=True), None))


def _is_elsewhere(folder: str) -> bool:
    try:
        return bool(folder) and not os.path.samefile(folder, os.curdir)
    except (OSError, ValueError):
        return False


def _event(path: str) -> object:
    """The decoded event; nothing where it cannot be read: the variables have to do."""
    try:
        if not path or os.path.getsize(path) > _LONGEST_EVENT:
            return None
        return json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
