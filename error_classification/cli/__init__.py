"""The command line: one file a command, ``app`` is the program, ``terminal`` talks to people."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script, or a script's fixed command line. Ends the process with one of the exit codes."""
    from error_classification.cli.app import program

    program.main(args=None if arguments is None else list(arguments), prog_name="error-classification")
