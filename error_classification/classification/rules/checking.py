"""Looks for rules that do not do what their examples say, and for rules that stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from error_classification.classification.rules.definitions import Rule, RuleSet
from error_classification.classification.rules.matching import Matcher
from error_classification.classification.rules.settling import rank


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a rule.

    ``kind``: ``missed_hit``, ``false_hit``, ``wrong_answer`` (another category is answered on a hit of its own), ``hidden``
    (all its hits are decided by other rules), ``duplicate`` (a pattern used before).
    """

    kind: str
    rule: str
    file: str
    message: str


def check(rules: RuleSet) -> list[Finding]:
    """All findings, in the order of the rules."""
    matcher = Matcher(rules.rules)
    patterns: dict[str, Rule] = {}
    findings: list[Finding] = []
    for rule in rules.rules:
        first = patterns.setdefault(rule.pattern, rule)
        if first is not rule:
            findings.append(_finding("duplicate", rule, f"has the same pattern as {first.name}"))
        findings += _examples(rule, matcher)
        findings += _decisions(rule, matcher)
    return findings


def _examples(rule: Rule, matcher: Matcher) -> Iterator[Finding]:
    for hit in rule.hits:
        if rule not in _matching(hit, matcher):
            yield _finding("missed_hit", rule, f"does not match its own hit {hit!r}")
    for miss in rule.near_misses:
        if rule in _matching(miss, matcher):
            yield _finding("false_hit", rule, f"matches its near miss {miss!r}")


def _decisions(rule: Rule, matcher: Matcher) -> Iterator[Finding]:
    winners = [winner for winner in (_decides(hit, matcher) for hit in rule.hits) if winner]
    for winner in winners:
        if winner.category != rule.category:
            yield _finding("wrong_answer", rule, f"one of its hits is decided by {winner.name} ({winner.category})")
    if winners and rule not in winners:
        names = ", ".join(sorted({winner.name for winner in winners}))
        yield _finding("hidden", rule, f"never decides: on its own hits {names} is ahead of it")


def _matching(text: str, matcher: Matcher) -> list[Rule]:
    return [match.rule for match in matcher.matches(text.encode())]


def _decides(text: str, matcher: Matcher) -> Rule | None:
    matches = matcher.matches(text.encode())
    return rank(matches, text.split("\n"), None)[0].match.rule if matches else None


def _finding(kind: str, rule: Rule, message: str) -> Finding:
    return Finding(kind, rule.name, rule.file, message)
