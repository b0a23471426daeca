"""Asking a server with patience: what passes is tried again, what does not becomes a ``StoreError`` that says what to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from opensearchpy import exceptions

from error_classification.errors import StoreError

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

T = TypeVar("T")

BUSY = frozenset((429, 502, 503, 504))
"""The server has too much to do, or part of it is not there yet (https://docs.opensearch.org: rejected execution)."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))

BUSY_ATTEMPTS = 8
LOST_ATTEMPTS = 3
"""Of one request: for a server that is busy it is worth waiting (about a minute in all), for one that is gone it is not."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0

_SETUP = "`error-classification setup opensearch --print-roles` prints what a user needs"


class OutOfReachError(StoreError):
    """There is no connection to the server, or none that it answers on."""


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return min(_FIRST_PAUSE * (1 << failures), _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Server:
    """A client, the address for messages, and how to wait."""

    client: OpenSearch
    name: str
    refreshes: bool = True
    sleep: Callable[[float], None] = time.sleep
    patience: float = 60.0
    """Seconds of pauses, in all, for one request that the server is too busy for."""

    def ask(self, call: Callable[[], T]) -> T:
        """The answer; waits and asks again where that may help. Raises ``StoreError``, ``OutOfReachError``."""
        for failures in count(1):
            try:
                return call()
            except exceptions.OpenSearchException as error:
                if failures >= attempts(error) or self.is_tired(failures):
                    raise self.explained(error) from error
            self.sleep(pause_after(failures))
        raise AssertionError("counting does not end")

    def is_tired(self, failures: int) -> bool:
        """Whether one more pause, after so many failures in a row, is more than its patience."""
        return sum(map(pause_after, range(1, failures + 1))) > self.patience

    def refresh(self, indices: list[str]) -> None:
        """Makes visible to searches what was written to ``indices``."""
        if indices and self.refreshes:
            params = {"ignore_unavailable": "true"}
            self.ask(lambda: self.client.indices.refresh(index=",".join(indices), params=params))

    def search(self, indices: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a search; indices that are not there hold nothing."""
        params = {"ignore_unavailable": "true", "allow_no_indices": "true"}
        answer: dict[str, Any] = self.ask(lambda: self.client.search(index=indices, body=body, params=params))
        if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
            raise StoreError(f"OpenSearch at {self.name}: a part of the index did not answer", "try again later")
        return answer

    def explained(self, error: exceptions.OpenSearchException) -> StoreError:
        """What an exception of the client means to the user."""
        where = f"OpenSearch at {self.name}"
        if isinstance(error, exceptions.SSLError):
            advice = "OPENSEARCH_CA_FILE names its authority"
            return OutOfReachError(f"{where}: its certificate is not trusted: {_cause(error)}", advice)
        if isinstance(error, exceptions.ConnectionTimeout):
            return OutOfReachError(f"{where} does not answer in time", "OPENSEARCH_TIMEOUT gives it more")
        if isinstance(error, exceptions.ConnectionError):
            return OutOfReachError(f"{where} is out of reach: {_cause(error)}", "check OPENSEARCH_URL, and that it runs")
        if not isinstance(error, exceptions.TransportError):
            return StoreError(f"{where} answers what is not JSON", "check that OPENSEARCH_URL is an OpenSearch")
        if error.status_code in _REDIRECTS:
            return StoreError(f"{where} redirects ({error.status_code})", "set OPENSEARCH_URL to where it leads")
        if error.status_code in BUSY:
            return OutOfReachError(f"{where} is too busy ({error.status_code}): {reason(error)}", "try again later")
        if error.status_code == 401:
            return StoreError(f"{where} does not know this user (401)", "check OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD")
        if error.status_code == 403:
            return StoreError(f"{where} does not allow it (403): {reason(error)}", _SETUP)
        return StoreError(f"{where} refuses ({error.status_code}): {reason(error)}")


def reason(error: exceptions.TransportError) -> str:
    """What the server says, in its own words."""
    said = error.info.get("error") if isinstance(error.info, dict) else None
    causes = said.get("root_cause") if isinstance(said, dict) else None
    first = causes[0] if causes else said
    return str(first.get("reason") if isinstance(first, dict) else first or error.error)[:300]


def attempts(error: exceptions.OpenSearchException) -> int:
    """How often to ask in all, where this is what comes back."""
    if isinstance(error, exceptions.SSLError):
        return 1
    if isinstance(error, exceptions.ConnectionError):
        return LOST_ATTEMPTS
    return BUSY_ATTEMPTS if isinstance(error, exceptions.TransportError) and error.status_code in BUSY else 1


def _cause(error: BaseException) -> str:
    """The innermost reason: the libraries in between wrap it several times."""
    inner = error
    while True:
        wrapped = (getattr(inner, "info", None), getattr(inner, "reason", None), *inner.args[:1], inner.__cause__)
        deeper = next((each for each in wrapped if isinstance(each, BaseException)), None)
        if deeper is None:
            return (isinstance(inner, OSError) and inner.strerror) or str(inner)[:200] or type(inner).__name__
        inner = deeper
