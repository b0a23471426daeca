"""``show``: all that is known of one error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.stats import label_of
from error_classification.cli.terminal import Session, product, session
from error_classification.models import ErrorClassification, Group, Verdict
from error_classification.normalisation.normalise import normalise
from error_classification.ports import Archive, Label
from error_classification.reporting import json
from error_classification.reporting.escape import one_line, shortened, visible
from error_classification.reporting.groups import place

_MOST_LINES = 40
_LINE_LIMIT = 300


@click.command("show", cls=Command)
@click.argument("hash_", metavar="HASH")
@click.option("--top", type=click.IntRange(1, 1_000_000), default=10, show_default=True, help="Newest occurrences shown.")
@options.output_format("table", "json")
@options.setting("store", metavar="FILE")
def command(hash_: str, top: int, format_: str) -> int:
    """Show all that is known of one error: its answer and evidence, what makes it one, and where it occurred.

    HASH may be abbreviated as long as it names one error.

    \b
    Examples:
      error-classification show 3f2a9c
      error-classification show 3f2a9c --format json
    """
    here = session()
    opened = archive.opened(here)
    with opened.archive:
        group = archive.group_of(opened.archive, hash_)
        if format_ == "json":
            product(json.line(_record(opened.archive, group, top)))
        else:
            print_group(opened.archive, group, here, top)
    return 0


def print_group(store: Archive, group: Group, here: Session, top: int = 3) -> None:
    """The group with its newest occurrences, as plain lines; every line is escaped."""
    occurrences = store.occurrences(group.error_hash, top)
    sections = [("", _facts(group)), ("Evidence", _evidence(group)), ("Normalised text", group.normalized_text.split("\n"))]
    if occurrences:
        sections += [("Text", occurrences[0].error.context.text.split("\n")), ("Masked", _masks(occurrences[0]))]
    sections += [("Newest occurrences", list(map(_occurrence, occurrences)))]
    sections += [("Labels, newest first", list(map(_label, store.labels(group.error_hash))))]
    most = 0 if here.verbose else _MOST_LINES
    product("\n\n".join("\n".join(_section(title, lines, most)) for title, lines in sections if any(lines)))


def _section(title: str, lines: Sequence[str], most: int) -> Iterator[str]:
    if title:
        yield f"{title}:"
    shown = lines[:most] if most else lines
    indent = "  " if title else ""
    yield from (f"{indent}{shortened(visible(line), _LINE_LIMIT)}" for line in shown)
    if len(shown) < len(lines):
        yield f"{indent}... {len(lines) - len(shown)} more lines (--verbose)"


def _facts(group: Group) -> list[str]:
    answer = group.answer
    confidence = f" ({answer.confidence:.0%})" if isinstance(answer, Verdict) else ""
    facts = (
        ("Hash", group.error_hash),
        ("Category", f"{label_of(group)}{confidence}"),
        ("Root cause", answer.root_cause if isinstance(answer, Verdict) else ""),
        ("Said by", f"{answer.judge} on {group.answered_at:%Y-%m-%d %H:%M} UTC"),
        ("Because", answer.reason),
        ("Occurred", "once" if group.occurrence_count == 1 else f"{group.occurrence_count:,} times"),
        ("First seen", f"{group.first_seen:%Y-%m-%d %H:%M} UTC"),
        ("Last seen", f"{group.last_seen:%Y-%m-%d %H:%M} UTC"),
    )
    return [f"{name:<11} {one_line(value)}" for name, value in facts if value]


def _evidence(group: Group) -> list[str]:
    evidence = group.answer.evidence if isinstance(group.answer, Verdict) else ()
    return [f"{item.line:>6}  {item.text}" if item.line else f"        {item.text}" for item in evidence]


def _masks(occurrence: ErrorClassification) -> list[str]:
    """What the newest occurrence has where the normalised text has names, each once."""
    found = dict.fromkeys(normalise(occurrence.error.context.text).masks)
    return [f"<{name}>  {original}" for name, original in found]


def _occurrence(item: ErrorClassification) -> str:
    context, run = item.error.context, item.run
    where = place(context)
    ci = (run.repo, f"run {run.workflow_id}" if run.workflow_id else "", run.branch, run.commit_sha[:10])
    parts = (f"{item.occurred_at:%Y-%m-%d %H:%M}", *ci, where.subject, where.code, where.input)
    count = f" ×{context.count:,}" if context.count > 1 else ""
    return "  ".join(part for part in parts if part) + count


def _label(label: Label) -> str:
    name = f"{label.category}/{label.subcategory}" if label.subcategory else label.category
    said = f"{label.labelled_at:%Y-%m-%d %H:%M}  {name}  {label.author}".rstrip()
    if label.withdrawn_at is None:
        return said
    return f"{said}  withdrawn {label.withdrawn_at:%Y-%m-%d %H:%M}" + (f" by {label.withdrawn_by}" if label.withdrawn_by else "")


def _record(store: Archive, group: Group, top: int) -> json.Record:
    occurrences = store.occurrences(group.error_hash, top)
    masks = dict.fromkeys(normalise(occurrences[0].error.context.text).masks) if occurrences else {}
    return json.group(group) | {
        "masked": [{"name": name, "original": original} for name, original in masks],
        "occurrences": [json.occurrence(item) for item in occurrences],
        "labels": [json.label(item) for item in store.labels(group.error_hash)],
    }
