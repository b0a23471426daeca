"""How far an error reaches around the line that gave it away: one small function a shape, on plain lists of lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from error_classification.extraction.job_log.table import Shape

_FAR = 60
"""A traceback or a stack may be this long."""
_DEEP = 16
"""So much of what stands indented below a heading is shown."""
REACH: dict[Shape, tuple[int, int]] = {
    Shape.LINE: (0, 14),
    Shape.DIAGNOSTIC: (0, 20),
    Shape.PARAGRAPH: (8, 12),
    Shape.INDENTED: (0, _DEEP),
    Shape.TRACEBACK: (0, _FAR),
    Shape.STACK: (0, _FAR),
    Shape.PYTEST: (12, 20),
    Shape.GO_TEST: (16, 16),
    Shape.TEST: (0, 24),
    Shape.TITLED: (1, 24),
    Shape.LOCATED: (0, 16),
    Shape.BUILDKIT: (0, _FAR),
}
"""How many lines before and after its anchor a shape has to see."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_FRAME = _any(
    r"^\s+(?:at\b|in\b|File\b|from\b|\.\.\.|#\d+|\d+:|\[[\w ]+\])",
    r"^\s+\S+:\d+",
)
_NEXT_DIAGNOSTIC = _any(
    r"^\S.*\b(?:error|warning|note|Error|Warning|ERROR|WARNING)\b",
    r"^(?:error|warning|note)\b",
    r"^#\d+ ",
    r"^make",
    r"^ninja",
    r"^> Task",
    r"^\d+ (?:error|warning)",
)
_NEXT_TEST = _any(
    r"^(?:FAIL|ERROR|FAILED|PASS|ok|not ok|test|Test)\b",
    r"^\s*(?:●|✓|✗|✘|×|✕|--- (?:FAIL|PASS)|=== (?:RUN|CONT|PAUSE))",
    r"^\s*\d+\) ",
    r"^(?:\d+ )?\[(?:INFO|ERROR|WARNING)\]",
    r"^\[ {1,7}(?:OK|RUN|FAILED|PASSED|-----)",
    r"^---- ",
    r"^##\[",
    r"^\s*Retry #\d+ ",
    r"^> Task",
    r"^(?:Ran \d+|Tests:|failures:)",
    r"^\S+ > .* (?:PASSED|FAILED|SKIPPED)",
)
_BULLET = re.compile(r"[-*•] \S")
_RULE = re.compile(r"^\s*[=_⎯-]{4,}")
_CARET = re.compile(r"^\s*[~^]+\s*$|^\s*\|\s*[~^]+")
_SOURCE = re.compile(r"^\d+ *\||^\|")
_CONTINUED = re.compile(r"^\[error\] (?:\s|\|)|^error:\s{2,}\S")
_GRADLE_CAUSE = "* What went wrong:"
_SPEAKER = re.compile(r"(?:\d+ )?\[(?:ERROR|error)\]|npm (?:ERR!|error)|E:|gyp ERR!|error:|ERROR:|│")
_CAUSED = ("Caused by:", "Caused: ")
_LINKS = (*_CAUSED, "Suppressed:", "Emitted 'error' event on ")
_IN_VAIN = re.compile(r"(?:WARNING: )?Retrying \(Retry\(total=|warning: Retrying|npm (?:warn|WARN) (?:retry|network)")
"""Requests that a tool makes again and again before it gives up for another reason."""
_CHAINED = re.compile(r"^(?:During handling of|The above exception was)")


@dataclass(frozen=True, slots=True)
class Extent:
    """Lines relative to the anchor (0): from ``first`` to ``last``, with the cause at ``cause``.

    ``end``: the last line that belongs to it, where not all are shown. ``whole`` is false where its end is out of sight.
    """

    first: int = 0
    last: int = 0
    cause: int = 0
    end: int = 0
    whole: bool = True


def extent(shape: Shape, before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """How far the error reaches. ``before`` has the nearest line first."""
    return _SHAPES[shape](before, anchor, after)


def indented_below(anchor: str, after: Sequence[str]) -> int:
    """How many lines behind the anchor stand further to the right than it does, blank ones among them."""
    margin = len(anchor) - len(anchor.lstrip())
    return _while(after, lambda line: not line.strip() or len(line) - len(line.lstrip()) > margin, _FAR)


def _line(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    listed = anchor.endswith(":")
    last = _while(after, lambda line: bool(line.strip()) and (line[0] in " \t" or (listed and bool(_BULLET.match(line)))), 3)
    return Extent(last=last + _causes(after[last:]), end=_while(after, lambda line: bool(_FRAME.match(line)), _FAR))


def _causes(after: Sequence[str]) -> int:
    """How many lines a chain of causes takes that stand behind blank lines, as of cargo and anyhow."""
    size = 0
    while len(after) > size + 1 and not after[size].strip() and after[size + 1].lstrip().startswith("Caused by:"):
        size += 2 + _while(after[size + 2 :], lambda line: bool(line.strip()), 5)
    return size


def _diagnostic(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """What a compiler shows of the source: lines that are numbered or set in, and one that a caret points at."""
    last = 0
    while last < min(len(after), 10) and _is_shown(after[last], after[last + 1] if last + 1 < len(after) else ""):
        last += 1
    return Extent(last=last + _causes(after[last:]))


def _is_shown(line: str, below: str) -> bool:
    """True for a line that a compiler shows below its diagnostic."""
    if _CONTINUED.match(line):
        return True
    if not line.strip() or _NEXT_DIAGNOSTIC.match(line):
        return False
    return line[0] in " \t" or bool(_SOURCE.match(line) or _CARET.match(below))


def _paragraph(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """To the next blank line, or as long as the same tool goes on speaking; from where it began to try in vain."""
    if anchor.startswith(_GRADLE_CAUSE) and after and not after[0].strip():  # a blank line was put between all lines
        return Extent(last=_filled(after, _while(after, lambda line: not line.startswith("* "), _DEEP)))
    first = -_while(before, lambda line: bool(_IN_VAIN.match(line)), 8)
    speaker = match[0] if (match := _SPEAKER.match(anchor)) else ""
    gaps = speaker.startswith(("npm", "│"))  # npm puts an empty line between an error's code and its words, Terraform frames them
    last = _while(after, lambda line: _speaks(line, speaker) and (gaps or len(line) > len(speaker) + 1), 10)
    while last and after[last - 1].strip() == speaker:
        last -= 1
    return Extent(first=first, last=last)


def _speaks(line: str, speaker: str) -> bool:
    """True for a line of the same speaker, and for what is set in below its first line."""
    return line.startswith(speaker) or (line.startswith("  ") and bool(line.strip()))


def _indented(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """The paragraphs below a heading, as of CMake, without the blank lines at their end."""
    return Extent(last=_filled(after, min(indented_below(anchor, after), _DEEP)))


def _filled(after: Sequence[str], last: int) -> int:
    """``last`` without the blank lines at its end."""
    while last and not after[last - 1].strip():
        last -= 1
    return last


def _traceback(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """Down to the exception, over chained ones; of a long traceback the last frames are enough."""
    margin = len(anchor) - len(anchor.lstrip())
    end, index = 0, 0
    while index < len(after):
        line = after[index]
        if line.strip() and len(line) - len(line.lstrip()) <= margin and not line.lstrip().startswith(("File ", "Traceback")):
            if _CHAINED.match(line.strip()):
                index += 1
                continue
            end = index + 1
            rest = [other for other in after[end : end + 3] if other.strip()]
            if not (rest and _CHAINED.match(rest[0].strip())):
                break
        index += 1
    if not end and index >= _FAR:
        return Extent(last=4, whole=False)
    end = end or _while(after, lambda line: line[:1] in " \t", _FAR)
    tail = _while(
        after[end:],
        lambda line: bool(line.strip()) and not (_FRAME.match(line) or _NEXT_TEST.match(line) or _RULE.match(line)),
        1,
    )
    return Extent(first=max(0, end - 14), last=end + tail, cause=end)


def _stack(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """An exception with a few frames; of a chain of causes down to the root one."""
    stack = _while(after, lambda line: bool(_FRAME.match(line)) or line.lstrip().startswith(_LINKS), _FAR)
    end = stack + _properties(after[stack - 1 :]) if stack else 0
    causes = [index + 1 for index in range(stack) if after[index].lstrip().startswith(_CAUSED)]
    if causes:
        return Extent(first=0 if causes[-1] <= 20 else causes[-1], last=min(stack, causes[-1] + 2), cause=causes[-1], end=end)
    if stack:
        return Extent(last=min(stack, 4), end=end)
    return Extent(last=_while(after, lambda line: bool(line.strip()) and not _NEXT_TEST.match(line), 6))


def _properties(after: Sequence[str]) -> int:
    """How many lines Node prints of an error's own properties behind a last frame that ends with a brace."""
    if not after[0].endswith(" {"):
        return 0
    return _while(after[1:], lambda line: line.startswith((" ", "\t")) or line == "}", _FAR)


def _pytest(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    up = next((index + 1 for index, line in enumerate(before[:10]) if line.startswith(">")), 0)
    if not up:
        up = _while(before, lambda line: bool(line.strip()) and not line.startswith(("_", "E ", "=")), 3)
    last = _while(after, lambda line: line.startswith("E ") or line == "E", 14)
    where = next((index + 1 for index, line in enumerate(after[last : last + 3], last) if re.match(r"^\S+:\d+: ", line)), last)
    return Extent(first=-up, last=where)


def _go_test(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """What the test logged stands below its verdict, or above it where it was printed as it happened (``-v``)."""
    down = _while(after, _is_indented, 16)
    if any(not line.lstrip().startswith(("---", "===")) for line in after[:down]):
        return Extent(last=down, cause=1)
    up = _while(before, lambda line: _is_indented(line) or not line.strip(), 16)
    while up and not before[up - 1].strip():
        up -= 1
    return Extent(first=-up, cause=-up)


def _is_indented(line: str) -> bool:
    return line[:4] == "    " or line[:1] == "\t"


def _test(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """The test's heading, its message and the first frames."""
    last = frames = blanks = 0
    for index, line in enumerate(after[:24], 1):
        blanks = 0 if line.strip() else blanks + 1
        frames += bool(_FRAME.match(line)) and not line.lstrip().startswith("File ")
        if (last and blanks > 1) or frames > 3 or (blanks and frames) or (last and (_NEXT_TEST.match(line) or _RULE.match(line))):
            break
        if line.strip():
            last = index
    return Extent(last=last)


def _located(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    """To the message behind the source, as of OCaml: ``File "a.ml", line 1, characters 2-3:``, source, ``Error: ...``."""
    said = next((index for index, line in enumerate(after, 1) if line.startswith(("Error", "Warning", "Alert"))), 0)
    rest = _while(after[said:], lambda line: line[:1] in " \t" and bool(line.strip()), 6)
    return Extent(last=said + rest if said else 0, cause=said)


def _titled(before: Sequence[str], anchor: str, after: Sequence[str]) -> Extent:
    below = _test(before, anchor, after)
    return replace(below, first=-len(before), cause=min(1, below.last))


def _while(lines: Sequence[str], wanted: Callable[[str], bool], limit: int) -> int:
    """How many lines from the first on are wanted, at most ``limit``."""
    for index, line in enumerate(lines[:limit]):
        if not wanted(line):
            return index
    return min(len(lines), limit)


_SHAPES: dict[Shape, Callable[[Sequence[str], str, Sequence[str]], Extent]] = {
    Shape.LINE: _line,
    Shape.DIAGNOSTIC: _diagnostic,
    Shape.PARAGRAPH: _paragraph,
    Shape.INDENTED: _indented,
    Shape.TRACEBACK: _traceback,
    Shape.STACK: _stack,
    Shape.PYTEST: _pytest,
    Shape.GO_TEST: _go_test,
    Shape.TEST: _test,
    Shape.TITLED: _titled,
    Shape.LOCATED: _located,
    Shape.BUILDKIT: _line,
}
