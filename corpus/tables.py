"""Reads the tables in ``provocations/*.toml`` and makes one provocation of each variant."""

from __future__ import annotations

import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from recording.provocation import Provocation, Step

TABLES = Path(__file__).parent / "provocations"
_WRAPPERS = ("plain", "github", "plain", "gitlab", "jenkins", "github", "buildkite", "azure", "travis", "gh_run_view")
"""CI formats by turns, for the logs whose table names none."""
_PLACE = re.compile(r"@([a-z_]+)@")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Specimen(Provocation):
    """A variant of a provocation.

    ``family`` names what is provoked, across tools. ``parameters``: the true values of what a judge should extract.
    ``output`` is written by hand where no tool can be made to say it here, after the public ``source``.
    """

    provocation: str = ""
    family: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    output: str = ""
    source: str = ""

    @property
    def how(self) -> str:
        return "template" if self.output else "recorded"


@dataclass(frozen=True, slots=True)
class Table:
    """One file of provocations. ``versions``: tool -> the command that prints its version."""

    name: str
    versions: Mapping[str, str]
    specimens: tuple[Specimen, ...]


def paths(folder: Path = TABLES) -> list[Path]:
    """The tables' files."""
    return sorted(folder.glob("*.toml"))


def read(path: Path) -> Table:
    """One table. Raises ValueError for text that is no TOML or an id that is there twice, TypeError for an unknown key, and
    KeyError for a place that a variant leaves open."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    specimens = tuple(specimen for row in content["provocation"] for specimen in _variants(row))
    twice = [name for name, count in Counter(specimen.id for specimen in specimens).items() if count > 1]
    if twice:
        raise ValueError(f"there twice: {', '.join(twice)}")
    return Table(path.stem, content.get("versions", {}), specimens)


def _variants(row: dict[str, Any]) -> Iterator[Specimen]:
    for number, variant in enumerate(row.pop("variants", [{}]), start=1):
        yield _specimen({**row, "id": f"{row['id']}-{number}", "provocation": row["id"]}, variant)


def _specimen(row: Mapping[str, Any], variant: Mapping[str, Any]) -> Specimen:
    filled = _filled(dict(row), {key: str(value) for key, value in variant.items()})
    if filled.get("kind", "job_log") == "job_log" and "steps" not in filled:
        turn = zlib.crc32(row["id"].encode()) % len(_WRAPPERS)
        filled["format"] = variant.get("format") or filled.get("format") or _WRAPPERS[turn]
    cause, steps = filled.pop("cause", ()), filled.pop("steps", ())
    return Specimen(**{"timeout_seconds": 60, **filled, "cause": tuple(cause), "steps": tuple(Step(**step) for step in steps)})


def _filled(value: T, variant: Mapping[str, str]) -> T:
    """``value`` with the places of all its strings filled. Raises KeyError for a place that ``variant`` does not name, where it
    names any."""
    if isinstance(value, str):
        return _PLACE.sub(lambda place: variant[place[1]], value) if variant else value  # type: ignore[return-value]
    if isinstance(value, list):
        return [_filled(item, variant) for item in value]  # type: ignore[return-value]
    if isinstance(value, dict):
        return {_filled(key, variant): _filled(item, variant) for key, item in value.items()}  # type: ignore[return-value]
    return value
