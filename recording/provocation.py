"""What is provoked: a command, or the steps of a job, in a folder with some files, and the cause that it must show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recording.sandbox import Machine


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
    instead of ``command``. ``timeout_seconds`` ends a command that hangs. ``ambiguous``: another label could be defended.
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
    as_root: str = ""
    root: bool = False
    network: bool = True
    exit_code: int | None = None
    timeout_seconds: float = 300
    format: str = ""
    job: str = "build"
    steps: tuple[Step, ...] = ()
    ambiguous: bool = False

    @property
    def machine(self) -> Machine:
        return Machine(self.as_root, self.root, self.network, self.env, self.timeout_seconds)

    @property
    def needs_buildkit(self) -> bool:
        return any("buildx" in command for command in (self.command, *(step.run for step in self.steps)))
