"""Reads rule files: the program's own (``*.toml`` beside this module) and a project's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from error_classification.classification.rules.definitions import Rule, RuleSet
from error_classification.classification.rules.validation import Table, labels_of, refuse_duplicates, rules_of
from error_classification.errors import InputError, UsageError
from error_classification.taxonomy import SUBCATEGORIES

_LONGEST = 16 << 20
"""Bytes of a rule file."""


def load_rules(paths: Iterable[Path] = ()) -> RuleSet:
    """The rules that come with the program, and a project's own from the TOML files ``paths``.

    A project's file may also name categories of its own: ``[[category]]`` tables with ``name`` and ``subcategories``.

    Raises UsageError, on one line with file, rule and key, for what is wrong in a file; InputError where it cannot be read.
    """
    rules, labels = list(built_in()), set(SUBCATEGORIES)
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


@cache
def built_in() -> tuple[Rule, ...]:
    """The rules that come with the program, by file."""
    return tuple(rule for file, text in _files() for rule in parse_rules(text, file).rules)


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
