"""Hypothesis strategies and a builder for the values of ``models``, shared by tests of several stages."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_type_hints

from hypothesis import strategies as st

from error_classification import models, taxonomy

TEXT = st.text(max_size=20)
HASHES = st.text("0123456789abcdef", min_size=16, max_size=16)
TIMES = st.datetimes(timezones=st.just(UTC))
SHARES = st.floats(0, 1)
NUMBERS = st.integers(0, 2**40)

_BY_TYPE: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: NUMBERS,
    float: SHARES,
    datetime: TIMES,
    datetime | None: st.none() | TIMES,
    int | None: st.none() | st.integers(-(2**31), 2**31),
    Mapping[str, str]: st.dictionaries(TEXT, TEXT, max_size=3),
    tuple[int, ...]: st.lists(NUMBERS, max_size=4).map(tuple),
}


def every_field(cls: type[Any], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Instances of a dataclass with a drawn value for every field, also for those that have a default."""
    hints = get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]
    drawn = {name: _BY_TYPE[hints[name]] if hints[name] in _BY_TYPE else st.from_type(hints[name]) for name in names}
    return st.builds(cls, **(drawn | given))


USAGES = every_field(models.Usage)
VERDICTS = every_field(
    models.Verdict,
    category=st.sampled_from([category.name for category in taxonomy.CATEGORIES]),
    usage=USAGES,
    evidence=st.lists(every_field(models.Evidence), max_size=3).map(tuple),
    alternatives=st.lists(every_field(models.Alternative), max_size=3).map(tuple),
)
ABSTENTIONS = every_field(models.Abstention, usage=USAGES, certainty=st.just(0.0))
CLASSIFICATIONS = every_field(
    models.ErrorClassification,
    error_id=st.uuids().map(lambda uuid: uuid.hex),
    error=every_field(models.FingerprintedError, error_hash=HASHES, context=every_field(models.ErrorContext)),
    run=every_field(models.RunContext),
    answer=VERDICTS | ABSTENTIONS,
    method=st.sampled_from(["realtime", "batch"]),
)
