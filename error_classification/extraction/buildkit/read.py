"""From lines to the failed steps of a build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from error_classification.extraction.buildkit.classic import ClassicReader
from error_classification.extraction.buildkit.failure import error_of, ranked
from error_classification.extraction.buildkit.output import Line
from error_classification.extraction.buildkit.outside import OutsideReader
from error_classification.extraction.buildkit.progress import ProgressReader
from error_classification.extraction.buildkit.wrapping import unprefixed, unwrapped
from error_classification.extraction.numbered import cleaned_lines
from error_classification.models import ErrorContext, Extraction, Report, SourceType


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """The failed steps of a build log, given as chunks of UTF-8; nothing for a build that succeeded."""
    counted = _Counted(cleaned_lines(chunks))
    yield from failures(counted, source)
    return Report(source, SourceType.BUILDKIT, lines=counted.last)


def failures(lines: Iterable[tuple[int, str]], source: str = "") -> list[ErrorContext]:
    """The failed steps in numbered lines that are free of colours and CI prefixes, ranked."""
    steps, classic, outside = ProgressReader(), ClassicReader(), OutsideReader()
    for line in unwrapped(unprefixed(Line(number, text) for number, text in lines)):
        begun = steps.begun + classic.begun
        if not steps.feed(line) and not classic.feed(line):
            outside.feed(line)
        if steps.begun + classic.begun > begun:
            outside.forget()
    failed = [*steps.failures(), *classic.failures()]
    failed += outside.failures(build_failed=bool(failed))
    return ranked(error_of(failure, source, steps.targets) for failure in failed)


class _Counted:
    """Passes lines on and remembers the number of the last."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = lines
        self.last = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for number, text in self._lines:
            self.last = number
            yield number, text
