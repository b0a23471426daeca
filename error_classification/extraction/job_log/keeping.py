"""What is kept of the errors of a step: which are the same, which belong to another, and which make room."""

from __future__ import annotations

from error_classification.extraction.job_log.ranking import Entry, Step
from error_classification.extraction.job_log.scanning import Candidate
from error_classification.extraction.job_log.table import Role, Shape, Signal

STEP_LIMIT = 60
"""So many different errors of one step are kept; a stronger one pushes out the weakest."""
_ENTRY_SIZE, _LINE_SIZE = 500, 150


def identity(candidate: Candidate, entry: Entry | None) -> str:
    """What two errors of one kind have to have in common to be the same."""
    if entry is None:
        return candidate.text.strip()[:200]
    told = entry.headline if entry.signal.shape is Shape.TRACEBACK else " ".join(text.strip() for _, text in entry.lines[:3])
    return f"{candidate.text.strip()} {told[:200]}"


def size_of(entry: Entry) -> int:
    """Bytes, roughly, that an error takes."""
    texts = [entry.details.text] if entry.details else [text for _, text in entry.lines]
    return _ENTRY_SIZE + sum(_LINE_SIZE + len(text) for text in texts)


def take_in(step: Step, entry: Entry) -> None:
    """Drops what was found within the lines of a block whose anchor came after them."""
    for key, other in list(step.entries.items()):
        if entry.first_line <= other.first_line and other.last_line <= entry.last_line and other.count == 1:
            del step.entries[key]


def begins_another(signal: Signal, entry: Entry) -> bool:
    """True for proof that has a layout of its own, among the indented lines behind a mere word or a summary."""
    is_word = entry.signal.shape is Shape.LINE and (not entry.signal.verdict or entry.signal.role is Role.SUMMARY)
    return is_word and signal.verdict and signal.role is Role.CAUSE and signal.shape is not Shape.LINE


def end_before(entry: Entry, number: int) -> None:
    """Leaves the lines from ``number`` on to another error."""
    entry.lines = tuple(line for line in entry.lines if line[0] < number)
    entry.last_line = min(entry.last_line, number - 1)


def has_room(step: Step, signal: Signal) -> bool:
    """Room for one more error, which a weaker one makes where there is none."""
    if len(step.entries) < STEP_LIMIT:
        return True
    weakest = min(step.entries, key=lambda name: step.entries[name].weight)
    if step.entries[weakest].weight >= signal.weight:
        return False
    del step.entries[weakest]
    return True
