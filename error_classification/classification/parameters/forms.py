"""What the tables of extractors are made of."""

from __future__ import annotations

from dataclasses import dataclass

QUOTE, END = r"[`'\"‘“]", r"[`'\"’”]"
MODULE = r"([@\w][\w.@/+-]*)"
PACKAGE = r"([@\w][\w.@/+-]*(?:\[[\w,]+\])?(?: ?(?:[=<>~^!]=?=?) ?[\w.*+!-]+)?)"
HOST = r"([A-Za-z0-9][\w.-]*[A-Za-z0-9])"
PATH = r"((?:[A-Za-z]:)?[\w.@+~/\\-]*[\w@+~-])"
AMOUNT = r"(\d[\d.]*(?: ?(?:ms|millis(?:econds)?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|[kKMGT]i?B?|bytes))\b)"


@dataclass(frozen=True, slots=True)
class Extractor:
    """``labels``: categories, or ``category/subcategory``, whose errors have such a parameter.

    ``patterns`` are RE2 over UTF-8; the first group that takes part is the value. The order is that of trust: a form that has
    only one meaning stands before one that has several.
    """

    labels: frozenset[str]
    patterns: tuple[str, ...]


def of(*labels: str) -> frozenset[str]:
    """The labels of an extractor."""
    return frozenset(labels)
