"""Short texts that an expression matches: one for each of its alternatives, however deep they stand."""

from __future__ import annotations

import re
from itertools import product
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST = 400
"""More examples than this of one expression are not made."""
_ANYTHING = " x "
_OF_CATEGORY = {
    code.CATEGORY_DIGIT: "7",
    code.CATEGORY_SPACE: " ",
    code.CATEGORY_WORD: "x",
    code.CATEGORY_NOT_DIGIT: "x",
    code.CATEGORY_NOT_SPACE: "x",
    code.CATEGORY_NOT_WORD: "-",
}
_TRIED = "xyz 7-/\"'"


def examples(pattern: str) -> list[str]:
    """What is optional is there once, what repeats as seldom as it may; look-around is not known here."""
    return list(dict.fromkeys(_sequence(parser.parse(pattern))))


def _sequence(nodes: Any) -> list[str]:
    found = [""]
    for operator, argument in nodes:
        found = ["".join(pair) for pair in product(found, _node(operator, argument))][:MOST]
    return found


def _node(operator: Any, argument: Any) -> list[str]:
    if operator is code.LITERAL:
        return [chr(argument)]
    if operator is code.NOT_LITERAL:
        return [next(char for char in _TRIED if ord(char) != argument)]
    if operator is code.ANY:
        return ["x"]
    if operator is code.IN:
        return [_one_of(argument)]
    if operator is code.BRANCH:
        return [text for branch in argument[1] for text in _sequence(branch)]
    if operator is code.SUBPATTERN:
        return _sequence(argument[-1])
    if operator in (code.MAX_REPEAT, code.MIN_REPEAT):
        least, _, repeated = argument
        if [kind for kind, _ in repeated] == [code.ANY]:
            return [_ANYTHING]
        return [text * max(least, 1) for text in _sequence(repeated)]
    assert operator is code.AT, operator
    return [""]


def _one_of(members: Any) -> str:
    if members[0][0] is not code.NEGATE:
        return _member(*members[0])
    allowed = re.compile("".join(("[^", *(_as_written(*member) for member in members[1:]), "]")))
    return next(char for char in _TRIED if allowed.match(char))


def _member(kind: Any, value: Any) -> str:
    if kind is code.CATEGORY:
        return _OF_CATEGORY[value]
    return chr(value if kind is code.LITERAL else value[0])


def _as_written(kind: Any, value: Any) -> str:
    if kind is code.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if kind is code.LITERAL:
        return re.escape(chr(value))
    return str({code.CATEGORY_DIGIT: r"\d", code.CATEGORY_SPACE: r"\s", code.CATEGORY_WORD: r"\w"}[value])
