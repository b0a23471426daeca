"""Reads the tables in ``provocations/*.toml``: what to provoke, with which tool, and what the failure is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recording.provocation import Provocation, Step

TABLES = Path(__file__).parent / "provocations"


@dataclass(frozen=True, slots=True)
class Sample(Provocation):
    """A provocation and the file that its recording becomes. ``nasty``: passed, and looks like a failure."""

    extension: str = "log"
    encoding: str = "utf-8"
    gzip: bool = False
    nasty: bool = False

    @property
    def path(self) -> str:
        """Where the recording goes, below ``samples/``."""
        folder = "passing" if self.label == "none" else "failing"
        return f"{folder}/{self.kind}/{self.id}.{self.extension}{'.gz' if self.gzip else ''}"


def load(only: frozenset[str] = frozenset()) -> Iterator[Sample]:
    """All samples, or those whose id, tool or table is in ``only``. Raises TypeError on an unknown key."""
    for table in sorted(TABLES.glob("*.toml")):
        for row in tomllib.loads(table.read_text(encoding="utf-8"))["sample"]:
            steps = tuple(Step(**step) for step in row.pop("steps", ()))
            sample = Sample(**{**row, "cause": tuple(row.get("cause", ())), "steps": steps})
            if not only or only & {sample.id, sample.tool, table.stem}:
                yield sample
