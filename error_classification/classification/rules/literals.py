"""Finds the literals that a pattern cannot match without.

The method is that of RE2's own prefilter (``re2/prefilter.h``; Cox, "Regular Expression Matching with a Trigram Index", 2012):
follow the exact strings that a part of the pattern stands for as long as they are few; keep the set that is rarest in logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TypeAlias

from error_classification.classification.rules.syntax import tokens

Literals: TypeAlias = frozenset[str]

MOST = 24
"""How many exact strings are followed at once."""
LONGEST = 24
"""More characters make a literal no rarer."""
LIGHTEST = 3
"""What a literal must weigh (see ``_weight``) to be of use; a common word weighs just this."""
COMMON = frozenset(
    """
    error errors failed failure fail file files test tests http https status code exit build server response value values
    command step running found expected assert object module path warning info the not and for was with name message line
    import main source target version type from got have note pass passed result results returned style string number
    """.split()  # noqa: SIM905 - words are read and added to more easily than quoted ones
)
"""Words of which every log is full: hardly better than no literal."""

_NOTHING: Literals = frozenset()
_EMPTY: Literals = frozenset({""})


@dataclass(frozen=True, slots=True)
class _Known:
    """Of a part of a pattern: the strings that it stands for exactly, if few (else nothing), and literals that it needs."""

    exact: Literals = _NOTHING
    needs: Literals = _NOTHING
    head: Literals = _NOTHING
    """The strings that it begins with, where it is not exact."""


def required_literals(pattern: str) -> Literals:
    """Literals of which every match of ``pattern`` holds one, both without case (``str.casefold``); empty: none are known."""
    stack = [_Group()]
    for kind, text in tokens(pattern):
        group = stack[-1]
        if kind == "literal":
            group.add(_Known(frozenset({text.casefold()})))
        elif kind in ("open", "named"):
            stack.append(_Group())
        elif kind == "close" and len(stack) > 1:
            inner = stack.pop().close()
            stack[-1].add(inner)
        elif kind == "either":
            group.end_branch()
        elif kind == "optional":
            group.optional(text)
        elif kind in ("repeat", "any"):
            group.end_run()
    return stack[0].close().needs


@dataclass(slots=True)
class _Group:
    """What is known of a group while it is read."""

    branches: list[_Known] = field(default_factory=list)
    run: Literals = _EMPTY
    """What the current branch stands for since it was last unknown."""
    whole: bool = True
    """Whether that is the branch from its beginning."""
    needs: Literals = _NOTHING
    head: Literals = _NOTHING
    last: _Known | None = None
    """The part read last: it counts unless a quantifier says that it may be absent."""

    def add(self, part: _Known) -> None:
        self._settle()
        self.last = part

    def optional(self, quantifier: str) -> None:
        last, self.last = self.last, None
        if last and last.exact and quantifier.startswith("?"):
            self.last = _Known(last.exact | _EMPTY)
        else:
            self.end_run()

    def end_run(self) -> None:
        self._settle()
        self._consider(self.run)
        if self.whole:
            self.head = self.run if "" not in self.run else _NOTHING
        self.run, self.whole = _EMPTY, False

    def end_branch(self) -> None:
        self._settle()
        self._consider(self.run)
        exact = self.run if self.whole else _NOTHING
        self.branches.append(_Known(exact, self.needs, exact or self.head))
        self.run, self.whole, self.needs, self.head = _EMPTY, True, _NOTHING, _NOTHING

    def close(self) -> _Known:
        self.end_branch()
        exact = _union([branch.exact for branch in self.branches])
        head = _union([branch.head for branch in self.branches])
        needs = _union([branch.needs for branch in self.branches])
        return _Known(exact if len(exact) <= MOST else _NOTHING, needs, head if len(head) <= MOST else _NOTHING)

    def _settle(self) -> None:
        last, self.last = self.last, None
        if last is None:
            return
        if last.exact and len(self.run) * len(last.exact) <= MOST:
            self.run = _joined(self.run, last.exact)
            return
        self._consider(last.needs, cut=False)
        self._consider(last.exact)
        if last.head and len(self.run) * len(last.head) <= MOST:
            self.run = _joined(self.run, last.head)
        self.end_run()

    def _consider(self, literals: Literals, *, cut: bool = True) -> None:
        if "" not in literals and literals:
            self.needs = max(self.needs, _cut(literals) if cut else literals, key=_worth)


def _joined(before: Literals, after: Literals) -> Literals:
    if before == _EMPTY:
        return after
    return frozenset(first + second for first, second in product(before, after))


def _union(sets: list[Literals]) -> Literals:
    """All of them; nothing if one is empty."""
    return frozenset().union(*sets) if all(sets) else _NOTHING


def _cut(literals: Literals) -> Literals:
    """``literals`` as they are looked for; nothing if one of them is too common to be of use."""
    cut = frozenset(literal.strip()[:LONGEST].rstrip() for literal in literals)
    return cut if all(_weight(literal) >= LIGHTEST for literal in cut) else _NOTHING


@cache
def _weight(literal: str) -> int:
    """How rare a literal is in logs, roughly: its length, more for what is no ASCII letter nor space, least for common words."""
    if literal in COMMON:
        return LIGHTEST
    rare = (character for character in literal if not ((character.isascii() and character.isalpha()) or character == " "))
    return len(literal) + sum(1 if character.isascii() else 3 for character in rare)


@cache
def _worth(literals: Literals) -> tuple[int, int]:
    return min((_weight(literal) for literal in literals), default=0), -len(literals)
