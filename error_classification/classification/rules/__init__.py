"""The rules judge: says what an error is by patterns that are data (the ``*.toml`` files beside this module).

Adding a rule is adding a table to one of the files, with texts that it must match and texts that it must not; ``rules check``
says whether it does. ``definitions.Rule`` explains the keys.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from error_classification.classification.rules import structure
from error_classification.classification.rules.checking import Finding, check
from error_classification.classification.rules.definitions import CAUSE, Match, Rule, RuleSet
from error_classification.classification.rules.evidence import evidence, render
from error_classification.classification.rules.loading import compiled, load_rules, parse_rules
from error_classification.classification.rules.matching import MAX_CHARACTERS, Matcher
from error_classification.classification.rules.settling import Ranked, confidence, rank, shares, why
from error_classification.classification.wording import one_line
from error_classification.models import Abstention, Alternative, ErrorContext, FingerprintedError, Verdict

__all__ = ["Finding", "Rule", "RuleSet", "RulesJudge", "check", "load_rules", "parse_rules"]

NAME = "rules"
LEAST = 0.5
"""Below this confidence the judge abstains: its answer would more likely be wrong than right."""


_FRAMING = frozenset(("jest", "vitest"))
_FRAME = re.compile(r"^[ >]{0,12}\d{1,6} \|[^\n]*$", re.MULTILINE)


class RulesJudge:
    """Judges by ``rules``, or by the ones that come with the program. Nothing is read or compiled before it is needed."""

    name = NAME

    def __init__(self, rules: RuleSet | None = None) -> None:
        self._rules = rules

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher((self._rules or load_rules()).rules, compiled().literals)

    def judge(self, error: FingerprintedError) -> Verdict | Abstention:
        """A verdict with its evidence, or an abstention that says why there is none. Never raises, whatever the text is."""
        context = error.context
        certain = structure.from_outcome(context)
        if certain:
            return _structural(certain)
        text = context.text[:MAX_CHARACTERS]
        data = _without_frames(text, context.framework).encode("utf-8", "replace")
        headline = _headline(text, context.headline)
        anchor = len(text[:headline].encode("utf-8", "replace")) if headline > 0 else 0
        matches = self._matcher.matches(data, anchor)
        if not matches:
            return _without_rule(context)
        lines = text.split("\n")
        at = text.count("\n", 0, headline) if headline >= 0 else None
        ranked = rank(matches, lines, at)
        return _settled(context, ranked, lines, data, at is not None)


def _without_frames(text: str, framework: str) -> str:
    """The text with the source lines blanked that JavaScript's test runners show around every failure: they say what is
    written there, not what went wrong. Every character keeps its place."""
    if framework not in _FRAMING or " | " not in text:
        return text
    return _FRAME.sub(lambda line: " " * len(line[0]), text)


def _headline(text: str, headline: str) -> int:
    """Where the headline's line starts in the text; -1 where there is none."""
    found = text.find(headline) if headline.strip() else -1
    return text.rfind("\n", 0, found) + 1 if found >= 0 else -1


def _without_rule(context: ErrorContext) -> Verdict | Abstention:
    shape = structure.from_shape(context)
    return _structural(shape) if shape else Abstention(NAME, structure.why_unknown(context.text))


def _structural(answer: structure.Structural) -> Verdict:
    return Verdict(NAME, answer.category, answer.subcategory, answer.confidence, one_line(answer.root_cause), answer.reason)


def _settled(
    context: ErrorContext, ranked: Sequence[Ranked], lines: Sequence[str], data: bytes, headline: bool
) -> Verdict | Abstention:
    winner = ranked[0].match
    if winner.parameters.get("exit_code") == structure.KILLED and structure.stopped(context.text):
        return Abstention(NAME, f"exit code {structure.KILLED}, and the text speaks of a limit or a cancellation")
    if winner.rule.priority < CAUSE and "exit_code" not in winner.parameters and structure.wrapper(lines[winner.line]):
        return Abstention(NAME, f"rule {winner.rule.name} matched a line that says only that something failed")
    certain = confidence(ranked, headline_known=headline)
    if certain < LEAST:
        return Abstention(NAME, f"{_reason(context, ranked)}; too many other answers are as good")
    same = [item.match for item in ranked if item.match.rule.category == winner.rule.category]
    return Verdict(
        NAME,
        winner.rule.category,
        winner.rule.subcategory,
        certain,
        render(winner.rule.summary, winner.parameters),
        _reason(context, ranked),
        evidence(context, lines, data, same),
        tuple(Alternative(category, share) for category, share in shares(ranked, certain)),
        dict(winner.parameters),
    )


def _reason(context: ErrorContext, ranked: Sequence[Ranked]) -> str:
    winner = ranked[0]
    said = f"rule {winner.match.rule.name} matched line {_line(context, winner.match)}"
    other = next((item for item in ranked[1:] if item.match.rule.category != winner.match.rule.category), None)
    if other is None:
        return said
    return f"{said}; chosen over {other.match.rule.name} (line {_line(context, other.match)}) because {why(winner, other)}"


def _line(context: ErrorContext, match: Match) -> int:
    return context.line_of(match.line)
