"""Errors by hand and small models for the tests of the model judge."""

from __future__ import annotations

from functools import cache

from error_classification.classification.model import Header, ModelJudge, Weights, features, packed, unpacked
from error_classification.models import ErrorContext, FingerprintedError, SourceType
from error_classification.normalisation.fingerprint import fingerprint


@cache
def judge() -> ModelJudge:
    """The program's own."""
    return ModelJudge()


def error(text: str, headline: str = "", kind: SourceType = SourceType.TEXT, **known: object) -> FingerprintedError:
    return fingerprint(ErrorContext(kind, "input", text, 1, headline=headline, **known))  # type: ignore[arg-type]


def header(**changes: object) -> Header:
    values: dict[str, object] = {
        "version": "0123456789ab",
        "categories": ("network_error", "timeout", "unclassified"),
        "subcategories": ("network_error/dns", "network_error/connection", "timeout/test"),
        "zones": {"head": 2.0, "text": 1.0, "shape": 1.0},
        "step": 0.01,
        "fine_step": 0.01,
        "bias": (0.0, 0.0, 0.0),
        "fine_bias": (0.0, 0.1, 0.0),
        "temperature": 1.0,
        "thresholds": {"network_error": 0.5, "timeout": 0.5},
        "least_known": 0.1,
        "trained_on": {"zoo": 3},
        "measured": {"accuracy": 0.5},
    }
    return Header(**(values | changes))  # type: ignore[arg-type]


NAMES = ("head refused", "head resolve", "head timed out", "text refused", "head chatter")
ROWS = ((1500, -700, -800), (1200, -500, -700), (-900, 1700, -800), (300, -100, -200), (-1000, -1000, 2000))
FINE_ROWS = ((-500, 900, 0), (1400, -600, 0))
"""``refused`` is a connection, ``resolve`` is DNS."""


def file(**changes: object) -> bytes:
    """A model of three words."""
    return packed(header(**changes), NAMES, ROWS, FINE_ROWS)


def weights(**changes: object) -> Weights:
    return unpacked(file(**changes), "small")


def small_judge(**changes: object) -> ModelJudge:
    return ModelJudge(lambda: weights(**changes))


def head(text: str, **known: object) -> tuple[str, ...]:
    return features(error(text, **known)).head  # type: ignore[arg-type]
