"""Which job and step a line belongs to, and which lines only repeat the script that is about to run."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLUMNS = re.compile(r"^([^\t]{1,200})\t([^\t]{1,200})\t\W{0,3}\d{4}-\d\d-\d\dT")
_STARTS = (
    ("step", re.compile(r"^##\[group\]Run (.*)")),
    ("post", re.compile(r"^(Post job cleanup\.|Cleaning up orphan processes)")),
    ("step", re.compile(r"^##\[section\]Starting: (.*)")),
    ("step", re.compile(r"section_start:\d+:([\w.-]+)")),
    ("post", re.compile(r"section_start:\d+:(?:after_script|upload_artifacts\w*|archive_cache\w*|cleanup_file_variables)()")),
    ("step", re.compile(r"travis_fold:start:(\S+)")),
    ("step", re.compile(r"travis_fold:end:()")),
    ("step", re.compile(r"^\[Pipeline\] \{ \((.*)\)")),
    ("post", re.compile(r"^\[Pipeline\] \{ \((Declarative: Post .*)\)")),
    ("step", re.compile(r"^(?:---|\+\+\+|~~~) (:\w+:.*|(?:Running|Preparing|Setting up) .*)")),
    ("post", re.compile(r"^((?:Performing Post build task|Recording test results|Archiving artifacts|Sending e-mails to|=== Task Finished ===|POST BUILD TASK).*)")),
)
_MARKS = ("##[", "section_start", "travis_fold", "[Pipeline]", "---", "+++", "~~~", "Post job", "Cleaning up", "Perf", "Rec", "Arch", "Send", "===", "POST")


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

    def follow(self, raw: str, text: str) -> bool:
        """Takes note of one line; False where the line is a marker or the echo of a script, and so no output of its own."""
        self._follow_columns(raw)
        if text.startswith("##[endgroup]"):
            self._echo = False
            return False
        if not text.startswith(_MARKS) and "section_start" not in raw:
            return not self._echo
        started = self._started(raw if "section_start" in raw else text)
        if started is None:
            return not self._echo
        kind, name = started
        job, step = (self.place.job, self.place.step or name) if self._columns(raw) else (self.place.job, name)
        self.place = Place(self.place.index + 1, job, step, kind == "post")
        self._echo = text.startswith("##[group]Run ")
        return False

    @staticmethod
    def _columns(raw: str) -> re.Match[str] | None:
        return _COLUMNS.match(raw) if "\t" in raw[:402] else None

    def _follow_columns(self, raw: str) -> None:
        columns = self._columns(raw)
        if columns and (columns[1], columns[2]) != (self.place.job, self.place.step):
            self.place = Place(self.place.index + 1, columns[1], columns[2], columns[2].startswith("Post "))
            self._echo = False

    @staticmethod
    def _started(line: str) -> tuple[str, str] | None:
        found = None
        for kind, pattern in _STARTS:
            if match := pattern.search(line):
                found = (kind, match[1] or "")
        return found
