"""``label --next``: which errors a person should label, as a list or one by one with single keys."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from error_classification.cli.stats import cause_of, label_of
from error_classification.cli.terminal import Session, product, width
from error_classification.learning.informative import UNLABELLED, Informative, most_informative
from error_classification.models import UNCLASSIFIED, Verdict
from error_classification.ports import Archive, Clock
from error_classification.reporting import json, markdown
from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.escape import one_line, shortened, visible
from error_classification.reporting.groups import SHORT_HASH
from error_classification.reporting.summary import counted
from error_classification.taxonomy import CATEGORIES

CONSIDERED = 2_000
"""Most frequent groups of the store that are weighed."""
_LINES, _LINE_LIMIT = 12, 200
"""Lines of a text that are shown unasked, and characters of each."""
YES, UNKNOWN, TEXT, SKIP, QUIT = "yutsq"
_RESERVED = frozenset((YES, UNKNOWN, TEXT, SKIP, QUIT))
_KEYS = "1234567890" + "".join(key for key in string.ascii_lowercase if key not in _RESERVED)
_ENDS = frozenset(("\x03", "\x04", ""))
_COLUMNS = (
    Column("Hash"),
    Column("Occurrences", Kind.NUMBER),
    Column("Category", breaks="/"),
    Column("Why", Kind.PROSE),
    Column("Root cause", Kind.PROSE),
)


def candidates(archive: Archive, number: int) -> list[Informative]:
    """The errors of ``archive`` that are best labelled next."""
    return most_informative(archive.judged(UNLABELLED, CONSIDERED), number)


def show(items: Sequence[Informative], here: Session, format_: str) -> None:
    """The list, in one of the formats."""
    lines = [_cells(item) for item in items]
    if format_ == "json":
        product(json.indented(map(_record, items)))
    elif format_ == "ndjson":
        for item in items:
            product(json.line(_record(item)))
    elif format_ == "markdown":
        product(markdown.tables(f"{counted(len(items), 'error')} to label", [(_COLUMNS, lines)]))
    elif items:
        from error_classification.cli.listing import listing

        product(listing(_COLUMNS, lines, width(), here.has_color()))
    here.say(f"{counted(len(items), 'error')} to label" + (": `label HASH CATEGORY` labels one" if items else ""))


def _cells(item: Informative) -> tuple[str, ...]:
    group = item.judged.group
    return group.error_hash[:SHORT_HASH], f"{group.occurrence_count:,}", label_of(group), item.why, cause_of(group)


def _record(item: Informative) -> json.Record:
    measures: json.Record = {
        "why": item.why,
        "score": round(item.score, 4),
        "uncertainty": round(item.uncertainty, 4),
        "disagreement": round(item.disagreement, 4),
    }
    judges: json.Record = {
        "judges": {said.judge: said.category if isinstance(said, Verdict) else UNCLASSIFIED for said in item.judged.answers}
    }
    return json.group(item.judged.group) | measures | judges


def keys_of(names: Sequence[str]) -> dict[str, str]:
    """A key for each name, digits first; names beyond the last key have none."""
    return dict(zip(_KEYS, names, strict=False))


def categories_of(labels: frozenset[tuple[str, str]]) -> list[str]:
    """The categories in the order of the taxonomy, then a project's own by name."""
    own = sorted({category for category, _ in labels})
    return list(dict.fromkeys(chain((category.name for category in CATEGORIES), own)))


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks about one error after the other; every label is stored at once, so that stopping loses nothing."""

    archive: Archive
    labels: frozenset[tuple[str, str]]
    author: str
    clock: Clock
    read_key: Callable[[], str]

    def ask(self, items: Sequence[Informative]) -> int:
        """The number of labels that were given."""
        given = 0
        for number, item in enumerate(items, 1):
            text = _text(self.archive, item)
            _present(item, text, f"[{number}/{len(items)}]")
            answer = self._answer(item, text)
            if answer is None:
                return given
            if answer[0]:
                group = item.judged.group
                self.archive.label(group.error_hash, *answer, self.author, self.clock.now())
                product(f"  labelled {'/'.join(filter(None, answer))}\n")
                given += 1
        return given

    def _answer(self, item: Informative, text: str) -> tuple[str, str] | None:
        """Category and subcategory; no category where the error is passed over, None where the person has had enough."""
        verdict = item.judged.group.answer
        keys = keys_of(categories_of(self.labels))
        extra = {UNKNOWN: UNCLASSIFIED, TEXT: "whole text", SKIP: "skip", QUIT: "quit"}
        if isinstance(verdict, Verdict):
            extra = {YES: f"yes, {label_of(item.judged.group)}", **extra}
        while True:
            key = self._key(keys, extra)
            if key in keys:
                sub = self._subcategory(keys[key])
                return None if sub is None else (keys[key], sub)
            if key == TEXT:
                _quote(visible(text).split("\n"))
            elif key == YES and isinstance(verdict, Verdict):
                return verdict.category, verdict.subcategory
            else:
                return {UNKNOWN: (UNCLASSIFIED, ""), SKIP: ("", "")}.get(key)

    def _subcategory(self, category: str) -> str | None:
        """Empty where none fits; None where the input ends before it is said."""
        keys = keys_of(sorted(sub for owner, sub in self.labels if owner == category and sub))
        return {QUIT: None, **keys}.get(self._key(keys, {SKIP: "none of them"}), "") if keys else ""

    def _key(self, *choices: Mapping[str, str]) -> str:
        """The first key that means something; the one that ends all for what ends the input."""
        offered = {key: name for group in choices for key, name in group.items()}
        product("  " + "  ".join(f"{key}) {one_line(name)}" for key, name in offered.items()))
        while (key := self.read_key().lower()) not in offered:
            if key in _ENDS:
                return QUIT
        return key


def _text(archive: Archive, item: Informative) -> str:
    """Of the newest occurrence; what is known of it where none is kept."""
    group = item.judged.group
    occurrences = archive.occurrences(group.error_hash, 1)
    return occurrences[0].error.context.text if occurrences else group.normalized_text


def _present(item: Informative, text: str, position: str) -> None:
    group = item.judged.group
    cause = cause_of(group)
    product(f"{position} {group.error_hash[:SHORT_HASH]}  {one_line(item.why)}")
    product(f"  {label_of(group)}" + (f": {one_line(cause)}" if cause else ""))
    lines = visible(text).split("\n")
    _quote(shortened(line, _LINE_LIMIT) for line in lines[:_LINES])
    if len(lines) > _LINES:
        product(f"  | ... {len(lines) - _LINES} more lines")


def _quote(lines: Iterable[str]) -> None:
    product("\n".join(f"  | {line}" for line in lines))
