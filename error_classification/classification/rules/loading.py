"""Reads rule files: the program's own (``*.toml`` beside this module, compiled into one file that is read at start) and a
project's."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from error_classification.classification.rules.definitions import Rule, RuleSet
from error_classification.classification.rules.literals import required_literals
from error_classification.classification.rules.validation import Table, labels_of, refuse_duplicates, rules_of
from error_classification.errors import InputError, UsageError
from error_classification.taxonomy import SUBCATEGORIES

COMPILED = "compiled.json"
MEASURED = "measured.json"
"""``[right, decided]`` by rule: what ``python3 -m corpus.measure`` counted on the training corpus."""
PRIOR_WEIGHT = 8
_LONGEST = 16 << 20
"""Bytes of a rule file."""


def load_rules(paths: Iterable[Path] = (), *, written: bool = False) -> RuleSet:
    """The rules that come with the program, and a project's own from the TOML files ``paths``.

    A project's file may also name categories of its own: ``[[category]]`` tables with ``name`` and ``subcategories``.
    ``written``: the program's as its files state them, not as they were compiled.

    Raises UsageError, on one line with file, rule and key, for what is wrong in a file; InputError where it cannot be read.
    """
    rules, labels = list(as_written() if written else compiled().rules), set(SUBCATEGORIES)
    for path in paths:
        more = parse_rules(_read(path), str(path), user=True)
        rules += more.rules
        labels |= more.labels
    refuse_duplicates(rules)
    return RuleSet(tuple(rules), frozenset(labels))


def parse_rules(text: str, file: str, *, user: bool = False) -> RuleSet:
    """The rules in the text of one file; ``file`` names it in errors. Raises UsageError."""
    tables = _parse(text, file)
    labels = frozenset(SUBCATEGORIES) | labels_of(tables, file)
    rules = rules_of(tables, file, labels, user=user)
    refuse_duplicates(rules)
    return RuleSet(tuple(rules), labels)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What ``python3 -m corpus.compile`` made of the program's own rule files: reading those takes thirty times as long."""

    rules: tuple[Rule, ...]
    literals: Mapping[str, frozenset[str]]
    """``required_literals`` by pattern."""


@cache
def compiled() -> Compiled:
    """The rules that come with the program, by file, with the confidence that was measured."""
    rows: list[dict[str, Any]] = json.loads(resources.files(__package__).joinpath(COMPILED).read_text("utf-8"))
    literals = {row["pattern"]: frozenset(row.pop("literals")) for row in rows}
    rules = (Rule(**{**row, "hits": tuple(row["hits"]), "near_misses": tuple(row["near_misses"])}) for row in rows)
    return Compiled(tuple(rules), literals)


def compile_rules() -> str:
    """The content of the compiled file. Raises UsageError for what is wrong in a rule file."""
    counts: dict[str, tuple[float, float]] = json.loads(resources.files(__package__).joinpath(MEASURED).read_text("utf-8"))
    rows = (_compiled_row(rule, *counts.get(rule.name, (0, 0))) for rule in as_written())
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def _compiled_row(rule: Rule, right: float, decided: float) -> dict[str, object]:
    row: dict[str, object] = asdict(rule)
    confidence = measured(rule.confidence, right, decided)
    return {**row, "confidence": confidence, "literals": sorted(required_literals(rule.pattern))}


def as_written() -> tuple[Rule, ...]:
    """The rules of the program's own files."""
    return tuple(rule for file, text in _files() for rule in parse_rules(text, file).rules)


def measured(prior: float, right: float, decided: float) -> float:
    """The share of right decisions, with the prior as good as ``PRIOR_WEIGHT`` further decisions: the m-estimate
    (B. Cestnik, "Estimating probabilities: a crucial task in machine learning", ECAI 1990)."""
    return round((PRIOR_WEIGHT * prior + right) / (PRIOR_WEIGHT + decided), 3)


def _files() -> Iterator[tuple[str, str]]:
    folder = resources.files(__package__)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text("utf-8")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
        if len(data) > _LONGEST:
            raise UsageError(f"{path}: longer than {_LONGEST >> 20} MB")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _parse(text: str, file: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{file}: nested too deeply") from error
