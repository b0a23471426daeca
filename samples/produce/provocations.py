"""Reads the tables in ``provocations/*.toml``: what to provoke, with which tool, and what the failure is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import Machine

TABLES = Path(__file__).parent / "provocations"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job. ``action`` (``checkout``, ``post``) is simulated and stands for a script; ``job`` begins another job."""

    name: str
    run: str = ""
    action: str = ""
    always: bool = False
    job: str = ""


@dataclass(frozen=True, slots=True)
class Provocation:
    """One thing to record.

    ``label`` is ``category/subcategory``, ``unclassified``, or ``none`` for a run in which everything passed; every text of
    ``cause`` must stand in the recording. ``collect`` names a file that the command writes: it is recorded instead of what the
    command prints. ``as_root`` is shell that prepares the machine (a small disk, a limit). A job has ``format`` and ``steps``
    instead of ``command``.
    ``nasty``: passed, and looks like a failure. ``ambiguous``: another label could be defended.
    """

    id: str
    tool: str
    label: str
    command: str = ""
    cause: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    kind: str = "job_log"
    collect: str = ""
    extension: str = "log"
    encoding: str = "utf-8"
    gzip: bool = False
    as_root: str = ""
    root: bool = False
    network: bool = True
    exit_code: int | None = None
    format: str = ""
    job: str = "build"
    steps: tuple[Step, ...] = ()
    nasty: bool = False
    ambiguous: bool = False

    @property
    def machine(self) -> Machine:
        return Machine(self.as_root, self.root, self.network, self.env)

    @property
    def needs_buildkit(self) -> bool:
        return any("buildx" in command for command in (self.command, *(step.run for step in self.steps)))

    @property
    def path(self) -> str:
        """Where the recording goes, below ``samples/``."""
        folder = "passing" if self.label == "none" else "failing"
        return f"{folder}/{self.kind}/{self.id}.{self.extension}{'.gz' if self.gzip else ''}"


def load(only: frozenset[str] = frozenset()) -> Iterator[Provocation]:
    """All provocations, or those whose id, tool or table is in ``only``. Raises TypeError on an unknown key."""
    for table in sorted(TABLES.glob("*.toml")):
        for row in tomllib.loads(table.read_text(encoding="utf-8"))["sample"]:
            steps = tuple(Step(**step) for step in row.pop("steps", ()))
            sample = Provocation(**{**row, "cause": tuple(row.get("cause", ())), "steps": steps})
            if not only or only & {sample.id, sample.tool, table.stem}:
                yield sample
