"""What an issue says about a recurring error: its title, our part of its body, and the comments when it is closed and opened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from error_classification.models import UNCLASSIFIED, ErrorClassification, Group, Verdict
from error_classification.reporting.escape import code_block, code_span, markdown, one_line, shortened, visible
from error_classification.reporting.groups import headline, place, rows_of
from error_classification.reporting.summary import counted
from error_classification.taxonomy import subcategory_of

_MOST_PLACES, _MOST_RUNS, _EVIDENCE_LINES = 5, 5, 8
_TITLE_LIMIT, _CAUSE_LIMIT, _NAME_LIMIT, _LINE_LIMIT = 200, 500, 160, 240
_LONGEST_TITLE = 256
"""Characters that GitHub takes."""
_ACTIVE = re.compile(r"://|www\.|[@#](?=\w)|\bGH-(?=\d)", re.IGNORECASE)
"""What GitHub makes a link, a mention or a reference of."""
_ZERO_WIDTH_SPACE = "\u200b"
_RUN_ID = re.compile(r"\d{1,20}", re.ASCII)
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Recurring:
    """A group as one repository sees it."""

    repo: str
    group: Group
    count: int
    """Occurrences in the last ``hours``."""
    hours: int
    newest: Sequence[ErrorClassification]
    """Its newest occurrences in the repository, newest first."""
    web: str = ""
    """Address of GitHub's pages; empty: no links."""

    @property
    def label(self) -> str:
        """See ``label_of``."""
        return label_of(self.group)


def label_of(group: Group) -> str:
    """``category/subcategory`` of the answer in force."""
    answer = group.answer
    if not isinstance(answer, Verdict):
        return UNCLASSIFIED
    return f"{answer.category}/{answer.subcategory}" if answer.subcategory else answer.category


def title(error: Recurring) -> str:
    """One line of plain text; what it quotes from a log links to nothing and calls nobody."""
    line = shortened(f"{one_line(error.label)}: {one_line(_cause(error))}", _TITLE_LIMIT)
    return _ACTIVE.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", line)[:_LONGEST_TITLE]


def text(error: Recurring) -> str:
    """Our part of the body, in Markdown: all that comes from logs is harmless there."""
    parts = (
        f"### {markdown(shortened(one_line(_cause(error)), _CAUSE_LIMIT))}",
        "\n".join(_facts(error)),
        _evidence(error),
        _section("Where", _places(error)),
        _section("Newest runs", _runs(error)),
        _help(error.group.error_hash),
    )
    return "\n\n".join(part for part in parts if part)


def closing(last_seen: datetime, quiet_days: int) -> str:
    """The comment of an issue that is closed."""
    return (
        f"Not seen for {counted(quiet_days, 'day')} (last on {last_seen:%Y-%m-%d}): closed. "
        "It will be opened again if the error comes back; close it as *not planned* to prevent that."
    )


def reopening(count: int) -> str:
    """The comment of an issue that is opened again."""
    return f"The error is back: seen {counted(count, 'time')} since this was closed."


def doubling(number: int) -> str:
    """The comment of a second issue for the same error."""
    return f"The same error as #{number}: closed."


def _cause(error: Recurring) -> str:
    answer = error.group.answer
    told = answer.root_cause if isinstance(answer, Verdict) else ""
    return told or next((headline(item.error.context) for item in error.newest), "") or f"error {error.group.error_hash}"


def _facts(error: Recurring) -> Iterator[str]:
    group, answer = error.group, error.group.answer
    said = f" ({answer.confidence:.0%}, said by {markdown(answer.judge)})" if isinstance(answer, Verdict) else ""
    yield f"- **Category:** {code_span(error.label)}{said}"
    yield f"- **Occurred:** {counted(error.count, 'time')} in this repository in the last {_length(error.hours)}"
    yield f"- **First seen:** {group.first_seen:%Y-%m-%d %H:%M} UTC"
    if error.newest:
        yield f"- **Last seen:** {error.newest[0].occurred_at:%Y-%m-%d %H:%M} UTC"
    marks = subcategory_of(answer.category, answer.subcategory) if isinstance(answer, Verdict) else None
    if marks:
        yield f"- **Retryable:** {'yes: running it again may help' if marks.retryable else 'no: running it again will not help'}"
    yield f"- **Hash:** {code_span(group.error_hash)}"


def _length(hours: int) -> str:
    return counted(hours // _DAY_HOURS, "day") if hours % _DAY_HOURS == 0 else counted(hours, "hour")


def _evidence(error: Recurring) -> str:
    """That of the newest occurrence: the group's may be from another repository."""
    quoted = [item for row in rows_of(error.newest[:1]) for item in row.quoted(_EVIDENCE_LINES)]
    lines = [shortened(visible(item.text).replace("\n", " ").rstrip(), _LINE_LIMIT) for item in quoted]
    return _section("Evidence", [code_block("\n".join(lines))] if lines else [])


def _section(name: str, lines: Sequence[str]) -> str:
    return "\n".join([f"**{name}**", "", *lines]) if lines else ""


def _places(error: Recurring) -> list[str]:
    """The most frequent of the newest occurrences."""
    times: Counter[tuple[str, ...]] = Counter()
    for item in error.newest:
        context = item.error.context
        where = place(context)
        job = "" if context.job_name else item.run.job_name
        times[(item.run.workflow_name, job, where.subject, where.code)] += context.count
    del times[("", "", "", "")]
    lines = [f"- {' · '.join(map(_code, filter(None, names)))} ({count:,}×)" for names, count in times.most_common(_MOST_PLACES)]
    return [*lines, f"- and {len(times) - _MOST_PLACES:,} more"] if len(times) > _MOST_PLACES else lines


def _runs(error: Recurring) -> list[str]:
    runs = {(item.run.workflow_id, item.run.attempt): item for item in reversed(error.newest) if item.run.workflow_id}
    newest = sorted(runs.values(), key=lambda item: item.occurred_at, reverse=True)[:_MOST_RUNS]
    return [f"- {_run(error, item)}" for item in newest]


def _run(error: Recurring, item: ErrorClassification) -> str:
    run = item.run
    name = markdown(f"run {run.workflow_id}") + (f", attempt {run.attempt}" if run.attempt > 1 else "")
    if error.web and _RUN_ID.fullmatch(run.workflow_id):
        attempt = f"/attempts/{run.attempt}" if run.attempt > 1 else ""
        name = f"[{name}]({error.web}/{quote(error.repo)}/actions/runs/{run.workflow_id}{attempt})"
    marks = (_code(run.branch), _code(run.commit_sha[:10]))
    return " · ".join([f"{item.occurred_at:%Y-%m-%d %H:%M} UTC", name, *filter(None, marks)])


def _code(name: str) -> str:
    return code_span(shortened(one_line(name), _NAME_LIMIT))


def _help(error_hash: str) -> str:
    return (
        "<sub>Is the category wrong? "
        f"`error-classification label {error_hash} CATEGORY/SUBCATEGORY` corrects it for all occurrences, and this text follows. "
        "It is rewritten as the error goes on; what you write above or below it stays. "
        "Close the issue as not planned, and it stays closed.</sub>"
    )
