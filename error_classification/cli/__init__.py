"""The command line: one file a command, ``app`` is the program, ``terminal`` talks to people."""

from __future__ import annotations


def main() -> None:
    """The console script. Ends the process with one of the exit codes."""
    from error_classification.cli.app import program

    program.main(prog_name="error-classification")
