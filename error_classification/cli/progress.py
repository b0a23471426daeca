"""A bar on the terminal for inputs that take a while: bytes read of all there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from error_classification.models import Artefact
from error_classification.sources.files import STDIN_NAME, size_of

if TYPE_CHECKING:
    from rich.progress import Progress

WORTH_SHOWING = 16 << 20
"""Bytes; what is less is done before a person looks."""


@contextmanager
def shown(artefacts: Iterable[Artefact], enabled: bool, no_color: bool = False) -> Iterator[Iterable[Artefact]]:
    """The same artefacts; where ``enabled``, reading them moves a bar that is gone at the end."""
    if not enabled:
        yield artefacts
        return
    listed = list(artefacts)
    sizes = [size_of(artefact.name) for artefact in listed]
    total = 0 if any(artefact.name == STDIN_NAME for artefact in listed) else sum(sizes)
    bar = _Bar(total, no_color)
    try:
        yield (replace(artefact, open=_counting(artefact, bar)) for artefact in listed)
    finally:
        bar.stop()


class _Bar:
    def __init__(self, total: int, no_color: bool) -> None:
        self._total, self._no_color = total, no_color
        self._read = 0
        self._progress: Progress | None = None

    def advance(self, size: int, name: str) -> None:
        self._read += size
        if self._read < WORTH_SHOWING:
            return
        if self._progress is None:
            self._progress = _progress(self._no_color)
            self._progress.start()
            self._progress.add_task("", total=self._total or None, name="")
        self._progress.update(self._progress.task_ids[0], completed=self._read, name=name)

    def stop(self) -> None:
        if self._progress:
            self._progress.stop()


def _progress(no_color: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TextColumn("{task.fields[name]}", markup=False))
    console = Console(stderr=True, no_color=no_color or None)
    # The product must not pass through the bar's console, which is standard error.
    return Progress(*columns, console=console, transient=True, redirect_stdout=False)


def _counting(artefact: Artefact, bar: _Bar) -> Callable[[], Iterator[bytes]]:
    from error_classification.reporting.escape import one_line, shortened

    name = shortened(one_line(artefact.name), 40)

    def chunks() -> Iterator[bytes]:
        for chunk in artefact.open():
            bar.advance(len(chunk), name)
            yield chunk

    return chunks
