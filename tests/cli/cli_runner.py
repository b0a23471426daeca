"""Runs the program in this process, with an environment and a home of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from error_classification.cli.app import program


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Program:
    """``home`` is where the store goes by default."""

    home: Path

    @property
    def store(self) -> Path:
        return self.home / ".local" / "share" / "error-classification" / "errors.sqlite3"

    def __call__(self, *arguments: object, stdin: str | bytes = b"", **environment: str | None) -> Outcome:
        own = {"HOME": str(self.home), "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None, "COLUMNS": "100", "USER": "ada"}
        result = CliRunner(env=own | environment).invoke(program, [str(item) for item in arguments], input=stdin)
        return Outcome(result.exit_code, result.stdout, result.stderr)
