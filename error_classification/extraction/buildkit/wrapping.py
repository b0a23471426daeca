"""Undoing what stands between the builder's lines and the log: PowerShell's error records, and unknown line prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from error_classification.extraction.buildkit.grammar import unknown_prefix
from error_classification.extraction.buildkit.output import Line

_LONGEST_JOINED = 8_000
_NATIVE = re.compile(r"(?:docker|docker-compose|docker-buildx|buildctl|podman|nerdctl|wsl)(?:\.exe)? : ")
_POSITION = re.compile(r"[^+#\s].{1,200}?:\s?\d{1,6} \S{1,20}\s?:\s?\d{1,6}\s*$")
_RECORD = re.compile(r"\s*\+ (?:CategoryInfo|FullyQualifiedErrorId)\s")
_NEW_LINE = re.compile(r"#\d+ |\d+\.\d{1,3} |-{6}| > |\s*\d+ \| ")


def unprefixed(lines: Iterable[Line]) -> Iterator[Line]:
    """Takes off a prefix that is no CI system's (``builder | #12 ...``): learnt from a line of progress that has one."""
    shape: re.Pattern[str] | None = None
    for line in lines:
        text = line.text
        if text.startswith("#"):
            yield line
        elif shape and (match := shape.match(text)):
            yield Line(line.number, text[match.end() :])
        elif prefix := "" if _NATIVE.match(text) else unknown_prefix(text):
            shape = re.compile(re.sub(r"\d+", r"\\d+", re.escape(prefix)))
            yield Line(line.number, text[len(prefix) :])
        else:
            yield line


def unwrapped(lines: Iterable[Line]) -> Iterator[Line]:
    """Takes out PowerShell's error records and joins what it wrapped at the width of its console.

    PowerShell 5 prints the standard error of a native command as error records: a position (in the user's language),
    ``+ the command``, a line of tildes and two of ``CategoryInfo``; and it breaks every line at the console's width,
    between words if it can, where the blank stays at the line's end. A log without such a record passes unchanged.
    """
    joiner = _Joiner()
    for line in lines:
        if line.text.startswith("#") and not joiner.active:
            yield line
        else:
            yield from joiner.feed(line)
    yield from joiner.flush()


class _Joiner:
    """Holds back one line until it is clear that the next does not continue it."""

    def __init__(self) -> None:
        self._width = 0
        self._widest = 0
        self._in_record = False
        self._after_position = False
        self._held: Line | None = None
        self._segment = ""

    @property
    def active(self) -> bool:
        """True from the first sign of PowerShell on."""
        return bool(self._width or self._after_position)

    def feed(self, line: Line) -> Iterator[Line]:
        text = line.text
        if native := _NATIVE.match(text):
            self._widest = max(self._widest, len(text))
            line = Line(line.number, text[native.end() :])
        if self._is_record(text):
            yield from self.flush()
        elif self._continues(text) and self._held:
            self._held = Line(self._held.number, self._held.text + text)
            self._segment = text
        else:
            yield from self.flush()
            self._held, self._segment = line, text
            if not self._width and not _POSITION.match(text):
                yield from self.flush()

    def flush(self) -> Iterator[Line]:
        """The line held back."""
        if self._held:
            yield self._held
        self._held = None

    def _is_record(self, text: str) -> bool:
        """True for a line of a record; the position, held back, goes with the first of them."""
        starts = bool(_RECORD.match(text)) or (self._after_position and text.startswith("+ "))
        if starts and self._after_position:
            self._held = None
        self._after_position = bool(_POSITION.match(text))
        self._in_record = bool(text.strip()) and (starts or self._in_record)
        if self._in_record:
            self._width = max(self._width, self._widest, len(text))
        return self._in_record

    def _continues(self, text: str) -> bool:
        segment = self._segment
        if not self._width or not self._held or not segment.strip() or not text.strip() or _NEW_LINE.match(text):
            return False
        if len(segment) > self._width or len(self._held.text) > _LONGEST_JOINED:
            return False
        word = len(text.split(maxsplit=1)[0])
        return len(segment) == self._width or (segment.endswith(" ") and len(segment) + word >= self._width)
