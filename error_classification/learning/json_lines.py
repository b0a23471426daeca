"""Lines of JSON from files that somebody sent: read one at a time, none longer than it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO, TypeAlias

from error_classification.errors import InputError

Json: TypeAlias = Mapping[str, object]

_LONGEST_REASON = 200


def numbered(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, from 1, blank ones left out; of one with more than ``longest`` bytes the beginning, too long
    for ``json_object``."""
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        if line.strip():
            yield number, line
        while len(line) > longest and not line.endswith(b"\n"):
            line = stream.readline(longest + 1)


def json_object(line: bytes, longest: int) -> Json:
    """The object of a line, a mark of UTF-8 aside. Raises ``InputError`` where there is none."""
    if len(line) > longest:
        raise InputError(f"longer than {longest >> 20} MB")
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"no JSON: {error}"[:_LONGEST_REASON]) from None
    if not isinstance(value, dict):
        raise InputError("no JSON object")
    return value
