"""Finds the few lines of a log that say something about failures, in two steps.

One RE2 expression of literal words runs over the raw bytes (a DFA without captures: hundreds of MB/s) and picks candidate lines. Only these
are decoded, cleaned and matched against the table of signals, all at once (an RE2 set).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import re2

from error_classification.extraction.job_log.table import Role, Signal, signals
from error_classification.extraction.job_log.windows import Window
from error_classification.extraction.terminal import clean, strip_prefix

_WORDS = (
    rb"(?i:error|fail|\bfatal\b|panic|traceback|\babort|killed|crash(?:ed|ing)|denied|refused|timed? ?out|timeout\b|\bcannot |could ?n[o']t |can't |unable to"
    rb"|not found|no such|undefined|unresolved|\binvalid |\bmissing |\bexceeded|segmentation|deadlock|mismatch|\bexit(?:ed)? |unknown [a-z]+\b"
    rb"|unhandled|uncaught|violation|too many|no space|out of memory|sanitizer:|data race|reject|forbidden|unauthorized|assertion|core dumped"
    rb"|not (?:allowed|permitted|set|met\b|supported|installed|present|formatted|recognized|empty|defined)|does not |did not |didn't "
    rb"|must be |\brequire[sd] |no matching|no (?:module|version|package|rule|tests?|runner|route|output|configuration) |unbound|double free|terminate called|significantly|unrecognized|issue: "
    rb"|rate limit|quota|offline|\blost\b|evicted|unreachable|unavailable|certificate|multiple definition|overflow|watchdog|unmet|corrupt"
    rb"|compiled (?:against|using|with)|wrong version|expected:? .+ (?:but|to) |\bwant\b|receive[ds]\W|bytes remaining|stopped hearing|longer than)"
    rb"|[Ee]xception\b|EXCEPTION|TEST-UNEXPECTED|PROCESS-CRASH|[Uu]nexpected [a-zA-Z'\"]|\bassert |ASSERT|ERR!|ERR_|ENOSPC|CONFLICT \(|leaked [1-9]"
    rb"|not ok |[Ww]ould reformat|Diff in |Code style|: \w+ ==> |\xe2\x97\x8f |\xe2\x9c[\x95-\x98]|\xc3\x97 |\xe2\x9d\x8c|\xe2\x95\xb0\xe2\x94\x80|FAIL|[Ff]ault\b"
    rb"|\bE   |^E: |^e: |\b[A-Z]{1,5}\d{3,4}\b|\.go:\d+:\d+: |: [A-Z]{1,3}\d{3,5} |^ +\d+\) |\d+\) \w+::|:\d+:\d+:? [A-Z]|SIG[A-Z]{3,4}\b|BackOff|fork: |Node\.js v\d|Oops|Giving up|PASSED  \]"
    rb"|^curl: \(|^tar: |^gzip: |\*\*\* |Falsifying|offenses? detected|\+{5} Timeout|Please (?:run|tell)|[1-9]\d* passed|test result: ok|^OK\b|BUILD SUCCESS"
    rb"|##\[(?:group|endgroup|section|error)\]|::error|section_(?:start|end):|travis_fold:|^[~+-]{3} |Finished: |Job succeeded|Post job cleanup|=== Task Finished"
    rb"|Your build|Status: |Child return code|\[Pipeline\]|TBPL|orphan processes|SUCCEEDED|All checks passed|[1-9] passing"
)
_LOGGER = re.compile(r"(?:INFO|WARNING|ERROR|CRITICAL|FATAL|DEBUG) +- +(?:\w[\w ]{0,20}(?:\(\d{1,8}\))? \| )?")
_HARMLESS_LEVEL = re.compile(r"(?:^|[\s\[|:])(?:INFO|WARNING|WARN|DEBUG|TRACE)(?:[\s\]|:]|$)")
_BEATS_WRAPPER = 90
"""A line that a wrapper's signal matches too must weigh this much to count as the cause."""
_BEATS_LEVEL = 85
"""A line that was logged at a harmless level must weigh this much to count at all."""
_LINE_LIMIT = 4_000
_BEFORE_MATCH = 500


def _options(max_mem: int) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = max_mem
    return options


@cache
def _candidate() -> re2._Regexp:
    return re2.compile(rb"(?m)(?:" + _WORDS + rb")[^\n]*", _options(32 << 20))


@cache
def _automata() -> tuple[tuple[re2.Set, tuple[Signal, ...]], ...]:
    """The table as two automata: patterns with gaps multiply the states of the others where they share one (measured: 3 times slower)."""
    gapped = tuple(signal for signal in signals() if ".*" in signal.pattern or ".+" in signal.pattern)
    plain = tuple(signal for signal in signals() if signal not in gapped)
    return tuple((_compiled(group), group) for group in (plain, gapped))


def _compiled(group: tuple[Signal, ...]) -> re2.Set:
    automaton = re2.Set.SearchSet(_options(32 << 20))
    for signal in group:
        automaton.Add(signal.pattern)
    automaton.Compile()
    return automaton


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may matter: its place, as it was decoded (capped), and its text without prefix and colours."""

    number: int
    start: int
    end: int
    raw: str
    text: str


def candidates(window: Window) -> Iterator[Candidate]:
    """The candidate lines in the scanned part of ``window``, in order."""
    data = window.data
    number, counted, done = window.first_line, window.lo, window.lo
    for match in _candidate().finditer(data, window.lo, window.hi):
        hit, end = match.span()
        if hit < done:
            continue
        start = max(data.rfind(b"\n", 0, hit) + 1, window.lo)
        number += data.count(b"\n", counted, start)
        counted, done = start, end + 1
        raw = decoded(data, start, end, hit)
        yield Candidate(number, start, end, raw, text_of(raw))


def decoded(data: bytes, start: int, end: int, hit: int | None = None) -> str:
    """A line, or of a very long one the part around ``hit``."""
    if end - start > _LINE_LIMIT:
        if hit is not None and hit - start > _LINE_LIMIT - _BEFORE_MATCH:
            start = hit - _BEFORE_MATCH
        end = min(end, start + _LINE_LIMIT)
    return data[start:end].decode("utf-8", "replace")


def text_of(raw: str) -> str:
    """The line without what the CI system, the terminal and a logger put before it."""
    text = strip_prefix(clean(raw.rstrip("\r"))).rstrip()
    logger = _LOGGER.match(text)
    return text[logger.end() :] if logger else text


def signals_of(text: str) -> list[Signal]:
    """Every signal that the line gives."""
    data = text.encode()
    return [group[index] for automaton, group in _automata() for index in automaton.Match(data) or ()]


def reading(candidate: Candidate) -> Signal | None:
    """The signal that decides for the line: the CI system's word, then proof, then noise, then whatever weighs most."""
    found = signals_of(candidate.text)
    if not found:
        return None
    best = max(found, key=lambda signal: signal.weight)
    by_role = {signal.role: signal for signal in sorted(found, key=lambda signal: signal.verdict)}
    if told := by_role.get(Role.JOB_FAILED) or by_role.get(Role.JOB_PASSED):
        return told
    noise = by_role.get(Role.NOISE)
    if noise and noise.verdict:
        return None
    if summary := by_role.get(Role.SUMMARY):
        return summary
    wrapper = by_role.get(Role.TOOL_FAILED) or by_role.get(Role.TOOL_PASSED)
    if wrapper and (wrapper.verdict or not (best.verdict or best.weight >= _BEATS_WRAPPER)):
        return wrapper
    return None if not best.verdict and (noise or _merely_logged(candidate.raw, best)) else best


def _merely_logged(raw: str, signal: Signal) -> bool:
    """True where a logger gave the line a harmless level, and the line itself has no strong word to say against it."""
    return signal.weight < _BEATS_LEVEL and _HARMLESS_LEVEL.search(raw[:120]) is not None
