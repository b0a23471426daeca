"""What a verdict shows of the text: evidence lines, the root cause in one sentence (pure functions)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from error_classification.classification.rules.definitions import Match
from error_classification.classification.rules.details import details
from error_classification.classification.wording import MAX_EVIDENCE, one_line
from error_classification.models import ErrorContext, Evidence

MAX_EVIDENCE_LINES = 3
"""Matches whose lines are shown."""
LEAD = 100
"""How many characters before the match are kept of a line that is too long."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DANGLING = re.compile(r"\s+(?:in|of|on|at|for|from|to|by|with|as|is|named)\s*$")
_EMPTY_QUOTES = re.compile(r"\s*(?:''|\"\"|``|\(\s*\))")


def render(template: str, parameters: Mapping[str, str]) -> str:
    """The summary of a rule; a group that took no part leaves nothing behind, neither its quotes nor its preposition."""
    text = PLACEHOLDER.sub(lambda found: parameters.get(found[1], ""), template)
    if any(name not in parameters for name in PLACEHOLDER.findall(template)):
        text = _DANGLING.sub("", _EMPTY_QUOTES.sub("", text))
    return one_line(text).rstrip(" :,.")


def evidence(context: ErrorContext, lines: Sequence[str], data: bytes, matches: Sequence[Match]) -> tuple[Evidence, ...]:
    """The line of the first match, the details after it, and the lines of the other matches, each once.

    ``data`` is the text in UTF-8, ``lines`` are its lines.
    """
    places = {match.line: _window(lines[match.line], data, match.start) for match in reversed(matches)}
    matched = list(dict.fromkeys(match.line for match in matches))[:MAX_EVIDENCE_LINES]
    chosen = dict.fromkeys((*matched[:1], *details(lines, matched[0]), *matched[1:])) if matched else ()
    texts = ((index, places.get(index, lines[index][:MAX_EVIDENCE].rstrip("\r"))) for index in chosen)
    return tuple(Evidence(context.line_of(index), text) for index, text in texts)


def _window(line: str, data: bytes, offset: int) -> str:
    """``line`` itself; of a long one the part that holds what is at the byte ``offset`` of ``data``."""
    if len(line) <= MAX_EVIDENCE:
        return line.rstrip("\r")
    column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode("utf-8", "ignore"))
    start = max(0, column - LEAD)
    return line[start : start + MAX_EVIDENCE]
