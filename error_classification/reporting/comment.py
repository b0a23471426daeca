"""The comment on a pull request, and the summary of a job: the same Markdown in two lengths.

The first errors are told in full, the others listed; what is longer than a limit becomes a list, and then a shorter one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from error_classification.reporting.escape import code_block, code_span, markdown, one_line, shortened, visible
from error_classification.reporting.findings import Finding, Past
from error_classification.reporting.groups import SHORT_HASH
from error_classification.reporting.summary import counted

COMMENT_LIMIT = 65_000
"""Bytes; GitHub refuses a comment of more than 65,536 characters."""
SUMMARY_LIMIT = 1_048_576
"""Bytes that GitHub takes of the summaries of one step."""
IN_FULL = 10

_LISTED = 100
_SHAPES = ((IN_FULL, _LISTED), (3, _LISTED), (0, _LISTED), (0, 20), (0, 0))
"""How many errors in full, how many in a list: the first shape that fits is taken."""
_EVIDENCE_LINES, _UNKNOWN_LINES = 6, 3
_LINE_LIMIT, _CAUSE_LIMIT, _NAME_LIMIT, _LISTED_LIMIT = 240, 500, 160, 200
_RETRY = {
    True: "running it again may help",
    False: "running it again will not help",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Which job it was; ``run_url`` shows its run."""

    job: str = ""
    run_id: str = ""
    attempt: int = 1
    commit: str = ""
    run_url: str = ""


def comment(findings: Sequence[Finding], heading: Heading, limit: int = COMMENT_LIMIT) -> str:
    """Markdown of at most ``limit`` bytes; empty where there are no findings, or not even their number fits."""
    if not findings:
        return ""
    drawn = (_drawn(findings, heading, full, listed) for full, listed in _SHAPES)
    return next((text for text in drawn if len(text.encode("utf-8", "replace")) <= limit), "")


def nothing_left(heading: Heading) -> str:
    """What an earlier comment becomes once its errors are gone."""
    return "\n\n".join([f"### No errors found any more{_of_job(heading)}", _footer(heading)]).rstrip() + "\n"


def _drawn(findings: Sequence[Finding], heading: Heading, full: int, listed: int) -> str:
    known = [finding for finding in findings if finding.row.is_classified]
    unknown = [finding for finding in findings if not finding.row.is_classified]
    rest = [*known[full:], *unknown[full:]]
    parts = [
        f"### {counted(len(findings), 'error')}{_of_job(heading)}",
        *(_in_full(number, finding) for number, finding in enumerate(known[:full], 1)),
        _unknown(unknown[:full]),
        _list(rest, listed, bool(full)),
        _footer(heading),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _of_job(heading: Heading) -> str:
    return f" in {code_span(shortened(one_line(heading.job), _NAME_LIMIT))}" if heading.job else ""


def _in_full(number: int, finding: Finding) -> str:
    row = finding.row
    title = f"#### {number}. {code_span(row.label)} · {row.confidence:.0%}"
    cause = _inactive(markdown(shortened(one_line(row.summary), _CAUSE_LIMIT)))
    return "\n\n".join(part for part in (title, cause, _facts(finding), _evidence(finding, _EVIDENCE_LINES)) if part)


def _inactive(paragraph: str) -> str:
    """GitLab obeys paragraphs such as ``/close``; a character that is escaped looks the same."""
    return f"\\{paragraph}" if paragraph.startswith("/") else paragraph


def _facts(finding: Finding) -> str:
    row, place = finding.row, finding.row.places[0]
    facts = [
        _where(finding),
        _code(place.subject),
        f"{row.count:,} times in this job" if row.count > 1 else "",
        seen(finding.past) if finding.past else "",
        "passed on retry" if row.flaky else _RETRY.get(finding.retryable, "") if finding.retryable is not None else "",
        f"hash `{row.error_hash[:SHORT_HASH]}`",
    ]
    return " · ".join(fact for fact in facts if fact)


def seen(past: Past) -> str:
    """``seen 12 times since 2026-01-03 in this repository``."""
    return f"seen {past.times:,} times since {past.since:%Y-%m-%d} in this repository"


def _where(finding: Finding) -> str:
    """The line in the repository, else what the log says, else where in the log."""
    place = finding.row.places[0]
    if not finding.place:
        return _code(place.code or place.input)
    return f"[{_code(finding.place)}]({finding.url})" if finding.url else _code(finding.place)


def _code(text: str) -> str:
    return code_span(shortened(one_line(text), _NAME_LIMIT))


def _evidence(finding: Finding, most: int) -> str:
    quoted = finding.row.quoted(most)
    lines = [shortened(visible(item.text).replace("\n", " ").rstrip(), _LINE_LIMIT) for item in quoted]
    return code_block("\n".join(lines)) if lines else ""


def _unknown(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    title = f"<details><summary>{counted(len(findings), 'error')} that no judge knows</summary>"
    blocks = ["\n\n".join((_facts(finding), _evidence(finding, _UNKNOWN_LINES))) for finding in findings]
    return "\n\n".join([title, *blocks, "</details>"])


def _list(findings: Sequence[Finding], most: int, are_more: bool) -> str:
    """``are_more``: others were told in full before."""
    if not findings:
        return ""
    lines = [_listed(finding) for finding in findings[:most]]
    if hidden := len(findings) - len(lines):
        lines.append(f"- {counted(hidden, 'error')} not shown")
    return "\n\n".join([*(["#### More"] if are_more else []), "\n".join(lines)])


def _listed(finding: Finding) -> str:
    row = finding.row
    label = f"{code_span(row.label)} {row.confidence:.0%}" if row.is_classified else code_span(row.label)
    return f"- {label} · {_where(finding)} · {markdown(shortened(one_line(row.summary), _LISTED_LIMIT))}"


def _footer(heading: Heading) -> str:
    if not heading.run_id:
        return ""
    run = f"run {markdown(heading.run_id)}" + (f", attempt {heading.attempt}" if heading.attempt > 1 else "")
    linked = f"[{run}]({heading.run_url})" if heading.run_url else run
    commit = f" of {_code(heading.commit[:SHORT_HASH])}" if heading.commit else ""
    return f"<sub>Found in {linked}{commit}.</sub>"
