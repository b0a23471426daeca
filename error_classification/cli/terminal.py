"""Talking to people: what every command knows of the terminal and of the options given to all of them.

The product of a command goes to standard output, talk to standard error. Both are escaped here or in ``reporting``.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

if TYPE_CHECKING:
    from error_classification.config import Resolved


NARROWEST, WIDEST = 40, 1_000
"""Columns: between these a table can be read."""


@dataclass(slots=True)
class Session:
    """One call of the program; ``options`` holds the settings that were given as options, by name."""

    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    options: dict[str, object] = field(default_factory=dict)

    def resolve(self, more: Mapping[str, object] | None = None) -> Resolved:
        """The settings in force, with where they come from. Raises ``UsageError``."""
        from error_classification.config import resolve

        return resolve({**self.options, **(more or {})})

    def say(self, text: str) -> None:
        """Talk, unless the user wants quiet."""
        if not self.quiet:
            warn(text)

    def has_color(self) -> bool:
        """Whether standard output is a terminal that may be coloured."""
        from error_classification.config import no_color

        return is_terminal(sys.stdout) and not self.no_color and not no_color()


def session() -> Session:
    """The session of the running command."""
    return click.get_current_context().ensure_object(Session)


def warn(text: str) -> None:
    """One line on standard error, whatever the user wants to hear."""
    from error_classification.reporting.escape import one_line

    with suppress(OSError):  # that nobody listens is no reason to stop working
        _write(sys.stderr, one_line(text) + "\n")


def product(text: str) -> None:
    """A piece of the product, on standard output. ``text`` is escaped already."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def _write(stream: TextIO | None, text: str) -> None:
    """At once, so that a reader need not wait; nowhere where the process has no such stream."""
    if stream is not None:
        stream.write(text)
        stream.flush()


def width() -> int:
    """Columns of the terminal, or what COLUMNS says, within reason; 80 where there is neither."""
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)


def standard_input() -> BinaryIO:
    """The bytes of standard input; nothing where the process has none."""
    return sys.stdin.buffer if sys.stdin is not None else BytesIO()


def is_terminal(stream: object) -> bool:
    """Whether a person sits at ``stream``; False where the process has none."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False


def is_device(stream: TextIO) -> bool:
    """Whether ``stream`` is a device, as terminals and the null device are, and neither a file nor a pipe."""
    try:
        return stat.S_ISCHR(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def tolerate_any_text() -> None:
    """Characters that the terminal's encoding lacks are written out instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
