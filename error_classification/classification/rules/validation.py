"""Checks the tables of a rule file and makes rules of them. Every error is one line that names file, rule and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import re2

from error_classification.classification.rules.definitions import LAST_RESORT, ROOT_CAUSE, Rule
from error_classification.classification.rules.evidence import PLACEHOLDER
from error_classification.classification.rules.matching import options, source
from error_classification.errors import UsageError

Table: TypeAlias = Mapping[str, object]
Labels: TypeAlias = frozenset[tuple[str, str]]

_TYPES = {
    "name": str,
    "pattern": str,
    "category": str,
    "subcategory": str,
    "summary": str,
    "confidence": float,
    "hits": list,
    "near_misses": list,
    "priority": int,
}
_OPTIONAL = frozenset({"priority"})
_WORDS = {str: "text", float: "a number", int: "a whole number", list: "a list of texts, not empty"}
_CONFIDENCE = (0.5, 0.99)
_GROUP = re.compile(r"\(\?P?<(\w+)>")


def labels_of(tables: Table, file: str) -> Labels:
    """The labels that the file's ``[[category]]`` tables add."""
    found = set()
    for index, table in enumerate(_list(tables, "category", file), 1):
        name, subcategories = table.get("name"), table.get("subcategories")
        where = f"{file}: category {name or index}"
        _refuse_unknown(table, {"name", "subcategories"}, where)
        if not isinstance(name, str) or not name:
            raise UsageError(f"{where}: key name: must be text")
        found |= {(name, sub) for sub in _texts(subcategories, f"{where}: key subcategories")}
    return frozenset(found)


def rules_of(tables: Table, file: str, labels: Labels, *, user: bool) -> list[Rule]:
    """The rules of the file's ``[[rule]]`` tables, in order. Raises UsageError."""
    unknown = sorted(set(tables) - {"rule", "category"})
    if unknown:
        raise UsageError(f"{file}: unknown table {unknown[0]}")
    return [_rule(table, index, file, labels, user) for index, table in enumerate(_list(tables, "rule", file), 1)]


def refuse_duplicates(rules: Iterable[Rule]) -> None:
    """Raises UsageError where two rules have one name."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        first = seen.setdefault(rule.name, rule)
        if first is not rule:
            raise UsageError(f"{rule.file}: rule {rule.name}: key name: already used in {first.file}")


def _rule(table: Table, index: int, file: str, labels: Labels, user: bool) -> Rule:
    where = f"{file}: rule {table.get('name', index)}"
    _refuse_unknown(table, set(_TYPES), where)
    for key in _TYPES:
        _check_type(table, key, where)
    rule = Rule(
        name=str(table["name"]),
        pattern=str(table["pattern"]),
        category=str(table["category"]),
        subcategory=str(table["subcategory"]),
        summary=str(table["summary"]),
        confidence=_number(table["confidence"]),
        hits=_texts(table["hits"], f"{where}: key hits"),
        near_misses=_texts(table["near_misses"], f"{where}: key near_misses"),
        priority=int(_number(table.get("priority", 0))),
        file=file,
        user=user,
    )
    _check_values(rule, labels, where)
    _check_summary(rule, where)
    if user:
        _check_pattern(rule.pattern, where)
    return rule


def _check_type(table: Table, key: str, where: str) -> None:
    if key not in table:
        if key in _OPTIONAL:
            return
        raise UsageError(f"{where}: key {key}: missing")
    value, wanted = table[key], _TYPES[key]
    numeric = wanted is float and isinstance(value, int)
    if isinstance(value, bool) or not (isinstance(value, wanted) or numeric):
        raise UsageError(f"{where}: key {key}: must be {_WORDS[wanted]}")


def _check_values(rule: Rule, labels: Labels, where: str) -> None:
    low, high = _CONFIDENCE
    if rule.category not in {category for category, _ in labels}:
        raise UsageError(f"{where}: key category: unknown category {rule.category}")
    if (rule.category, rule.subcategory) not in labels:
        raise UsageError(f"{where}: key subcategory: {rule.category} has no subcategory {rule.subcategory}")
    if not low <= rule.confidence <= high:
        raise UsageError(f"{where}: key confidence: must be from {low} to {high}")
    if not LAST_RESORT <= rule.priority <= ROOT_CAUSE:
        raise UsageError(f"{where}: key priority: must be from {LAST_RESORT} to {ROOT_CAUSE}")


def _check_pattern(pattern: str, where: str) -> None:
    """Compiles the pattern. The program's own are compiled in its tests and then, one by one, when a text needs them."""
    try:
        compiled = re2.compile(source(pattern), options())
    except re2.error as error:
        raise UsageError(f"{where}: key pattern: {_located(pattern, error)}") from error
    if compiled.search("") is not None:
        raise UsageError(f"{where}: key pattern: matches the empty text")


def _located(pattern: str, error: re2.error) -> str:
    """RE2's message with the place of the fragment that it complains of."""
    raw = error.args[0] if error.args else ""
    message = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    position = pattern.find(message.partition(": ")[2])
    return f"{message} (at character {position + 1})" if ": " in message and position >= 0 else message


def _check_summary(rule: Rule, where: str) -> None:
    groups = set(_GROUP.findall(rule.pattern))
    missing = [name for name in PLACEHOLDER.findall(rule.summary) if name not in groups]
    if missing:
        raise UsageError(f"{where}: key summary: the pattern has no group {missing[0]}")


def _refuse_unknown(table: Table, known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise UsageError(f"{where}: key {unknown[0]}: unknown key")


def _list(tables: Table, key: str, file: str) -> list[Table]:
    found = tables.get(key, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise UsageError(f"{file}: {key} must be written as [[{key}]] tables")
    return found


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise UsageError(f"{where}: must be {_WORDS[list]}")
    return tuple(value)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
