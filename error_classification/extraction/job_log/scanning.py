"""Finds the few lines of a log that say something about failures, in two steps.

One RE2 expression of words runs over the raw bytes (a DFA without captures: hundreds of MB/s) and picks candidate lines. Only
these are decoded, cleaned and matched against the table of signals, all at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import re2

from error_classification.extraction.job_log.table import Role, Signal, signals, words
from error_classification.extraction.job_log.windowing import Window
from error_classification.extraction.terminal import clean, strip_prefix

_SPEAKER = re.compile(
    r"(?:INFO|WARNING|ERROR|CRITICAL|FATAL|DEBUG) +- +(?:\w[\w ]{0,20}(?:\(\d{1,8}\))? \| )?"  # mozharness
    r"|(?:DEBUG|INFO|VERBOSE): (?=\S)"  # mock, koji
    r"|\[(?!(?:error|warn|info|debug|fatal|notice|trace)\w*\])[a-z][\w./:@-]{1,40}\] (?= {0,8}\S)"  # task runners: [build] text
    r"|\[Step \d{1,3}/\d{1,3}\] "  # TeamCity
    r"|\[rank\d+\]:(?:\[[^\]]{0,80}\] ?)?"  # torchrun
    r"|[A-Za-z][\w.-]{0,40}-\d{1,3} +\| "  # compose: web-1 | text
    r"|\| (?=\S)"  # bitbake
    r"|==\d{1,8}== (?=\S)"  # valgrind
    r"| *>> +\d{1,7} +"  # spack
    r"|[▸►▶] +"  # xcpretty
)
_GO_EVENT = '{"Time":"'
_GO_OUTPUT = re.compile(r'"Output":("(?:[^"\\]|\\.)*")')
_HARMLESS = r"(?:^|[\s\[|:])(?:INFO|WARNING|WARN|DEBUG|TRACE)(?:[\s\]|:]|$)"
_HARMLESS_LEVEL = re.compile(_HARMLESS)
_NO_HARMLESS_LEVEL = (
    r"(?:[^IWD\n]|I(?:[^N\n]|N(?:[^F\n]|F[^O\n]))|W(?:[^A\n]|A(?:[^R\n]|R[^N\n]))|D(?:[^E\n]|E(?:[^B\n]|B[^U\n])))"
)
"""One step through what is not INFO, WARN or DEBUG; RE2 has no look-around to say it with."""
_PREFIX_LIMIT = 120
"""A logger's level stands in so many first characters of a line."""
_BEATS_WRAPPER = 90
"""A line that a wrapper's signal matches too must weigh this much to count as the cause."""
_BEATS_LEVEL = 85
"""A line that was logged at a harmless level must weigh this much to count at all."""
_LINE_LIMIT = 1_200
_BEFORE_MATCH = 500
_ONE_EXPRESSION = 256 << 10
"""Bytes that the states of one expression may take; there are hundreds of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may matter: its place, as it was decoded (capped), and its text without prefix and colours."""

    number: int
    start: int
    end: int
    raw: str
    text: str


def candidates(windows: Iterable[Window]) -> Generator[tuple[Window, Candidate], None, int]:
    """The candidate lines of a log, in order, each with the window that it was found in. Returns the number of all lines."""
    number = 0
    for window in windows:
        number, counted = number or 1, window.lo
        for start, end, hit in _telling_lines(window):
            number += window.data.count(b"\n", counted, start)
            counted = start
            raw = decoded(window.data, start, end, hit)
            yield window, Candidate(number, start, end, raw, text_of(raw))
        number += window.data.count(b"\n", counted, window.hi)
    return number


def _telling_lines(window: Window) -> Iterator[tuple[int, int, int]]:
    """(start, end, end of the first telling word) of the lines in the scanned part that have one."""
    data, position = window.data, window.lo
    telling = _telling()
    while match := telling.search(data, position, window.hi):
        first, hit = match.span()
        start = max(data.rfind(b"\n", 0, first) + 1, window.lo)
        end = data.find(b"\n", hit, window.hi)
        end = window.hi if end < 0 else end
        yield start, end, hit
        position = end + 1


def decoded(data: bytes, start: int, end: int, hit: int | None = None) -> str:
    """A line, or of a very long one the part around ``hit``."""
    if end - start > _LINE_LIMIT:
        if hit is not None and hit - start > _LINE_LIMIT - _BEFORE_MATCH:
            start = hit - _BEFORE_MATCH
        end = min(end, start + _LINE_LIMIT)
    return data[start:end].decode("utf-8", "replace")


def text_of(raw: str) -> str:
    """The line without what the CI system, the terminal, and whoever relays another's words put before it."""
    text = strip_prefix(clean(raw.rstrip("\r"))).rstrip()
    if text.startswith(_GO_EVENT):
        return _output_of(text)
    speaker = _SPEAKER.match(text)
    return text[speaker.end() :] if speaker else text


def _output_of(event: str) -> str:
    """What the test printed, of an event of ``go test -json``; any other event says nothing of its own."""
    output = _GO_OUTPUT.search(event)
    if output is None:
        return ""
    try:
        return str(json.loads(output[1])).rstrip()
    except ValueError:  # cut off
        return event


def reading(candidate: Candidate) -> Signal | None:
    """The signal that decides for the line: the CI system's word, then proof, then noise, then whatever weighs most."""
    signal = _reading(candidate.text)
    return None if signal and _is_merely_logged(signal, candidate) else signal


def tells_end(text: str) -> bool:
    """True for the CI system's word that a step or the job failed."""
    signal = _reading(text)
    return signal is not None and signal.role in (Role.STEP_FAILED, Role.JOB_FAILED)


def _is_merely_logged(signal: Signal, candidate: Candidate) -> bool:
    """True for a weak word in a line that a logger gave a level such as INFO."""
    if signal.role is not Role.CAUSE or signal.verdict or signal.weight >= _BEATS_LEVEL:
        return False
    return _HARMLESS_LEVEL.search(candidate.raw[:_PREFIX_LIMIT]) is not None


@lru_cache(maxsize=16_384)
def _reading(text: str) -> Signal | None:
    """Logs repeat themselves, hence the cache."""
    found = signals_of(text)
    if not found:
        return None
    best = max(found, key=lambda signal: signal.weight)
    if any(signal.verdict and signal.role is Role.CAUSE for signal in found):
        best = replace(best, verdict=True)
    by_role = {signal.role: signal for signal in sorted(found, key=lambda signal: signal.verdict)}
    if told := by_role.get(Role.STEP_FAILED) or by_role.get(Role.JOB_FAILED) or by_role.get(Role.JOB_PASSED):
        return told
    if expected := by_role.get(Role.EXPECTED):
        return expected
    noise = by_role.get(Role.NOISE)
    if noise and noise.verdict:
        return None
    proof = max((signal.weight for signal in found if signal.verdict and signal.role is Role.CAUSE), default=0)
    if (summary := by_role.get(Role.SUMMARY)) and summary.weight > proof:
        return summary
    return _outweighed(best, noise, by_role)


def _outweighed(best: Signal, noise: Signal | None, by_role: dict[Role, Signal]) -> Signal | None:
    """What a tool says of its own run counts for more than a word in the same line, unless that is proof."""
    failed = by_role.get(Role.TOOL_FAILED)
    if failed and failed.verdict:
        return failed
    if not best.verdict and (passed := by_role.get(Role.TOOL_PASSED)):
        return passed
    if noise and not best.verdict:
        return None
    return failed if failed and not best.verdict and best.weight < _BEATS_WRAPPER else best


def signals_of(text: str) -> tuple[Signal, ...]:
    """Every signal that the line gives."""
    data = text.encode("utf-8", "replace")
    return tuple(rows[index] for automaton, rows in _automata() for index in automaton.Match(data) or ())


@cache
def _telling() -> re2._Regexp[bytes]:
    """The words that make a line a candidate: the strong ones anywhere, any other where no harmless level stands before it."""
    options = _options(48 << 20)
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are: a smaller automaton than with UTF-8
    return re2.compile(f"(?m)(?:{words('strong')}|^{_NO_HARMLESS_LEVEL}*?(?:{words('candidate')}))".encode(), options)


@cache
def _automata() -> tuple[tuple[re2.Set | re2.Filter, tuple[Signal, ...]], ...]:
    """The table in two parts.

    Expressions that begin a line share one automaton, which dies early in most lines. Of the others only those are tried whose
    literals the line holds: one automaton of them all would spend most of a log's time on building its states.
    """
    beginning, within = re2.Set.MatchSet(_options(16 << 20)), re2.Filter()
    anchored: list[Signal] = []
    floating: list[Signal] = []
    narrow = _options(_ONE_EXPRESSION)
    for signal in signals():
        for pattern in signal.patterns:
            if _is_anchored(pattern):
                beginning.Add(pattern[1:])
                anchored.append(signal)
            else:
                within.Add(pattern, narrow)
                floating.append(signal)
    beginning.Compile()
    within.Compile()
    return (beginning, tuple(anchored)), (within, tuple(floating))


def _is_anchored(pattern: str) -> bool:
    """True for one expression that begins with ``^``; an alternative within it would not be anchored."""
    if not pattern.startswith("^"):
        return False
    depth = 0
    for index, char in enumerate(pattern):
        if pattern[index - 1 : index] != "\\":
            depth += (char == "(") - (char == ")")
            if char == "|" and depth == 0:
                return False
    return True


def _options(max_mem: int) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = max_mem
    return options
