"""Decides between the rules that matched one text, and how sure the answer is (pure functions).

The order: priority first (a symptom never beats a cause), then position (the root of a chain of causes, then the line nearest to
the headline, or the first one where no headline is known), then a project's own rule, then the more specific pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from error_classification.classification.rules.definitions import Match
from error_classification.classification.rules.specificity import specificity

CHAIN_LINES = 400
"""Longest chain of causes, in lines."""
CHAIN_GAP = 3
"""Lines of a message that may stand between two links of a chain."""
FAR_LINES = 25
"""Beyond this distance, in lines, from the headline a match is weaker evidence."""
CLOSE_LINES = 3
"""Rivals within this distance, in lines, are as good an answer by position."""

RIVAL_CLOSE, RIVAL_FAR, FAR, AGREEMENT = 0.88, 0.96, 0.9, 0.25
"""The factors of ``confidence``: set by judgement, not fitted."""
BOUNDS = (0.05, 0.99)

_WHYS = (
    "it names a cause more surely",
    "it is the root of the chain of causes",
    "its line is nearer to the failure",
    "it is a rule of the project",
    "it is more specific",
    "it is listed first",
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A match with its place in the order: ``key`` sorts, and its parts are explained by ``_WHYS``."""

    match: Match
    key: tuple[int, int, int, int, int, int]

    @property
    def distance(self) -> int:
        """Lines from the headline, or from the first match where there is none."""
        return self.key[2]


def rank(matches: Sequence[Match], lines: Sequence[str], headline: int | None) -> list[Ranked]:
    """The ``matches`` (given in the order of the text), best first.

    ``headline`` is the index of the line that the extractor takes for the cause.
    """
    places = _places(matches)
    anchor = places[0] if headline is None else headline
    links = _chain(lines, anchor)
    placed = enumerate(zip(matches, places, strict=True))
    return sorted(
        (Ranked(match, _key(match, place, index, links, anchor)) for index, (match, place) in placed), key=lambda item: item.key
    )


def _places(matches: Sequence[Match]) -> list[int]:
    """The line of every match; one that begins within the match before it stands at the same place as that."""
    places: list[int] = []
    end = place = -1
    for match in matches:
        if match.start >= end:
            place = match.line
        end = max(end, match.end)
        places.append(place)
    return places


def _key(match: Match, place: int, index: int, links: Sequence[int], anchor: int) -> tuple[int, int, int, int, int, int]:
    rule = match.rule
    depth = next((depth for depth, link in enumerate(links, 1) if match.line - link in (0, 1)), 0)
    distance = 0 if depth else abs(place - anchor)
    return (-rule.priority, -depth, distance, -rule.user, -specificity(rule.pattern), index)


def _chain(lines: Sequence[str], anchor: int) -> list[int]:
    """The lines ``Caused by:`` of the exception at ``anchor``, outermost first.

    Stack frames and nested messages are indented, so the chain ends where more than ``CHAIN_GAP`` lines in a row are not.
    """
    links: list[int] = []
    foreign = 0
    for index, line in enumerate(lines[anchor + 1 : anchor + CHAIN_LINES], anchor + 1):
        if line[:80].lstrip().startswith("Caused by:"):
            links.append(index)
            foreign = 0
        elif line[:1].strip():
            foreign += 1
            if foreign > CHAIN_GAP:
                break
    return links


def why(winner: Ranked, loser: Ranked) -> str:
    """The first part of the order in which ``winner`` is ahead of ``loser``."""
    return next(text for text, one, other in zip(_WHYS, winner.key, loser.key, strict=True) if one != other)


def rivals(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best match of every category but the winner's, of the winner's priority, best first."""
    winner = ranked[0].match.rule
    best: dict[str, Ranked] = {}
    for item in ranked[1:]:
        rule = item.match.rule
        if rule.category != winner.category and rule.priority == winner.priority:
            best.setdefault(rule.category, item)
    return list(best.values())


def confidence(ranked: Sequence[Ranked], *, headline_known: bool) -> float:
    """The probability that the winner's category is right.

    It starts from the winner's prior; every other category that matched with the same priority takes a share (more if it is as
    near), a winner far from a known headline loses a tenth, and each further rule of the same category (two at most) closes
    a quarter of the gap to certainty.
    """
    winner, value = ranked[0], ranked[0].match.rule.confidence
    for rival in rivals(ranked):
        close = abs(rival.match.line - winner.match.line) <= CLOSE_LINES and rival.key[1] == winner.key[1]
        value *= RIVAL_CLOSE if close else RIVAL_FAR
    if headline_known and winner.distance > FAR_LINES:
        value *= FAR
    agreeing = sum(item.match.rule.category == winner.match.rule.category for item in ranked[1:])
    for _ in range(min(agreeing, 2)):
        value += (1 - value) * AGREEMENT
    return round(min(max(value, BOUNDS[0]), BOUNDS[1]), 3)


def shares(ranked: Sequence[Ranked], certain: float) -> list[tuple[str, float]]:
    """The rivals' categories with their part of what ``certain`` leaves, by their priors."""
    others = rivals(ranked)
    total = sum(item.match.rule.confidence for item in others)
    return [(item.match.rule.category, round((1 - certain) * item.match.rule.confidence / total, 3)) for item in others]
