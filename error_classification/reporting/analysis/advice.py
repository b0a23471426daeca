"""What follows from the numbers: each piece of advice names the numbers that it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from error_classification.models import UNCLASSIFIED
from error_classification.reporting.analysis import Analysis, Entry
from error_classification.reporting.summary import counted

ENOUGH = 5
"""So many occurrences say something."""
_DOMINANT = 0.2
_RISE = 2.0
_LOW_COVERAGE = 0.8
_OFTEN = 0.25
_UNSURE = 0.6


def advice(analysis: Analysis) -> list[str]:
    """Sentences in plain text, the most useful first; none where too little occurred to say anything."""
    if analysis.occurrences < ENOUGH:
        return []
    return [
        *_dominant(analysis),
        *_rises(analysis),
        *_retries(analysis),
        *_platform(analysis),
        *_flaky(analysis),
        *_gaps(analysis),
    ]


def _dominant(analysis: Analysis) -> Iterator[str]:
    for entry in analysis.entries:
        if entry.label != UNCLASSIFIED and analysis.share(entry) >= _DOMINANT:
            share = f"{entry.occurrences:,} of {analysis.occurrences:,} occurrences ({analysis.share(entry):.0%})"
            yield f"Mend {entry.error_hash[:10]} first: {entry.root_cause} It alone makes {share}."


def _rises(analysis: Analysis) -> Iterator[str]:
    for line in analysis.categories:
        if line.before and line.occurrences >= max(ENOUGH, _RISE * line.before):
            new = [entry for entry in analysis.entries if entry.is_new and entry.label.partition("/")[0] == line.name]
            since = f"; {len(new)} of its errors were never seen before" if new else ""
            yield f"Look at what changed: {line.name} rose from {line.before:,} to {line.occurrences:,} occurrences{since}."


def _retries(analysis: Analysis) -> Iterator[str]:
    passing = [entry for entry in analysis.entries if entry.retryable and not entry.label.startswith("flaky_test")]
    count = _total(passing)
    if count >= max(ENOUGH, _OFTEN * analysis.occurrences):
        labels = ", ".join(dict.fromkeys(entry.label for entry in passing[:3]))
        yield f"Let the affected steps try again: {count:,} occurrences may pass on the same commit ({labels})."


def _platform(analysis: Analysis) -> Iterator[str]:
    count = _total([entry for entry in analysis.entries if entry.platform])
    if count >= max(ENOUGH, _OFTEN * analysis.occurrences):
        yield f"Tell whoever runs the platform: {count / analysis.occurrences:.0%} of the occurrences are not the code's."


def _flaky(analysis: Analysis) -> Iterator[str]:
    if analysis.flaky:
        tests = list(dict.fromkeys(test for entry in analysis.flaky for test in entry.tests))[:3]
        named = f": {', '.join(tests)}" if tests else ""
        yield f"Set {counted(len(analysis.flaky), 'error')} of flaky tests apart and mend them{named}."


def _gaps(analysis: Analysis) -> Iterator[str]:
    if analysis.coverage < _LOW_COVERAGE:
        most = analysis.unclassified[:3]
        share = _total(most) / (analysis.occurrences * (1 - analysis.coverage))
        hashes = ", ".join(entry.error_hash[:10] for entry in most)
        yield (
            f"Label or write a rule for {hashes}: {1 - analysis.coverage:.0%} of the occurrences are unclassified, "
            f"and {'this makes' if len(most) == 1 else 'these make'} {share:.0%} of them."
        )
    unsure = [line for line in analysis.categories if 0 < line.confidence < _UNSURE and line.occurrences >= ENOUGH]
    for line in unsure:
        sure = f"the mean confidence of its {line.occurrences:,} occurrences is {line.confidence:.0%}"
        yield f"Check what is called {line.name}: {sure}."


def _total(entries: list[Entry] | tuple[Entry, ...]) -> int:
    return sum(entry.occurrences for entry in entries)
