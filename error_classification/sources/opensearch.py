"""Errors that a metrics pipeline has already put into OpenSearch: failed tests, jobs and steps that nobody has classified.

Three kinds of index, each of which may be missing: test results (``s_test_status``, ``s_error_message``), jobs and steps
(``s_status``, ``s_annotation_messages``). Documents are read by ``search_after`` over a point in time, so that nothing is cut off
at some number of hits and nothing moves while it is read; a server without points in time is read without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from opensearchpy import exceptions

from error_classification.models import Artefact, RunContext

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Document: TypeAlias = Mapping[str, Any]

PAGE = 500
OVERLAP = timedelta(minutes=15)
"""Documents come late: their time is when the job ended, not when they were indexed. So much is read again each time."""

_KEEP_ALIVE = "5m"
_WORDS = ("failed", "failure", "fail", "error", "errored", "broken", "timed_out", "startup_failure")
_FAILED = tuple(spelled for word in _WORDS for spelled in (word, word.upper(), word.capitalize()))
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_POINT_IN_TIME = frozenset((400, 403, 404, 405))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of index: which of its documents failed, where their text is, and what documents of other kinds have besides."""

    name: str
    status: str
    texts: tuple[str, ...]
    foreign: tuple[str, ...] = ()


TESTS = Kind("tests", "s_test_status", ("s_error_message", "s_error_text", "s_stack_trace"))
JOBS = Kind("jobs", "s_status", ("s_annotation_messages",), ("s_step_id",))
STEPS = Kind("steps", "s_status", ("s_annotation_messages",))


@dataclass(slots=True)
class OpenSearchSource:
    """The failed documents of ``indices`` from ``since`` on and before ``until``. Implements ``ports.Source``.

    ``warnings`` and ``covered_until`` are complete once the artefacts are: what could not be read, and up to when everything was.
    """

    client: OpenSearch
    indices: Mapping[Kind, str]
    since: datetime
    until: datetime
    warnings: list[str] = field(default_factory=list)
    covered_until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.covered_until = self.since

    def artefacts(self) -> Iterator[Artefact]:
        """See ``ports.Source``. An index that can't be read leaves ``covered_until`` where it was."""
        complete = True
        # A job's messages stand in the documents of its steps too: without the step they are the same occurrence.
        with_step = JOBS not in self.indices
        for kind, index in self.indices.items():
            try:
                found = (_artefact(kind, index, hit, with_step) for hit in self._hits(kind, index))
                yield from filter(None, found)
            except exceptions.OpenSearchException as error:
                complete = False
                self.warnings.append(f"{kind.name} in {index} not read to the end: {_said(error)}")
        if complete:
            self.covered_until = max(self.since, self.until - OVERLAP)

    def _hits(self, kind: Kind, index: str) -> Iterator[Document]:
        pit = self._point_in_time(index)
        body = _search(kind, self.since, self.until)
        try:
            while True:
                answer = self._page(index, body, pit)
                hits = answer["hits"]["hits"]
                yield from hits
                if len(hits) < PAGE:
                    return
                body = {**body, "search_after": hits[-1]["sort"]}
        finally:
            if pit:
                with suppress(exceptions.OpenSearchException):  # it ends by itself
                    self.client.delete_pit(body={"pit_id": [pit]})

    def _page(self, index: str, body: dict[str, Any], pit: str) -> dict[str, Any]:
        if pit:
            body = {**body, "pit": {"id": pit, "keep_alive": _KEEP_ALIVE}}
            answer: dict[str, Any] = self.client.search(body=body)
        else:
            answer = self.client.search(index=index, body=body, params={"ignore_unavailable": "true"})
        if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
            raise exceptions.ConnectionTimeout("TIMEOUT", "a part of the index did not answer", None)
        return answer

    def _point_in_time(self, index: str) -> str:
        """Empty where the server has none, or the user may not."""
        try:
            answer = self.client.create_pit(index=index, params={"keep_alive": _KEEP_ALIVE})
        except exceptions.TransportError as error:
            if error.status_code in _NO_POINT_IN_TIME:
                return ""
            raise
        return str(answer["pit_id"])


def _search(kind: Kind, since: datetime, until: datetime) -> dict[str, Any]:
    """Failed, with a text, and not classified yet; in an order that is total, and the same on every server."""
    bounds = {"gte": _text(since), "lt": _text(until)}
    failed = [{"terms": {field: list(_FAILED)}} for field in (kind.status, f"{kind.status}.keyword")]
    with_text = [{"exists": {"field": name}} for name in kind.texts]
    return {
        "size": PAGE,
        "query": {
            "bool": {
                "filter": [
                    {"range": {"@timestamp": bounds}},
                    {"bool": {"should": failed, "minimum_should_match": 1}},
                    {"bool": {"should": with_text, "minimum_should_match": 1}},
                ],
                "must_not": [{"exists": {"field": name}} for name in ("s_error_type", *kind.foreign)],
            }
        },
        "sort": [{"@timestamp": "asc"}, {"_id": "asc"}],
        "track_total_hits": False,
    }


def _artefact(kind: Kind, index: str, hit: Document, with_step: bool) -> Artefact | None:
    """One document as an input of its own; None where it has no text after all."""
    source = hit.get("_source") or {}
    content = _report(source) if kind is TESTS else _annotations(source)
    if content is None:
        return None
    context = _context(source)
    return Artefact(
        name=f"{index}/{hit['_id']}",
        open=lambda: iter((content,)),
        digest=cache(lambda: sha256(content).hexdigest()),
        context=context if with_step else replace(context, step_id=""),
    )


def _report(source: Document) -> bytes | None:
    """A test's failure as the JUnit report that it once was."""
    texts = list(dict.fromkeys(text for name in TESTS.texts if (text := _string(source.get(name)))))
    if not texts:
        return None
    classname, _, name = _string(source.get("s_test_name")).rpartition("::")
    case = f"<testcase classname={_attribute(classname)} name={_attribute(name or 'unknown test')}>"
    failure = f"<failure message={_attribute(texts[0].partition(chr(10))[0])}>{escape(_xml(chr(10).join(texts)))}</failure>"
    return f"<testsuite>{case}{failure}</testcase></testsuite>".encode()


def _annotations(source: Document) -> bytes | None:
    messages = source.get("s_annotation_messages")
    job = _string(source.get("s_job_name"))
    return json.dumps({"s_annotation_messages": messages, "s_job_name": job}).encode() if messages else None


def _context(source: Document) -> RunContext:
    """What the document knows of its run; the rest is unknown."""

    def known(name: str) -> str:
        return _string(source.get(name))

    attempt = known("l_attempt") or known("s_attempt")
    return RunContext(
        repo=known("s_repo"),
        workflow_id=known("s_workflow_id"),
        workflow_name=known("s_workflow_name"),
        job_id=known("s_job_id"),
        job_name=known("s_job_name"),
        step_id=known("s_step_id"),
        attempt=int(attempt) if attempt.isascii() and attempt.isdigit() and len(attempt) < 10 else 1,
        branch=known("s_branch"),
        pr_id=known("s_pr_id"),
        commit_sha=known("s_commit_sha"),
        user_alias=known("s_user_alias"),
        ended_at=_moment(source.get("@timestamp")),
    )


def _string(value: object) -> str:
    """Numbers are identifiers too; of a list the first counts."""
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _moment(value: object) -> datetime | None:
    """A time in text, or in milliseconds since 1970, as OpenSearch takes both; UTC where it has no zone."""
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    """Without the characters that XML cannot express."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said(error: exceptions.OpenSearchException) -> str:
    if isinstance(error, exceptions.TransportError):
        return f"{error.status_code} {error.error}"[:300]
    return str(error)[:300]
