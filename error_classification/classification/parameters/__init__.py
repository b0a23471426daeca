"""Which token of an error is the missing module, the failing test, the host, the limit: what the verdict's judge does not say.

Small extractors, one table of patterns for each parameter (``tables.EXTRACTORS``), are chosen by the verdict's category and
subcategory. The lines that the verdict rests on are read first, then the whole text; what is found has the shape of its kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TypeAlias

import re2

from error_classification.classification.parameters.shapes import SHAPES
from error_classification.classification.parameters.tables import EXTRACTORS, FROM_CONTEXT, SYNONYMS
from error_classification.models import Abstention, ErrorContext, Verdict

Answer: TypeAlias = Verdict | Abstention

MOST_CHARACTERS = 16_000
"""Of a text that are read."""
_LONGEST = 200
_MOST_TRIES = 4
"""Matches of one pattern that are looked at."""


def with_parameters(answer: Answer, context: ErrorContext) -> Answer:
    """``answer`` with the parameters that its error shows; what the judge itself gave stays."""
    if isinstance(answer, Abstention):
        return answer
    given = _split(answer.parameters)
    found = {**given, **parameters_of(answer, context, _meant(given))}
    return replace(answer, parameters=found) if found != answer.parameters else answer


def _split(parameters: Mapping[str, str]) -> dict[str, str]:
    """A host with its port is two parameters."""
    host, colon, port = parameters.get("host", "").rpartition(":")
    if colon and SHAPES["port"](port) and SHAPES["host"](host) and "port" not in parameters:
        return {**parameters, "host": host, "port": port}
    return dict(parameters)


def _meant(names: Iterable[str]) -> frozenset[str]:
    """The names of extractors whose parameter is there already, under whichever name."""
    return frozenset(other for name in names for other in (name, *SYNONYMS.get(name, ())))


def parameters_of(verdict: Verdict, context: ErrorContext, known: Collection[str] = ()) -> dict[str, str]:
    """What the extractors for the verdict's label find, by name; not those of the names that are ``known``."""
    label = f"{verdict.category}/{verdict.subcategory}"
    chosen = [name for name, each in EXTRACTORS.items() if not each.labels.isdisjoint((label, verdict.category))]
    chosen = [name for name in chosen if name not in known]
    if not chosen:
        return {}
    passages = list(_passages(verdict, context))
    found = {name: _first(name, context, passages) for name in chosen}
    return {name: value for name, value in found.items() if value}


def _passages(verdict: Verdict, context: ErrorContext) -> Iterator[bytes]:
    """The lines that the verdict rests on, then all."""
    for text in (*(item.text for item in verdict.evidence), context.headline):
        if text:
            yield text[:MOST_CHARACTERS].encode("utf-8", "replace")
    yield context.text[:MOST_CHARACTERS].encode("utf-8", "replace")


def _first(name: str, context: ErrorContext, passages: list[bytes]) -> str:
    fits = SHAPES[name]
    known = FROM_CONTEXT[name](context) if name in FROM_CONTEXT else ""
    if known and fits(known):
        return known
    for passage in passages:
        for pattern in _compiled(name):
            for value in _values(pattern, passage):
                if fits(value):
                    return value
    return ""


def _values(pattern: re2._Regexp, passage: bytes) -> Iterator[str]:
    for number, match in enumerate(pattern.finditer(passage)):
        if number == _MOST_TRIES:
            return
        value = next((group for group in match.groups() if group), b"")
        yield value.decode("utf-8", "replace")[:_LONGEST].strip().strip("`'\"‘’“”")


@cache
def _compiled(name: str) -> tuple[re2._Regexp, ...]:
    options = re2.Options()
    options.log_errors = False
    return tuple(re2.compile(f"(?m){pattern}".encode(), options) for pattern in EXTRACTORS[name].patterns)
