"""What ``ci`` leaves where people look: the job's summary, annotations, one comment, outputs for other steps, its own output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from error_classification.cli.ci_judging import Judged, TimeLimit
from error_classification.cli.ci_surroundings import Voice
from error_classification.cli.terminal import Session, product, warn, width
from error_classification.publishing.ci_run import CIRun, Provider
from error_classification.publishing.comments import Board, Done, marker, put_comment
from error_classification.publishing.github import PullRequest, pull_request_of, put_check
from error_classification.publishing.gitlab import MergeRequest, merge_request_of
from error_classification.publishing.rest_api import GITHUB, GITLAB, ApiError, RestApi
from error_classification.reporting import json
from error_classification.reporting.annotations import (
    Annotation,
    annotations_of,
    check_annotation,
    inert,
    inert_json,
    workflow_commands,
)
from error_classification.reporting.comment import SUMMARY_LIMIT, Heading, comment, nothing_left
from error_classification.reporting.escape import one_line
from error_classification.reporting.findings import Finding
from error_classification.reporting.summary import counted, summary_line
from error_classification.sources.files import size_of

_ROWS = 50
_CHECK_NAME = "Error classification"
_DIALECTS = {Provider.GITHUB: GITHUB, Provider.GITLAB: GITLAB}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; ``format`` is empty where nobody asked for output."""

    comment: bool
    annotations: bool
    summary: str
    format: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes the findings of one job; a part that fails is said, and the others are done."""

    ci: CIRun
    wanted: Wanted
    token: str
    limit: TimeLimit
    voice: Voice

    def publish(self, judged: Judged, findings: Sequence[Finding], stored: str) -> None:
        """Says nothing where there is nothing, except in a comment that is there already."""
        heading = self._heading()
        if findings:
            summarised = self._summary(findings, heading)
            self._outputs(findings)
            self._print(judged, findings, heading, stored, summarised)
        api = self._api()
        try:
            if self.wanted.annotations and findings and self.ci.provider is Provider.GITHUB:
                self._annotate(api, findings, heading)
            if self.wanted.comment and api is not None and (findings or self._is_clean(judged)):
                self._comment(api, findings, heading)
        finally:
            if api is not None:
                api.close()

    def _is_clean(self, judged: Judged) -> bool:
        """Whether there are no errors any more: where nothing was read, or not all, nobody knows."""
        return judged.tally.files > 0 and not self.voice.faults

    def _heading(self) -> Heading:
        run = self.ci.run
        return Heading(run.job_name, run.workflow_id, run.attempt, run.commit_sha, self.ci.run_url)

    def _api(self) -> RestApi | None:
        """None where there is nobody to write to, or nothing to be let in with."""
        clock, dialect = self.limit.clock, _DIALECTS.get(self.ci.provider)
        if dialect is None or not (self.token and self.ci.api_url):
            return None
        return RestApi(
            self.ci.api_url, self.token, seconds=clock.seconds, sleep=clock.sleep, deadline=self.limit.end, dialect=dialect
        )

    def _summary(self, findings: Sequence[Finding], heading: Heading) -> bool:
        file = self.wanted.summary or self.ci.summary_file
        return bool(file) and self._append(file, comment(findings, heading, SUMMARY_LIMIT - size_of(file)))

    def _outputs(self, findings: Sequence[Finding]) -> None:
        """For the conditions of other steps: how many, what the first is, and whether to run the job again."""
        if not self.ci.output_file:
            return
        first = findings[0].row
        again = all(finding.retryable for finding in findings)
        values = {
            "errors": str(len(findings)),
            "category": first.category,
            "subcategory": first.subcategory,
            "retryable": str(again).lower(),
        }
        self._append(self.ci.output_file, "".join(f"{name}={one_line(value)}\n" for name, value in values.items()))

    def _append(self, file: str, text: str) -> bool:
        try:
            with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except (OSError, ValueError) as error:
            self.voice.fault(f"{file}: {getattr(error, 'strerror', None) or error}")
            return False
        return bool(text)

    def _print(self, judged: Judged, findings: Sequence[Finding], heading: Heading, stored: str, summarised: bool) -> None:
        """The product; without a format only where no summary shows the same."""
        form = self.wanted.format or ("" if summarised else "table")
        if form == "markdown":
            self._show(inert(comment(findings, heading, SUMMARY_LIMIT)))
        elif form in ("json", "ndjson"):
            self._show("\n".join(_records(form, judged, stored)))
        elif form:
            self._show(_table(findings, self.voice.session))
        self.voice.note(summary_line(judged.tally, stored))

    def _show(self, text: str) -> None:
        """On standard output; that nobody reads it, or there is no room for it, keeps nothing else from being done."""
        try:
            product(text)
        except BrokenPipeError:
            return
        except OSError as error:
            self.voice.fault(f"output: {error.strerror or error}")

    def _annotate(self, api: RestApi | None, findings: Sequence[Finding], heading: Heading) -> None:
        """Those with a place go into a check run, if the token may make one; the others are commands in the output.

        GitHub reads both streams: where a product was asked for, standard output is left to it.
        """
        chosen = annotations_of(findings)
        placed = [item for item in chosen if item.file]
        if api is not None and placed and self._checked(api, placed, findings, heading):
            chosen = [item for item in chosen if not item.file]
        for line in workflow_commands(chosen):
            (warn if self.wanted.format else self._show)(line)

    def _checked(self, api: RestApi, placed: Sequence[Annotation], findings: Sequence[Finding], heading: Heading) -> bool:
        run = self.ci.run
        check = {
            "name": f"{_CHECK_NAME} ({run.job_name})" if run.job_name else _CHECK_NAME,
            "title": counted(len(findings), "error"),
            "summary": comment(findings, heading),
        }
        try:
            return put_check(api, run.repo, run.commit_sha, check, [check_annotation(item) for item in placed])
        except ApiError as error:
            self.voice.fault(f"no check run: {error}")
            return False

    def _comment(self, api: RestApi, findings: Sequence[Finding], heading: Heading) -> None:
        """Where nothing is understood, none is made."""
        run = self.ci.run
        try:
            board = self._board(api)
            if board is None:
                return
            body = comment(findings, heading) or nothing_left(heading)
            understood = any(finding.row.is_classified for finding in findings)
            done = put_comment(board, marker(run.workflow_name, run.job_name), body, create=understood)
        except (ApiError, ValueError) as error:
            self.voice.fault(f"no comment: {error}")
            return
        if done in (Done.CREATED, Done.UPDATED):
            self.voice.note(f"comment {done} on {board.name}")
        elif done is Done.REFUSED and self.voice.session.verbose:
            self.voice.note("no comment: the token may not write one")

    def _board(self, api: RestApi) -> Board | None:
        """The comments on the change that the job tries; None where it tries none. Raises ``ApiError`` and ``ValueError``."""
        run = self.ci.run
        if self.ci.provider is Provider.GITLAB:
            number = int(run.pr_id or merge_request_of(api, run.repo, run.commit_sha))
            return MergeRequest(api, run.repo, number) if number else None
        number = int(run.pr_id or pull_request_of(api, run.repo, run.commit_sha))
        return PullRequest(api, run.repo, number) if number else None


def _records(form: str, judged: Judged, stored: str) -> Iterator[str]:
    if form == "ndjson":
        yield from map(inert_json, judged.errors)
        return
    errors = ",\n".join(judged.errors)
    summary = json.line(judged.tally.record(stored))
    yield inert_json(f'{{"errors": [\n{errors}\n],\n"reports": {json.indented(judged.reports)},\n"summary": {summary}}}')


def _table(findings: Sequence[Finding], session: Session) -> str:
    from error_classification.cli import table

    rows = [finding.row for finding in findings[:_ROWS]]
    return inert(table.groups(rows, width(), session.has_color()))
