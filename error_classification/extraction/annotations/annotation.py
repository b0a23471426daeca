"""One annotation, whatever it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """GitHub's levels; an unknown or missing one counts as a failure."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTICE = "notice"


_LEVELS = {"warning": Level.WARNING, "warn": Level.WARNING, "notice": Level.NOTICE, "info": Level.NOTICE, "note": Level.NOTICE}


def level_of(name: object) -> Level:
    """The level of a name in any spelling (``WARNING``, ``error``)."""
    return _LEVELS.get(str(name).strip().lower(), Level.FAILURE)


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation and the line of the input (1-based) where it stands."""

    level: Level
    message: str
    title: str = ""
    details: str = ""
    file: str = ""
    line: int | None = None
    number: int = 0
    job: str = ""
    is_finding: bool = False
    """Printed by a checker as one of its findings in a file: a warning among them counts like an error."""
