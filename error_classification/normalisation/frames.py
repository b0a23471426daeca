"""The nearest stack frame in the project's own code, as ``file:function`` without a line number."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_TEXT = 16_384
_MAX_LINE = 1_000
_MAX_ENCLOSING = 80


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language prints a frame.

    ``pattern`` (groups file and function) is matched at the start of a line of bounded length, ``marks`` are literals without
    which it cannot match, ``newest_last`` is Python's order.
    """

    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    newest_last: bool = False


def _style(marks: tuple[str, ...], pattern: str, *, newest_last: bool = False) -> _Style:
    return _Style(marks, re.compile(pattern), newest_last)


_STYLES = (
    _style((", line ",), r'[ \t|]*File "(?P<file>[^"]+)", line \d+(?:, in (?P<function>[\w<>.]+))?', newest_last=True),  # Python
    _style((".java:", ".kt:", ".scala:", ".groovy:"), r"\s*at (?P<function>[\w.$<>/@-]+)\((?P<file>[\w.-]+):\d+\)"),
    _style((":line ",), r"\s*at (?P<function>[\w.`<>+|\[\], &-]+)\([^)]*\) in (?P<file>.+):line \d+"),  # .NET
    _style(("at ",), r"\s*at (?:async )?(?:(?P<function>[^()\s]+)(?: \[as \w+\])? \()?(?P<file>[^()\s]+):\d+:\d+\)?$"),  # V8
    _style((".py:",), r"(?P<file>[^\s:]+\.py):\d+: (?:in (?P<function>\w+)|[A-Za-z_][\w.]*$|$)", newest_last=True),  # pytest
    _style(("FAILED ", "ERROR "), r"(?:FAILED|ERROR) (?P<file>[^\s:]+\.py)::(?:\w+::)*(?P<function>\w+)[^\n]{0,200}? - "),
    _style(("panicked at",), r".{0,200}panicked at (?:'.{0,500}', )?(?P<file>[^\s':]+):\d+:\d+"),
    _style((".rs:",), r"\s+at (?P<file>[^\s:]+\.rs):\d+"),
    _style((".go:",), r"\s*(?:Error Trace:\s*)?(?P<file>[^\s:]+\.go):\d+"),
    _style((".rb:",), r"\s*(?:# |from |\d+\) )?(?P<file>[^\s:()]+\.rb):\d+(?::in [`'](?P<function>[^']+)')?"),
    _style((".php:", ".php("), r"\s*(?:#\d+ )?(?P<file>[^\s:()]+\.php)[:(]\d+\)?"),
    _style(
        ("#0 ", "#1 "),  # gdb and the sanitizers
        r"\s*#\d+ +(?:0x[0-9a-f]+ )?in (?P<function>[^\s(]+)(?: ?\([^()]{0,300}\))?(?: at)? (?P<file>[^\s:]+):\d+",
    ),
    _style((": Failure", ": FAILED"), r"(?P<file>[^\s:]+):\d+: F"),  # gtest, Catch2
)
_FOREIGN = re.compile(
    r"site-packages|dist-packages|/lib/python\d|\\lib\\|python\d+\.zip|<frozen|<string>|node_modules|node:|internal/|/usr/local/go/|"
    r"/go/pkg/mod/|/rustc/|\.cargo[/\\]registry|/rustlib/|/gems/|/vendor/|/usr/(?:lib|include|src)|unittest[/\\]|sanitizer_common|"
    r"asan_|gtest|libc[-_.]|/testing/testing\.go|runtime/(?:panic|debug)"
)
_FOREIGN_FUNCTION = re.compile(
    r"(?:java|javax|jdk|sun|com\.sun|kotlin|scala|groovy|org\.(?:junit|testng|gradle|apache\.maven|mockito|assertj|hamcrest|opentest4j|"
    r"springframework|hibernate|codehaus)|worker\.org\.gradle|io\.netty|Microsoft|System|Xunit|NUnit|Moq)\.|__asan|__interceptor|java\.base"
)
_DEFINITION = re.compile(r"[> ]*(?:async )?def (?P<function>\w+)\(")


def nearest_frame(text: str) -> str:
    """``file:function`` (or ``file``) of the innermost frame that is not a library's; empty where no frame is found."""
    lines = text[-_MAX_TEXT:].split("\n")
    for style in _STYLES:
        if any(mark in text for mark in style.marks) and (frame := _nearest(lines, style)):
            return frame
    return ""


def _nearest(lines: list[str], style: _Style) -> str:
    for index in range(len(lines) - 1, -1, -1) if style.newest_last else range(len(lines)):
        if not (match := style.pattern.match(lines[index][:_MAX_LINE])):
            continue
        groups = match.groupdict()
        file, function = groups["file"], groups.get("function") or ""
        if not (_FOREIGN.search(file) or _FOREIGN_FUNCTION.match(function)):
            return _named(file, function or _enclosing(lines, index, file))
    return ""


def _enclosing(lines: list[str], index: int, file: str) -> str:
    """The function whose source pytest prints above the frame's own line."""
    if not file.endswith(".py"):
        return ""
    for line in reversed(lines[max(0, index - _MAX_ENCLOSING) : index]):
        if match := _DEFINITION.match(line):
            return match["function"]
    return ""


def _named(file: str, function: str) -> str:
    short = re.split(r"[.:]+", function.removesuffix("()").strip())[-1] if function else ""
    return f"{file_name(file)}:{short}" if short and not short.startswith("<") else file_name(file)


def file_name(path: str) -> str:
    """The last component of a path of any system."""
    return re.split(r"[\\/]", path.partition("?")[0])[-1]
