"""Which job and step a line belongs to, and which lines only repeat the script that is about to run."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLUMNS = re.compile(r"^([^\t]{1,200})\t([^\t]{1,200})\t\W{0,3}\d{4}-\d\d-\d\dT")
_POST = (
    "Declarative: Post",
    "Performing Post build task",
    "Recording test results",
    "Archiving artifacts",
    "Sending e-mails to",
    "POST BUILD TASK",
    "=== Task Finished ===",
    "Post job cleanup.",
    "Cleaning up orphan processes",
    "after_script",
    "upload_artifacts",
    "archive_cache",
    "cleanup_file_variables",
)
_STARTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^##\[group\]Run (.*)",  # GitHub Actions
        r"^##\[section\]Starting: (.*)",  # Azure Pipelines
        r"section_start:\d+:([\w.-]+)",  # GitLab
        r"section_end:\d+:()",
        r"travis_fold:start:(\S+)",
        r"travis_fold:end:()",
        r"^\[Pipeline\] \{ \((.*)\)",  # Jenkins
        r"^(?:---|\+\+\+|~~~) (:\w+:.*|(?:Running|Preparing|Setting up) .*)",  # Buildkite
        rf"^((?:{'|'.join(map(re.escape, _POST))}).*)",
    )
)
_JOB_NAME = "Complete job name: "
_MARKS = (_JOB_NAME, "##[", "section_", "travis_fold", "[Pipeline]", "---", "+++", "~~~", *_POST)
_LONGEST_SCRIPT = 150


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the log: one step of one job."""

    index: int = 0
    job: str = ""
    step: str = ""
    post: bool = False
    """True behind the job's own work: clean-up, uploads, reports. What fails there is seldom the cause."""


class Tracker:
    """Follows the markers of CI systems through a log."""

    def __init__(self) -> None:
        self.place = Place()
        self._echo = False
        self._echo_until = 0

    def follow(self, raw: str, text: str, number: int) -> bool:
        """Takes note of one line; False where the line is a marker or the echo of a script, and so no output of its own."""
        self._follow_columns(raw)
        if self._echo and number > self._echo_until:
            self._echo = False  # a log that lost the end of the group
        if text.startswith("##[endgroup]"):
            self._echo = False
            return False
        if not text.startswith(_MARKS) and "section_" not in raw:
            return not self._echo
        if text.startswith(_JOB_NAME) and not self.place.job:
            self.place = Place(self.place.index + 1, text.removeprefix(_JOB_NAME))
            return False
        name = _started(raw if "section_" in raw else text)
        if name is None:
            return not self._echo
        step = self.place.step if self._columns(raw) else name
        self.place = Place(self.place.index + 1, self.place.job, step or name, name.startswith(_POST))
        self._echo = text.startswith("##[group]Run ")
        self._echo_until = number + _LONGEST_SCRIPT
        return "section_end" in raw  # GitLab writes what comes next behind it, in the same line

    @staticmethod
    def _columns(raw: str) -> re.Match[str] | None:
        return _COLUMNS.match(raw) if "\t" in raw[:402] else None

    def _follow_columns(self, raw: str) -> None:
        columns = self._columns(raw)
        if columns and (columns[1], columns[2]) != (self.place.job, self.place.step):
            self.place = Place(self.place.index + 1, columns[1], columns[2], columns[2].startswith("Post "))
            self._echo = False


def _started(line: str) -> str | None:
    """The name of the step that the line begins; empty where it has none, None for any other line."""
    for pattern in _STARTS:
        if match := pattern.search(line):
            return match[1]
    return None
