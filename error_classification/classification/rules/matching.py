"""Finds all rules that match a text, in time linear in the text and nearly independent of the number of rules.

Every pattern is reduced to literals that it cannot match without; one automaton finds all literals in one pass; only the patterns
of which a literal is there are then run themselves (and compiled, when that happens first).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import re2

from error_classification.classification.rules.definitions import Match, Rule
from error_classification.classification.rules.literals import Literals
from error_classification.classification.rules.prefilter import Prefilter

MAX_CHARACTERS = 1 << 20
"""What lies behind this many characters of a text is not looked at."""
MAX_PARAMETER = 200
"""Longest value, in characters, of a parameter."""

_LARGE_BOUND = re.compile(r"\{([01]),(?:[89]\d|\d{3,4})\}")


def options() -> re2.Options:
    """RE2's options for a rule: quiet (a bad pattern raises; it is not printed to stderr too)."""
    quiet = re2.Options()
    quiet.log_errors = False
    return quiet


def source(pattern: str) -> str:
    """A rule's pattern as RE2 gets it.

    ``^`` and ``$`` match at lines. A bound of 80 or more (``{0,200}``) is read as none: RE2 unrolls bounds into states, which
    costs memory and time, and protects from nothing, since its time is linear anyway.
    """
    return "(?m)" + _LARGE_BOUND.sub(lambda bound: "*" if bound[1] == "0" else "+", pattern)


class _Found(Protocol):
    """What is used of an RE2 match over bytes."""

    def start(self, group: int = 0) -> int: ...
    def end(self, group: int = 0) -> int: ...
    def group(self, group: int) -> bytes | None: ...


class Matcher:
    """The rules behind their prefilter: keep the object, it learns."""

    __slots__ = ("_expressions", "_prefilter", "_rules")

    def __init__(self, rules: Sequence[Rule], known: Mapping[str, Literals] = MappingProxyType({})) -> None:
        """``known``: see ``Prefilter``."""
        self._rules = tuple(rules)
        self._prefilter = Prefilter([rule.pattern for rule in self._rules], known)
        self._expressions: dict[int, _Expression] = {}

    def matches(self, data: bytes, anchor: int = 0) -> list[Match]:
        """The matches in UTF-8 ``data``, in the order of the text.

        Each rule is found once: at or after the offset ``anchor`` if it matches there, else where it matches first.
        """
        hits = []
        for index in self._prefilter.candidates(data):
            expression = self._expressions.get(index) or self._compile(index)
            hit = expression.search(data, anchor)
            if hit:
                hits.append((_visible_start(data, hit), index, hit))
        return list(self._located(data, sorted(hits, key=lambda item: item[:2])))

    def _compile(self, index: int) -> _Expression:
        return self._expressions.setdefault(index, _Expression(self._rules[index].pattern))

    def _located(self, data: bytes, hits: Sequence[tuple[int, int, _Found]]) -> Iterator[Match]:
        line = previous = 0
        for start, index, hit in hits:
            line, previous = line + data.count(b"\n", previous, start), start
            parameters = self._expressions[index].parameters(hit)
            yield Match(self._rules[index], start, max(start, hit.end()), line, parameters)


class _Expression:
    """One compiled pattern."""

    __slots__ = ("_compiled", "_groups")

    def __init__(self, pattern: str) -> None:
        self._compiled = re2.compile(source(pattern).encode(), options())
        self._groups = sorted((group, name.decode()) for name, group in self._compiled.groupindex.items())

    def search(self, data: bytes, anchor: int) -> _Found | None:
        """The first match at or after ``anchor``, else the first one; most patterns match nowhere, which one pass tells."""
        first: _Found | None = self._compiled.search(data)
        if first is None or first.start() >= anchor:
            return first
        nearer: _Found | None = self._compiled.search(data, anchor)
        return nearer or first

    def parameters(self, hit: _Found) -> dict[str, str]:
        values = ((name, hit.group(group)) for group, name in self._groups)
        return {name: value.decode("utf-8", "replace")[:MAX_PARAMETER].strip() for name, value in values if value}


def _visible_start(data: bytes, hit: _Found) -> int:
    """Where a match begins, less its leading white space: patterns may begin with the end of the line before."""
    start, end = hit.start(), hit.end()
    return end - len(data[start:end].lstrip())
