"""Finds all rules that match a text, in time linear in the text and nearly independent of the number of rules.

The method is the one of RE2's ``FilteredRE2``: every pattern is reduced to literals that it cannot match without; one automaton
finds all literals in one pass; only the patterns whose literals are all there are then run themselves. Patterns without a
literal are run always, so a rule should have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import re2

from error_classification.classification.rules.definitions import Match, Rule

MAX_CHARACTERS = 1 << 20
"""What lies behind this many characters of a text is not looked at."""
MAX_PARAMETER = 200
"""Longest value, in characters, of a parameter."""


def options() -> re2.Options:
    """RE2's options for a rule: quiet (a bad pattern raises; it is not printed to stderr too)."""
    quiet = re2.Options()
    quiet.log_errors = False
    return quiet


def source(pattern: str) -> str:
    """A rule's pattern as RE2 gets it: ``^`` and ``$`` match at lines."""
    return f"(?m){pattern}"


class _Found(Protocol):
    """What is used of an RE2 match over bytes."""

    def start(self) -> int: ...
    def end(self) -> int: ...
    def group(self, group: int) -> bytes | None: ...


class Matcher:
    """The compiled rules. Compiling some hundred takes about as many hundredths of a second: keep the object."""

    __slots__ = ("_expressions", "_filter", "_groups", "_rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._filter = re2.Filter()
        quiet = options()
        for rule in self._rules:
            self._filter.Add(source(rule.pattern).encode(), quiet)
        if self._rules:
            self._filter.Compile()
        self._expressions = [self._filter.re(index) for index in range(len(self._rules))]
        self._groups = [_groups(expression.groupindex) for expression in self._expressions]

    def matches(self, data: bytes, anchor: int = 0) -> list[Match]:
        """The matches in UTF-8 ``data``, in the order of the text.

        Each rule is found once: at or after the offset ``anchor`` if it matches there, else where it matches first.
        """
        candidates = self._filter.Match(data, True) or () if self._rules else ()
        found = ((index, self._search(index, data, anchor)) for index in candidates)
        return list(self._located(data, sorted((_visible_start(data, hit), index, hit) for index, hit in found if hit)))

    def _search(self, index: int, data: bytes, anchor: int) -> _Found | None:
        search: Callable[..., _Found | None] = self._expressions[index].search
        return (search(data, anchor) if anchor else None) or search(data)

    def _located(self, data: bytes, hits: Sequence[tuple[int, int, _Found]]) -> Iterator[Match]:
        line = previous = 0
        for start, index, hit in hits:
            line, previous = line + data.count(b"\n", previous, start), start
            values = ((name, hit.group(group)) for name, group in self._groups[index])
            parameters = {name: _text(value) for name, value in values if value}
            yield Match(self._rules[index], start, max(start, hit.end()), line, parameters)


def _groups(index: dict[bytes, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name.decode(), group) for name, group in sorted(index.items(), key=lambda item: item[1]))


def _visible_start(data: bytes, hit: _Found) -> int:
    """Where a match begins, less its leading white space: patterns may begin with the end of the line before."""
    start, end = hit.start(), hit.end()
    return end - len(data[start:end].lstrip())


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")[:MAX_PARAMETER].strip()
