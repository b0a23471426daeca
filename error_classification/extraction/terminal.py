"""What a terminal or a CI system adds to a line of output, and how to take it off again.

Escape sequences follow ECMA-48 (CSI, OSC and the two-character forms). Prefixes are those that CI systems put before
every line: a time stamp, a log stream marker, or the columns of ``gh run view --log``.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]"
)
_BARE_CSI = re.compile(r"\^\[\[[\d;]{0,20}m|\[\d{1,3}(?:;\d{1,3}){0,4}m|\[m(?=\s|$)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufeff]")

_ISO_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?"
_COLUMNS = rf"[^\t\n]{{1,200}}+\t[^\t\n]{{1,200}}+\t\W{{0,3}}{_ISO_TIME} ?"
"""``gh run view --log``: job, step, (mark,) time."""


def _prefixes(*more: str) -> re.Pattern[str]:
    """Up to three of them: one CI system's log within another's."""
    kinds = (
        rf"{_ISO_TIME}(?: \d\d[OE][ +]|[ \t]|$)",  # GitLab adds the stream's number, and whether it is stdout or stderr
        *more,
        rf"\[(?:[\w./:-]{{1,40}} )?{_ISO_TIME}\] ?",  # [taskcluster 2026-01-01T00:00:00.000Z]
        r"\d{1,2}:\d\d:\d\d [AP]M: ",  # Netlify
        r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{3}\] ",  # Prow: the letter names the stream
        r'Step #\d{1,4}(?: - "[^"\n]{1,80}")?: ',  # Cloud Build
        r"\[[A-Za-z][^\]/\n]{0,80}/[A-Za-z][^\]\n]{0,80}\] +(?:\W{1,4} +|\| ?)",  # act
        r"\[\d{1,2}:\d\d:\d\d\][A-Z ]?:?\t? *\[[^\]]{1,60}\] ?",  # TeamCity: time, status, build step
        r"\[\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?\]:? ?",  # Jenkins' Timestamper
        r"(?:build|error|command|simple)\t\d\d-\w{3}-\d{4} \d\d:\d\d:\d\d\t",  # Bamboo
        r"(?:DEBUG|INFO|VERBOSE|ERROR|WARN) \[[\d :.T+-]{8,40}\]:? ",  # fastlane
        r"\d\d:\d\d:\d\d(?:\.\d{1,6})?[ \t]+",
        r"\[ *\d{1,6}\.\d{6}\] ",  # the Linux kernel
        r"\[ *\d{1,6}s\] ",  # the Open Build Service
        r"_bk;t=\d{10,16}\x07?",
    )
    return re.compile(rf"(?:[\ufeff ]?(?:{'|'.join(kinds)})){{1,3}}")


_PREFIX, _TABBED_PREFIX = _prefixes(), _prefixes(_COLUMNS)


def strip_escapes(line: str) -> str:
    """The line without escape sequences and control characters; tabs stay."""
    if "[0m" in line or "^[[" in line:
        line = _BARE_CSI.sub("", _ESCAPES.sub("", line))  # bare: the escape character itself was lost on the way
    if line.isprintable() or not _CONTROLS.search(line):
        return line
    return _CONTROLS.sub("", _ESCAPES.sub("", line))


def overwritten(line: str) -> str:
    """What a terminal would show of a line with bare carriage returns: its last non-empty segment."""
    if "\r" not in line:
        return line
    segments = [segment for segment in line.split("\r") if segment.strip()]
    return segments[-1] if segments else ""


def clean(line: str) -> str:
    """One line as a person would see it: overwritten parts, colours and control characters are gone."""
    return strip_escapes(overwritten(line))


def strip_prefix(line: str) -> str:
    """The line without the prefixes that CI systems add."""
    match = (_TABBED_PREFIX if "\t" in line else _PREFIX).match(line)
    return line[match.end() :] if match else line
