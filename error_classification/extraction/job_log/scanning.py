"""Finds the few lines of a log that say something about failures, in two steps.

One RE2 expression of literal words runs over the raw bytes (a DFA without captures: hundreds of MB/s) and picks candidate lines. Only these
are decoded, cleaned and matched against the table of signals, all at once (an RE2 set).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import re2

from error_classification.extraction.job_log.table import Role, Signal, signals
from error_classification.extraction.job_log.windowing import Window
from error_classification.extraction.terminal import clean, strip_prefix

_WORDS = (
    rb"(?i:error|fail|\bfatal\b|panic|traceback|\babort|killed|crash(?:ed|ing)|denied|refused|timed? ?out|timeout\b|\bcannot |could ?n[o']t |can't |unable to"
    rb"|not found|no such|undefined|unresolved|\binvalid |\bmissing |\bexceeded|segmentation|deadlock|mismatch|\bexit(?:ed)? |unknown [a-z]+\b"
    rb"|unhandled|uncaught|violation|too many|no space|out of memory|sanitizer:|data race|reject|forbidden|unauthorized|assertion|core dumped"
    rb"|not (?:allowed|permitted|set|met\b|supported|installed|present|formatted|recognized|empty|defined)|does not |did not |didn't "
    rb"|must be |\brequire[sd] |no matching|no (?:module|version|package|rule|tests?|runner|route|output|configuration) |unbound|double free|terminate called|significantly|unrecognized|issue: "
    rb"|rate limit|quota|offline|\blost\b|evicted|unreachable|unavailable|certificate|multiple definition|overflow|watchdog|unmet|corrupt"
    rb"|compiled (?:against|using|with)|wrong version|expected[: ]|\bwant\b|receive[ds]\W|bytes remaining|stopped hearing|longer than)"
    rb"|[Ee]xception\b|EXCEPTION|TEST-UNEXPECTED|PROCESS-CRASH|[Uu]nexpected [a-zA-Z'\"]|\bassert |ASSERT|ERR!|ERR_|ENOSPC|CONFLICT \(|leaked [1-9]"
    rb"|not ok |[Ww]ould reformat|Diff in |Code style|: \w+ ==> |\xe2\x97\x8f |\xe2\x9c[\x95-\x98]|\xc3\x97 |\xe2\x9d\x8c|\xe2\x95\xb0\xe2\x94\x80|FAIL|[Ff]ault\b"
    rb"|\bE   |^E: |^e: |\b[A-Z]{1,5}\d{3,4}\b|\.go:\d+:\d+: |: [A-Z]{1,3}\d{3,5} |^ +\d+\) |\d+\) \w+::|:\d+:\d+:? [A-Z]|SIG[A-Z]{3,4}\b|BackOff|fork: |Node\.js v\d|Oops|Giving up|PASSED  \]"
    rb"|^curl: \(|^tar: |^gzip: |\*\*\* |Falsifying|offenses? detected|\+{5} Timeout|Please (?:run|tell)|[1-9]\d* passed|test result: ok|^OK\b|BUILD SUCCESS"
    rb"|##\[(?:group|endgroup|section|error)\]|::error|section_(?:start|end):|travis_fold:|^[~+-]{3} |Finished: |Job succeeded|Post job cleanup|=== Task Finished"
    rb"|Your build|Status: |Child return code|\[Pipeline\]|TBPL|orphan processes|SUCCEEDED|All checks passed|[1-9] passing"
)
_STRONG_WORDS = (
    rb"TEST-UNEXPECTED|PROCESS-CRASH|TBPL|Sanitizer|(?i:panic|deadlock|out of memory|no space|not found|no such|undefined|unresolved|unhandled|uncaught"
    rb"|segmentation|assert|fatal|killed|timed? ?out|timeout|denied|refused|traceback|exceeded|core dumped|linker|data race|certificate|resolve"
    rb"|too many|BUILD (?:FAILURE|SUCCESS)|command failed|exit )|ERR!|##\[|error(?::|\[| [A-Z]+\d)|FAIL(?:ED|URE)?\b|[a-z]Exception\b|[a-z]Error\b"
)
_LOGGED_HARMLESS = re.compile(rb"(?:^|[\s\[|:])(?:INFO|WARNING|WARN|DEBUG|TRACE)(?:[\s\]|:]|$)")
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
def _strong() -> re2._Regexp:
    return re2.compile(_STRONG_WORDS, _options(16 << 20))


@cache
def _automata() -> tuple[tuple[re2.Set, tuple[Signal, ...]], ...]:
    """The table as three automata, since a DFA's states multiply where different kinds of patterns share one (measured: 3 times slower).

    Expressions that begin a line die early elsewhere; those with gaps keep in mind what they have seen.
    """
    rows = [(pattern, signal) for signal in signals() for pattern in signal.patterns]
    anchored = [(pattern[1:], signal) for pattern, signal in rows if _is_anchored(pattern)]
    floating = [row for row in rows if not _is_anchored(row[0])]
    gapped = [row for row in floating if ".*" in row[0] or ".+" in row[0]]
    plain = [row for row in floating if row not in gapped]
    return (
        _compiled(re2.Set.MatchSet(_options(16 << 20)), anchored),
        _compiled(re2.Set.SearchSet(_options(16 << 20)), plain),
        _compiled(re2.Set.SearchSet(_options(16 << 20)), gapped),
    )


def _is_anchored(pattern: str) -> bool:
    """True for one expression that begins with ``^``; an alternative within it would not be anchored."""
    depth = 0
    for index, char in enumerate(pattern):
        if pattern[index - 1 : index] != "\\":
            depth += (char == "(") - (char == ")")
            if char == "|" and depth == 0:
                return False
    return pattern.startswith("^")


def _compiled(automaton: re2.Set, rows: list[tuple[str, Signal]]) -> tuple[re2.Set, tuple[Signal, ...]]:
    for pattern, _ in rows:
        automaton.Add(pattern)
    automaton.Compile()
    return automaton, tuple(signal for _, signal in rows)


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
    number, counted = window.first_line, window.lo
    for match in _candidate().finditer(data, window.lo, window.hi):
        hit, end = match.span()
        start = max(data.rfind(b"\n", 0, hit) + 1, window.lo)
        if _LOGGED_HARMLESS.search(data, start, min(hit, start + 120)) and not _strong().search(data, hit, end):
            continue
        number += data.count(b"\n", counted, start)
        counted = start
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
    if any(signal.verdict and signal.role is Role.CAUSE for signal in found):
        best = replace(best, verdict=True)
    by_role = {signal.role: signal for signal in sorted(found, key=lambda signal: signal.verdict)}
    if told := by_role.get(Role.JOB_FAILED) or by_role.get(Role.JOB_PASSED):
        return told
    noise = by_role.get(Role.NOISE)
    if noise and noise.verdict:
        return None
    if summary := by_role.get(Role.SUMMARY):
        return summary
    if not best.verdict and (passed := by_role.get(Role.TOOL_PASSED)):
        return passed
    wrapper = by_role.get(Role.TOOL_FAILED)
    if noise and not (best.verdict or (wrapper and wrapper.verdict)):
        return None
    if wrapper and (wrapper.verdict or not (best.verdict or best.weight >= _BEATS_WRAPPER)):
        return wrapper
    return None if not best.verdict and _merely_logged(candidate.raw, best) else best


def _merely_logged(raw: str, signal: Signal) -> bool:
    """True where a logger gave the line a harmless level, and the line itself has no strong word to say against it."""
    return signal.weight < _BEATS_LEVEL and _HARMLESS_LEVEL.search(raw[:120]) is not None
