"""Which failing test an annotation is about: the habits of the actions and plugins that report tests.

Sources: EnricoMi/publish-unit-test-result-action, pytest-github-actions-annotate-failures, dorny/test-reporter,
the GitHub reporters of jest, vitest and playwright.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from error_classification.extraction.annotations.annotation import Annotation
from error_classification.models import Outcome


class NamedTest(NamedTuple):
    """A failing test: its name (``classname::name``), how it ended, the framework where that is evident."""

    name: str
    outcome: Outcome = Outcome.FAILED
    framework: str = ""


_RUNS = re.compile(r"(?:All \d+ runs|\d+ out of \d+ runs) (failed|with error): (.+)$", re.DOTALL)
_ENDED = re.compile(r"(.+) (failed|with error)$", re.DOTALL)
_CLASS = re.compile(r"(.+) \(([^()]*(?:\([^()]*\))?[^()]*)\)$", re.DOTALL)
_TOOK = re.compile(r"\[took [\d.]+\s*\w+")
_NODE = re.compile(r"^(?:FAILED|ERROR) (\S+\.py::\S+(?: \S+\])?)", re.MULTILINE)
_PYTEST_NAME = re.compile(r"(?:\w+[.:]{1,2})*test_?\w*(?:\[.{0,500}\])?(?: \(.{0,200}\))?$", re.IGNORECASE | re.DOTALL)
_SCRIPT_TEST = re.compile(r"\.(?:test|spec)\.[cm]?[jt]sx?$")


def named_test(annotation: Annotation) -> NamedTest | None:
    """The failing test that an annotation names; None if it names none."""
    return _of_publisher(annotation) or _of_pytest(annotation) or _of_script(annotation)


def _of_publisher(annotation: Annotation) -> NamedTest | None:
    """``test (class) failed``, ``All 2 runs with error: test (class)``; the message holds the report and the time it took."""
    title = annotation.title
    if match := _RUNS.match(title):
        return NamedTest(_joined(match[2]), _outcome(match[1]))
    match = _ENDED.match(title)
    if match and (_TOOK.search(annotation.message) or _CLASS.match(match[1])):
        return NamedTest(_joined(match[1]), _outcome(match[2]))
    return None


def _outcome(words: str) -> Outcome:
    return Outcome.ERRORED if words == "with error" else Outcome.FAILED


def _joined(name: str) -> str:
    match = _CLASS.match(name.strip())
    return f"{match[2]}::{match[1]}" if match else name.strip()


def _of_pytest(annotation: Annotation) -> NamedTest | None:
    """A node id in the text, or the test's name as title or as first line before a blank one."""
    if match := _NODE.search(annotation.title) or _NODE.search(annotation.message):
        return NamedTest(match[1], framework="pytest")
    if not annotation.file.endswith(".py"):
        return None
    name, _, rest = annotation.message.partition("\n\n")
    for candidate in (name if rest else "", annotation.title):
        if candidate and _PYTEST_NAME.fullmatch(candidate):
            return NamedTest(_with_class(candidate), framework="pytest")
    return None


def _with_class(name: str) -> str:
    """``TestA.test_b[1.5]`` as ``TestA::test_b[1.5]``."""
    words = re.match(r"[\w.:]*", name)
    end = words.end() if words else 0
    owner, dot, method = name[:end].rpartition(".")
    return f"{owner}::{method}{name[end:]}" if dot else name


def _of_script(annotation: Annotation) -> NamedTest | None:
    title = annotation.title
    if " ► " in title:  # dorny/test-reporter
        return NamedTest(title.rpartition(" ► ")[2])
    if title and _SCRIPT_TEST.search(annotation.file) and re.search(r" [›>] ", title):
        return NamedTest(title, framework="playwright" if re.match(r"\[[\w -]+\] › ", title) else "")
    return None
