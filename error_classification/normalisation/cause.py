"""Finds the cause in the clothes of its format: what failed, not where it was printed.

Choices that shape every hash:

* Of chained Python exceptions the last one counts: JUnit's message, pytest's summary and the end of a log show it. Of Java's and
  Rust's "Caused by" chains the innermost counts: the outer ones (a context that did not load) are the same for many causes.
* An assertion's type is no part of the cause where it has a message: half of the formats leave it out.
* A compiler's file is no part of the cause, unless the message names no symbol ("mismatched types"): then it is the frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

import re2

from error_classification.normalisation.frames import nearest_frame
from error_classification.normalisation.generic import Telling
from error_classification.normalisation.normalise import regex_options, strip_ansi
from error_classification.normalisation.reading import Cause, read_find, read_message
from error_classification.normalisation.shapes import find_shapes

MAX_TEXT = 65_536
_MAX_LINE = 2_000
_MAX_LINES = 8
_TIME_STAMP = re.compile(
    r"^(?:[^\t\n]{1,200}\t[^\t\n]{1,200}\t)?"  # job and step, as `gh run view --log` has them
    r"\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ",
    re.MULTILINE,
)
_COMMAND = re.compile(r"^(?:##\[error\]|::error[^:\n]*::)", re.MULTILINE)
_WORDS = (
    r"error|fail|fatal|cannot|can't|could not|couldn't|not found|no such|denied|unable|invalid|missing|refused|exceed|unexpected|"
    r"undefined|abort|killed|timed? ?out|panic|exception|expected|unresolved|unknown|unsupported|conflict|corrupt|mismatch"
)


def cause_of(text: str, headline: str = "") -> Cause:
    """The cause of one failure. ``headline``: the line of ``text`` that is taken for it, where that is known.

    At most 64 Ki characters are looked at: the first and the last.
    """
    text = _cut(text)
    found = _first_telling(_candidates(text, _without_margins(headline[:_MAX_LINE]).strip()))
    if found.telling is Telling.CAUSE:
        return replace(found, frame="") if found.frame else found
    return replace(found, frame=found.frame or nearest_frame(text))


def _first_telling(candidates: Iterator[Cause]) -> Cause:
    """The first that says what failed; a bare one ends the search; a wrapper only where there is nothing else."""
    wrapper = Cause("", "", telling=Telling.WRAPPER)
    for cause in candidates:
        if cause.telling is not Telling.WRAPPER:
            return cause
        wrapper = wrapper if wrapper.text else cause
    return wrapper


def _cut(text: str) -> str:
    if len(text) > MAX_TEXT:
        half = MAX_TEXT // 2
        text = text[:half] + "\n" + text[-half:]
    return _without_margins(text)


def _without_margins(text: str) -> str:
    """Without colours, CI time stamps, and with one spelling for "this line is an error"."""
    text = strip_ansi(text).replace("\r\n", "\n").replace("\r", "\n")
    if "Z " in text:
        text = _TIME_STAMP.sub("", text)
    return _COMMAND.sub("Error: ", text) if "##[" in text or "::error" in text else text


def _candidates(text: str, headline: str) -> Iterator[Cause]:
    """Causes in order of trust: the form that the headline is part of, the headline, any form in the text, any line."""
    data = text.encode("utf-8", "surrogatepass")
    if headline:
        yield from _around(data, headline.encode("utf-8", "surrogatepass"))
        yield read_message(headline)
    for find in find_shapes(data):
        yield read_find(data, find)
    yield from _plain(data)


def _around(data: bytes, headline: bytes) -> Iterator[Cause]:
    """What has a form and overlaps the headline, or is the end of what it begins; a headline from elsewhere stands alone."""
    start = data.find(headline)
    if start < 0:
        data, start = headline, 0
    for find in find_shapes(data):
        if find.end > start and (find.shape.onward or find.start < start + len(headline)):
            yield read_find(data, find)


def _plain(data: bytes) -> Iterator[Cause]:
    """Lines without a known form: first those with a word that tells of errors, then any."""
    for expression in _lines():
        for match in islice(expression.finditer(data), _MAX_LINES):
            yield read_message(match[0][:_MAX_LINE].decode("utf-8", "replace"))


@cache
def _lines() -> tuple[re2._Regexp, re2._Regexp]:
    telling = rf"(?mi)^[^\n]*(?:{_WORDS})[^\n]*$"
    return re2.compile(telling.encode(), regex_options(captures=False)), re2.compile(rb"[^\n]*[^\s][^\n]*", regex_options())
