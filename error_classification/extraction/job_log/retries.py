"""Tests that failed and were tried again, as the runners tell it: which ones, and whether they passed in the end.

Two kinds of lines: the runner's verdict that a test is flaky (``FLAKY 2/3 ... name``, a list of names below ``1 flaky``), and
its word that a test is tried again, which makes it flaky only where the test is not among the failed ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

MOST_NAMES = 50
"""Names that are taken from one line's list."""
_LIST = re.compile(r"^(?:(?:\d+ )?\[WARNING\] Flakes:|\s*\d+ flaky$)")
_LISTED = re.compile(r"^(?:(?:\d+ )?\[WARNING\]|\s{4})\s*(\S.{0,300}?)(?: ─+)?$")
_TRIED = re.compile(r"^(?:\d+ )?\[(?:ERROR|INFO)\]\s+Run \d")
_DONE = re.compile(r"^DONE (\d{1,2}) runs, ")
_MESSAGE_BELOW = re.compile(r"^\s*LOGGING RETRY ERRORS")
_MESSAGE = 6
"""Lines of a message."""
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:\[gw\d+\] (?:\[ *\d+%\] )?)?(?:RERUN )?(\S+::\S.{0,300}?)(?: RERUN\b.*)?$",  # pytest-rerunfailures
        r"^\s*FLAKY \d+/\d+ \[[^\]]{1,20}\] (?:\(\S+\) )?(\S.{0,300})$",  # cargo nextest
        r"^(//\S{1,300}) +(?:\(\w+\) )?FLAKY, ",  # bazel
        r"^\s*LOGGING RETRY ERRORS {1,2}(\S.{0,300})$",  # jest
        r"^\s*\(Attempt \d+ of \d+\) (\S.{0,300})$",  # cypress
        r"^\[MinitestRetry\] retry '([^']{1,300})'",
        r"^RSpec::Retry: \w+ try (\S{1,300})",
    )
)


@dataclass(frozen=True, slots=True)
class Retry:
    """A test that failed and was tried again: its name, where that is said, and whether the runner says that it passed then."""

    name: str
    lines: tuple[tuple[int, str], ...]
    proven: bool
    runs: int = 0
    """gotestsum names no test: one that failed less often than so many times passed in the end."""


def retries(number: int, text: str, after: Sequence[str], *, proven: bool) -> list[Retry]:
    """The tests that the line, or the list below it, names."""
    told = ((number, text.strip()), *_below(number, text, after))
    if _LIST.match(text):
        return [Retry(name, told, proven) for name in _listed(after)][:MOST_NAMES]
    if done := _DONE.match(text):
        return [Retry("", told, proven, int(done[1]))]
    name = next((match[1].strip() for pattern in _NAMED if (match := pattern.match(text))), "")
    return [Retry(name, told, proven)]


def _below(number: int, text: str, after: Sequence[str]) -> list[tuple[int, str]]:
    """The message that jest prints below its word."""
    if not _MESSAGE_BELOW.match(text):
        return []
    below = takewhile(lambda line: not line.strip() or line.startswith(" "), after[:_MESSAGE])
    return [(number + index, line.strip()) for index, line in enumerate(below, 1)]


def _listed(after: Iterable[str]) -> Iterator[str]:
    listed = takewhile(lambda line: _LISTED.match(line) or _TRIED.match(line), after)
    return (match[1] for line in listed if not _TRIED.match(line) and (match := _LISTED.match(line)))
