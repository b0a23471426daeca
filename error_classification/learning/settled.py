"""What a store teaches about rules: errors that nobody but people and the language model settled, and those of other answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from error_classification.learning.similarity import Words, words
from error_classification.models import (
    HUMAN,
    LLM,
    MODEL,
    RULES,
    UNCLASSIFIED,
    Abstention,
    ErrorClassification,
    FingerprintedError,
    Group,
    Verdict,
)
from error_classification.normalisation.normalise import normalise, strip_ansi
from error_classification.ports import Archive, Judge, JudgedGroup

SURE = 0.7
"""From this confidence on a judge settles an error: dearer ones are not asked (``pipeline.Policy.sufficient_confidence``)."""
MOST_GROUPS, MOST_OCCURRENCES = 5_000, 20_000
_MOST_TEXTS = 5
_MOST_LINES = 400
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Sample:
    """One error of the store with its answer: ``category`` may be ``unclassified``, where a person said so."""

    error_hash: str
    category: str
    subcategory: str
    confidence: float
    occurrences: int
    texts: tuple[str, ...]
    """Of the newest occurrences, each once; at least one."""
    lines: tuple[str, ...]
    """Of each text the line that says what failed; of what others settled one."""
    words: Words
    """Of the first line, normalised."""

    @property
    def label(self) -> tuple[str, str]:
        return self.category, self.subcategory


@dataclass(frozen=True, slots=True)
class Settled:
    """``open``: what only people and the language model settled; ``others``: all other answers of the store."""

    open: tuple[Sample, ...]
    others: tuple[Sample, ...]


def read(archive: Archive, judge: Judge) -> Settled:
    """The answers of ``archive``, most frequent first. What ``judge`` (the rules of today) settles is no longer open."""
    groups = archive.judged([HUMAN, LLM, RULES, MODEL], MOST_GROUPS)
    errors = _errors(archive.recent(limit=MOST_OCCURRENCES))
    found: dict[bool, list[Sample]] = {True: [], False: []}
    for judged in groups:
        error_hash = judged.group.error_hash
        mine = errors.get(error_hash) or [each.error for each in archive.occurrences(error_hash, _MOST_TEXTS)]
        is_open = _is_open(judged, mine, judge)
        sample = _sample(judged.group, mine, every_line=is_open)
        if sample is not None:
            found[is_open].append(sample)
    return Settled(tuple(found[True]), tuple(found[False]))


def _errors(occurrences: Iterable[ErrorClassification]) -> Mapping[str, list[FingerprintedError]]:
    """By hash, the newest with other texts first."""
    found: dict[str, list[FingerprintedError]] = {}
    for each in occurrences:
        mine = found.setdefault(each.error.error_hash, [])
        if len(mine) < _MOST_TEXTS and all(each.error.context.text != known.context.text for known in mine):
            mine.append(each.error)
    return found


def _is_open(judged: JudgedGroup, errors: Sequence[FingerprintedError], judge: Judge) -> bool:
    if judged.group.answer.judge not in (HUMAN, LLM) or isinstance(judged.group.answer, Abstention):
        return False
    settled = (answer for answer in judged.answers if answer.judge not in (HUMAN, LLM))
    return not any(map(_settles, (*settled, *map(judge.judge, errors[:1]))))


def _settles(answer: Verdict | Abstention) -> bool:
    return isinstance(answer, Verdict) and answer.confidence >= SURE


def _sample(group: Group, errors: Sequence[FingerprintedError], *, every_line: bool) -> Sample | None:
    """None where nobody knows what it is, or nothing of it can be read."""
    answer = group.answer
    if isinstance(answer, Abstention) and answer.judge != HUMAN:
        return None
    texts = tuple(dict.fromkeys(_readable(error.context.text) for error in errors)) or (group.normalized_text,)
    said = _said(group, errors)
    lines = tuple(filter(None, (_line_of(text, said) for text in texts))) if every_line else (said,)
    if not any(lines):
        return None
    category, subcategory = (answer.category, answer.subcategory) if isinstance(answer, Verdict) else (UNCLASSIFIED, "")
    sure = answer.confidence if isinstance(answer, Verdict) else 1.0
    known = words(normalise(lines[0]).text)
    return Sample(group.error_hash, category, subcategory, sure, group.occurrence_count, texts, lines, known)


def _readable(text: str) -> str:
    """As a rule sees it, less colours; half of a surrogate pair, which no pattern can name, is replaced."""
    return strip_ansi(text).encode("utf-8", "replace").decode()


def _said(group: Group, errors: Sequence[FingerprintedError]) -> str:
    """The line that says what failed: the judges' first evidence, else the headline."""
    evidence = group.answer.evidence if isinstance(group.answer, Verdict) else ()
    headline = errors[0].context.headline if errors else ""
    said = evidence[0].text if evidence else headline or group.normalized_text
    return _readable(said).strip().partition("\n")[0][:_LONGEST_LINE]


def _line_of(text: str, said: str) -> str:
    """The line of ``text`` that is ``said``, or has most words in common with it."""
    lines = [line.strip()[:_LONGEST_LINE] for line in text.split("\n")[:_MOST_LINES] if line.strip()]
    wanted = Counter(words(said))
    return said if said in lines else max(lines, key=lambda line: (Counter(words(line)) & wanted).total(), default="")
