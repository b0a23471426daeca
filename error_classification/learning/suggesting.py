"""Proposes rules for errors that nobody but people and the language model settled.

Errors whose lines are alike form a cluster; of one that occurs often enough and nearly always has one answer the lines are
generalised to a pattern. A pattern that matches the text of any other answer, or an example of a rule that there is already, is
refused. Nothing is learned by itself: what comes out is for a person to read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

import re2

from error_classification.classification.rules import Rule
from error_classification.classification.rules.definitions import CAUSE, ROOT_CAUSE
from error_classification.classification.rules.literals import COMMON, required_literals
from error_classification.classification.rules.matching import Matcher, options, source
from error_classification.classification.rules.settling import rank
from error_classification.classification.rules.specificity import specificity
from error_classification.classification.rules.structure import wrapper
from error_classification.classification.wording import one_line
from error_classification.learning.haystack import Haystack
from error_classification.learning.patterns import Pattern, patterns
from error_classification.learning.settled import Sample, Settled
from error_classification.learning.similarity import Alike, similarity, words
from error_classification.learning.templates import template
from error_classification.models import UNCLASSIFIED
from error_classification.normalisation.generic import Telling, how_telling
from error_classification.normalisation.normalise import normalise

ALIKE = 0.6
"""Share of words that the lines of a cluster have in common with its first one."""
LEAST_SPECIFIC = 12
"""Literal characters that a pattern must have."""
LEAST_WORDS = 2
"""Words that a pattern must have of which not every log is full."""
PRIOR, STRENGTH = 0.75, 2.0
"""What a rule is worth before anything is known of it, and how many errors that counts for (the m-estimate: Cestnik, "Estimating
Probabilities: A Crucial Task in Machine Learning", ECAI 1990)."""
_BOUNDS = (0.5, 0.95)
_MOST_LINES, _MOST_HITS, _MOST_MISSES = 40, 5, 3
_LIKELY = 50
"""Samples with most words in common, among which the most similar ones are looked for."""
_SLUG = re.compile(r"[^a-z]+")
_PLACEHOLDER = re.compile(r"\{\w*\}|…")
_ENDINGS = frozenset(("finished", "failure", "failures", "completed", "ended", "aborted", "stopped", "process", "job", "stage"))
"""Words of lines that say that something ended, besides ``COMMON``."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """``least``: occurrences of a cluster; ``share``: of them, how many must have one category."""

    least: int = 10
    share: float = 0.9


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule, the errors that it matches (hashes), and of their cluster how often it occurred and the share of the category."""

    rule: Rule
    hashes: tuple[str, ...]
    occurrences: int
    share: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cluster that is large and pure enough, and why no rule comes of it."""

    line: str
    occurrences: int
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is proposed, most frequent first, and what is not."""

    suggestions: tuple[Suggestion, ...]
    refusals: tuple[Refusal, ...]
    considered: int = 0
    """Errors that nobody but people and the language model settled."""
    most_alike: int = 0
    """Times that the most frequent cluster of them was seen."""


def suggest(settled: Settled, rules: Sequence[Rule], thresholds: Thresholds) -> Suggestions:
    """Rules for the open errors of ``settled``, to stand beside ``rules``. The same store gives the same suggestions."""
    proposed: list[Suggestion] = []
    refused: list[Refusal] = []
    names = {rule.name for rule in rules}
    store = _Store(settled, rules)
    found_alike = clusters(settled.open)
    for cluster in found_alike:
        total = sum(sample.occurrences for sample in cluster)
        label, share = _label(cluster)
        if total < thresholds.least or share < thresholds.share or label[0] == UNCLASSIFIED:
            continue
        mine = [sample for sample in cluster if sample.category == label[0]]
        found = _rule(mine, label, store, names)
        if isinstance(found, str):
            refused.append(Refusal(mine[0].lines[0], total, found))
        else:
            names.add(found[0].name)
            proposed.append(Suggestion(*found, total, share))
    most = max((sum(sample.occurrences for sample in cluster) for cluster in found_alike), default=0)
    return replace(_placed(proposed, refused, rules), considered=len(settled.open), most_alike=most)


def clusters(samples: Iterable[Sample]) -> list[list[Sample]]:
    """Samples whose lines are alike, those of the most frequent first sample first."""
    found: list[list[Sample]] = []
    firsts = Alike(ALIKE)
    for sample in samples:
        home = firsts.first(sample.words)
        if home is None:
            firsts.add(sample.words)
            found.append([sample])
        else:
            found[home].append(sample)
    return sorted(found, key=lambda cluster: -sum(sample.occurrences for sample in cluster))


def _label(cluster: Sequence[Sample]) -> tuple[tuple[str, str], float]:
    """The most frequent answer of the most frequent category, and that category's share of the occurrences."""
    categories: Counter[str] = Counter()
    labels: Counter[tuple[str, str]] = Counter()
    for sample in cluster:
        categories[sample.category] += sample.occurrences
        labels[sample.label] += sample.occurrences
    category = min(categories, key=lambda name: (-categories[name], name))
    label = min((each for each in labels if each[0] == category), key=lambda each: (-labels[each], each))
    return label, categories[category] / categories.total()


class _Store:
    """What a pattern must not match: texts of other answers, and the examples of rules."""

    def __init__(self, settled: Settled, rules: Sequence[Rule]) -> None:
        self._samples = (*settled.open, *settled.others)
        self._labels = {sample.error_hash: "/".join(filter(None, sample.label)) for sample in self._samples}
        self._examples = Haystack((rule.name, hit) for rule in rules for hit in rule.hits)
        self._texts: dict[str, Haystack] = {}

    def others(self, category: str) -> list[Sample]:
        """The samples that are not of this category."""
        return [sample for sample in self._samples if sample.category != category]

    def objection(self, pattern: re2._Regexp, category: str) -> str:
        """What ``pattern`` matches though it is not of ``category``; empty where there is nothing."""
        if category not in self._texts:
            others = self.others(category)
            self._texts[category] = Haystack((each.error_hash, text) for each in others for text in (*each.texts, *each.lines))
        if other := self._texts[category].first(pattern):
            return f"its pattern also matches {other}, which is {self._labels[other]}"
        rule = self._examples.first(pattern)
        return f"its pattern also matches an example of the rule {rule}" if rule else ""


def _rule(
    mine: Sequence[Sample], label: tuple[str, str], store: _Store, names: set[str]
) -> tuple[Rule, tuple[str, ...]] | str:
    """The rule for ``mine`` with the hashes of those that it matches, or why there is none."""
    lines = list(dict.fromkeys(line for sample in mine for line in sample.lines))[:_MOST_LINES]
    if all(wrapper(line) or how_telling("", normalise(line).text) is Telling.WRAPPER for line in lines):
        return "its lines only say that something failed"
    reason = "its lines have too little in common"
    for pattern in patterns(template(lines)):
        found = _compiled(pattern, lines)
        reason = found if isinstance(found, str) else store.objection(found, label[0])
        if not isinstance(found, str) and not reason:
            hits, misses = _hits(lines), _misses(found, mine[0], store.others(label[0]))
            if not misses:
                return "no text is known that it must not match"
            rule = Rule(
                name=_name(pattern.summary, names),
                pattern=pattern.source,
                category=label[0],
                subcategory=label[1],
                summary=one_line(pattern.summary),
                confidence=_confidence(mine),
                hits=hits,
                near_misses=misses,
                user=True,
            )
            return rule, tuple(each.error_hash for each in mine if all(found.search(line.encode()) for line in each.lines))
    return reason


def _compiled(pattern: Pattern, lines: Sequence[str]) -> re2._Regexp | str:
    """The compiled pattern, or what is wrong with it."""
    telling = {word for word in words(_PLACEHOLDER.sub(" ", pattern.summary)) if len(word) > 1} - COMMON - _ENDINGS
    if len(telling) < LEAST_WORDS or specificity(pattern.source) < LEAST_SPECIFIC or not required_literals(pattern.source):
        return "its lines have too little in common"
    try:
        compiled = re2.compile(source(pattern.source).encode(), options())
    except re2.error:
        return "its pattern is too large"
    if not all(compiled.search(line.encode()) for line in lines):
        return "its pattern does not match all of its own lines"
    return compiled


def _hits(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that differ as much as may be: each is the one least like those before it."""
    chosen = [lines[0]]
    while len(chosen) < min(_MOST_HITS, len(lines)):
        rest = [line for line in lines if line not in chosen]
        chosen.append(min(rest, key=lambda line: max(_likeness(line, other) for other in chosen)))
    return tuple(chosen)


def _likeness(one: str, other: str) -> float:
    return similarity(tuple(one.split()), tuple(other.split()))


def _misses(compiled: re2._Regexp, mine: Sample, others: Sequence[Sample]) -> tuple[str, ...]:
    """The lines of other answers that are most like the rule's own."""
    own = set(mine.words)
    likely = nsmallest(_LIKELY, others, key=lambda sample: (-len(own.intersection(sample.words)), sample.error_hash))
    near = sorted(likely, key=lambda sample: (-similarity(sample.words, mine.words), sample.error_hash))[:_MOST_MISSES]
    found = tuple(dict.fromkeys(sample.lines[0] for sample in near if sample.lines[0]))
    return found or tuple(filter(None, [_altered(compiled, mine.lines[0])]))


def _altered(compiled: re2._Regexp, line: str) -> str:
    """Where the store knows no other answer: the line without the longest of its words that the pattern cannot do without."""
    for word in sorted(set(line.split()), key=lambda each: (-len(each), each)):
        altered = " ".join(each for each in line.split() if each != word)
        if altered and not compiled.search(altered.encode()):
            return altered
    return ""


def _confidence(mine: Sequence[Sample]) -> float:
    """The share of errors with this answer, as far as their judges were sure, smoothed; how often one occurs proves nothing."""
    value = (sum(sample.confidence for sample in mine) + STRENGTH * PRIOR) / (len(mine) + STRENGTH)
    return round(min(max(value, _BOUNDS[0]), _BOUNDS[1]), 2)


def _name(summary: str, taken: set[str]) -> str:
    bare = _PLACEHOLDER.sub(" ", summary)
    slug = "_".join([word for word in _SLUG.split(bare.lower()) if len(word) > 2][:5]) or "rule"
    names = (f"suggested.{slug}", *(f"suggested.{slug}_{number}" for number in range(2, 1_000)))
    return next(name for name in names if name not in taken)


def _placed(proposed: Sequence[Suggestion], refused: Sequence[Refusal], rules: Sequence[Rule]) -> Suggestions:
    """Those that decide their own hits among all rules, with the priority that they need for it."""
    matcher = Matcher((*rules, *(item.rule for item in proposed)))
    kept, refusals = [], list(refused)
    for item in proposed:
        fitting = (each for each in (CAUSE, ROOT_CAUSE) if _decides(matcher, item.rule, each))
        priority = next(fitting, None)
        if priority is None:
            refusals.append(Refusal(item.rule.hits[0], item.occurrences, "other rules decide its own lines"))
        else:
            kept.append(replace(item, rule=replace(item.rule, priority=priority)))
    return Suggestions(tuple(kept), tuple(refusals))


def _decides(matcher: Matcher, rule: Rule, priority: int) -> bool:
    """Whether ``rule``, with this priority, decides a hit of its own, and no rule of another category does."""
    winners = [_winner(matcher, rule, hit, priority) for hit in rule.hits]
    own = any(winner is not None and winner.name == rule.name for winner in winners)
    return own and all(winner is not None and winner.category == rule.category for winner in winners)


def _winner(matcher: Matcher, rule: Rule, hit: str, priority: int) -> Rule | None:
    matches = matcher.matches(hit.encode())
    own = [replace(match, rule=replace(rule, priority=priority)) if match.rule is rule else match for match in matches]
    return rank(own, hit.split("\n"), None)[0].match.rule if own else None
