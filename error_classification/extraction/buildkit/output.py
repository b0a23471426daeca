"""What a step printed, kept in bounded memory, and the part of it that shows the cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from error_classification.extraction.buildkit.signs import Sign, any_error, sign_of
from error_classification.extraction.excerpt import cut_line

TAIL = 240
"""Last lines of a step that are kept, at least."""
EARLY = 60
"""Error lines (and what follows them) that are kept although they left the tail."""
TRAIN = 6
"""Lines after an error line that belong to it."""
WINDOW = 40
"""How far before the end the cause is looked for first, and the longest excerpt, in lines."""
CLUSTER_GAP = 3
"""Error lines that are at most this far apart are one message."""


class Line(NamedTuple):
    """A line of the input: its number, and its text without prefixes."""

    number: int
    text: str


class Output:
    """Collects the lines of one step: the last ones, and the first ones that speak of errors.

    Lines are judged only when they leave the tail, a block at a time: most steps succeed and are never looked at.
    """

    def __init__(self) -> None:
        self._tail: list[Line] = []
        self._early: list[Line] = []
        self._train = 0

    def add(self, number: int, text: str) -> None:
        """Takes a line; a very long one loses its middle."""
        self._tail.append(Line(number, cut_line(text)))
        if len(self._tail) >= 2 * TAIL:
            leaving, self._tail = self._tail[:TAIL], self._tail[TAIL:]
            if len(self._early) < EARLY and (self._train > 0 or any_error(text for _, text in leaving)):
                self._keep_errors(leaving)

    def _keep_errors(self, leaving: Iterable[Line]) -> None:
        for line in leaving:
            self._train = TRAIN if sign_of(line.text) is Sign.ERROR else self._train - 1
            if self._train > 0 and len(self._early) < EARLY:
                self._early.append(line)

    def __bool__(self) -> bool:
        return bool(self._tail)

    def lines(self) -> list[Line]:
        """What was kept, in order."""
        return self._early + self._tail


class Excerpt(NamedTuple):
    """Lines from the cause to the end; ``cause`` is an index into ``lines``, None where no line names an error."""

    lines: tuple[Line, ...]
    cause: int | None


def collected(lines: Iterable[Line]) -> Output:
    """An output of given lines."""
    output = Output()
    for number, text in lines:
        output.add(number, text)
    return output


def excerpt(output: Output, whole: bool = False) -> Excerpt:
    """The part of a step's output that shows its cause: at most ``WINDOW`` lines, the cause first.

    ``whole``: the output begins with the cause.
    """
    lines = output.lines()
    while lines and not lines[-1].text.strip():
        lines.pop()
    signs = [sign_of(line.text) for line in lines]
    start = 0 if whole and lines else _cause(signs)
    if start is None:
        return Excerpt(tuple(lines[-WINDOW // 2 :]), None)
    rest = lines[start:]
    if len(rest) > WINDOW:
        rest = rest[: WINDOW - 12] + rest[-12:]
    return Excerpt(tuple(rest), _headline(rest))


def _cause(signs: Sequence[Sign]) -> int | None:
    """The first plain error near the end, else the last one before; then the same with weaker signs."""
    near = max(0, len(signs) - WINDOW)
    for wanted in (Sign.ERROR, Sign.WORD, Sign.SYMPTOM):
        found = next((index for index in range(near, len(signs)) if signs[index] is wanted), None)
        if found is None:
            found = next((index for index in range(near - 1, -1, -1) if signs[index] is wanted), None)
        if found is not None:
            return _beginning(signs, found, wanted)
    return None


def _beginning(signs: Sequence[Sign], found: int, wanted: Sign) -> int:
    """The first line of the cluster of error lines to which ``found`` belongs."""
    index = found - 1
    while index >= 0 and found - index <= CLUSTER_GAP:
        if signs[index] is wanted:
            found = index
        index -= 1
    return found


def _headline(lines: Sequence[Line]) -> int:
    """The cause is the first line, unless that only announces the message that follows (a traceback's first line)."""
    first = lines[0].text.strip()
    if first.startswith("Traceback (most recent call last)"):
        return next((index for index, line in enumerate(lines) if index and line.text[:1].strip()), 0)
    return 0
