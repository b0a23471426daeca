"""What the columns of a plain table hold: the same description serves every format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How the cells of a column may be drawn."""

    NAME = "name"
    """In one piece, or broken where the column allows it."""
    NUMBER = "number"
    """In one piece, at the right."""
    PROSE = "prose"
    """Gives way: wrapped at blanks, and where that is not enough anywhere."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a name may be broken behind the characters of ``breaks``, and nowhere else."""

    title: str
    kind: Kind = Kind.NAME
    breaks: str = ""
