"""The name of the failing test, as the runners of the world print it: one row a spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LOOKED_AT = 1_000
"""Characters of a line: a name stands near its beginning."""
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:FAILED|ERROR) ([\w./\\-]+::[^ ]+)",  # pytest's summary
        r"^_{3,} (?:ERROR (?:at \w+ of|collecting) )?(\S.{0,200}?) _{3,}$",  # pytest's heading
        r"^(?:FAIL|ERROR): (\w[\w.\[\]<>-]*(?: \([\w.]+\)|(?<=\w)\.\w+)?)(?:$| \[| \.\.\.)",  # unittest, nose
        r"^\s*--- FAIL: (\S+)",  # go test
        r"^---- (\S.{0,200}) stdout ----",  # cargo test
        r"^test (\S.{0,200}) \.\.\. FAILED",
        r"^\s*thread '([^']{1,200})' .*panicked at",
        r"^\s*● (.{1,200} › .{1,200})",  # jest
        r"^\s*(?:FAIL|×) {1,2}(\S.{0,200} > .{1,200})",  # vitest
        r"^\s*not ok \d+ (?:- )?(\S.{0,200}?)(?: # time=\S+)?$",  # TAP
        r"^\s*\d{1,4}\) ((?:\[[\w -]{1,40}\] ?› )?\S{1,200}:\d+:\d+ › .{1,200}?)(?: ─*)?$",  # playwright
        r"^\s*\d{1,4}\) (\[?[\w -]{1,40}\]? ?› .{1,200})",
        r"^(?:Failure|Error) (?:->|→) \S+ @ \d+$\n?(.{0,200})",  # busted
        r"^\s*✖ (\S.{0,200}?) \(\d[\d.]*m?s\)$",  # node:test
        r"^\s*✘ \[fail\]: (\S.{0,200}?)(?: \(\d[\d.]*m?s\))?(?: ─.*)?$",  # ava
        r"^\d{1,4}\) Scenario: (\S.{0,200}?) #",  # cucumber
        r"^\s*FAIL {1,2}\"([^\"]{1,200})\"",  # uvu
        r"^\[  FAILED  \] ([\w/.]+)",  # googletest
        r"^(?:\d+ )?\[ERROR\] (?:Tests run:.*- in )?([\w.$]+(?:\.\w+)?) .{0,60}<<< (?:FAILURE|ERROR)!",  # surefire
        r"<<< (?:FAILURE|ERROR)!.* in ([\w.$]+)",
        r"^(\S.{0,200} > .{1,200}) FAILED$",  # gradle
        r"^\d{1,4}\) ([\w\\]+::\S+)",  # phpunit
        r"\]\s+([\w.+<>(),: ]{1,200}) \[FAIL\]",  # xunit.net
        r"^\s*Failed (\S{1,200}) \[\d",  # vstest
        r"TEST-UNEXPECTED-\S+ \| ([^|]{1,200}?) \|",  # mozilla
    )
)


def test_name(lines: Iterable[str]) -> str:
    """The first test that one of ``lines`` names as failing; empty where none does."""
    for line in lines:
        for pattern in _NAMES:
            if match := pattern.search(line, 0, _LOOKED_AT):
                return match[1].strip()
    return ""
