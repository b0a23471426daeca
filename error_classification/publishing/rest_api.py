"""A REST API, GitHub's or GitLab's, as far as publishing needs it: few calls, short waits, and an end at the deadline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from error_classification.errors import Error

if TYPE_CHECKING:
    import requests

_AGENT = "error-classification"
_BACKOFFS = (0.5, 2.0)
"""Seconds before the second and the last attempt, where the service does not say."""
_LONGEST_CALL = 5.0
_LEAST_CALL = 0.2
"""Seconds: with less than this left no call is begun."""
_LONGEST_ANSWER = 16 << 20
_CHUNK = 1 << 16
_REPEATABLE = frozenset(("GET", "PATCH", "PUT"))
_LIMITED, _FORBIDDEN = 429, 403
_SAID = 200


class ApiError(Error):
    """The service did not do what it was asked; ``status`` is 0 where it gave no answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status

    @property
    def is_refusal(self) -> bool:
        """Whether the token may not do this, or not see what it is done to: no fault of anybody's."""
        return self.status in (401, _FORBIDDEN, 404)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A service: what people call it, and the headers it wants."""

    name: str
    headers: Mapping[str, str]


GITHUB = Dialect("GitHub", {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"})
"""https://docs.github.com/en/rest; GitHub Enterprise Server knows the version since 3.9."""
GITLAB = Dialect("GitLab", {"Accept": "application/json"})
"""https://docs.gitlab.com/api/rest/"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded answer; ``next_page`` is the address of what follows, empty at the end."""

    status: int
    body: object
    next_page: str = ""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    text: str
    next_page: str

    @property
    def is_limited(self) -> bool:
        """Whether it asks for patience: GitHub's secondary limits answer 403 as well."""
        return self.status == _LIMITED or (self.status == _FORBIDDEN and "retry-after" in self.headers)

    @property
    def wait(self) -> float | None:
        """Seconds, where it says how long."""
        said = self.headers.get("retry-after", "")
        return float(said) if said.isascii() and said.isdigit() else None


class Api(Protocol):
    """Makes calls. Raises ``ApiError`` for every answer that is no success."""

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """``path`` begins with a slash, or is a ``next_page``."""


class RestApi:
    """See ``Api``. ``deadline`` is in ``seconds``: no call is begun after it, and none waits beyond it."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        seconds: Callable[[], float],
        sleep: Callable[[float], None],
        deadline: float,
        dialect: Dialect = GITHUB,
    ) -> None:
        self._address, self._token, self._dialect = address.rstrip("/"), token, dialect
        self._seconds, self._sleep, self._deadline = seconds, sleep, deadline
        self._session: requests.Session | None = None

    def close(self) -> None:
        """Ends the connection, if there is one."""
        if self._session is not None:
            self._session.close()

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """See ``Api``. What may have been done is not done twice: only GET, PATCH and PUT are repeated after a failure."""
        address = path if path.startswith(f"{self._address}/") else f"{self._address}{path}"
        for backoff in (*_BACKOFFS, None):
            try:
                reply = self._once(method, address, body)
            except ApiError:
                if backoff is None or method not in _REPEATABLE or not self._may_wait(backoff):
                    raise
                self._sleep(backoff)
                continue
            again = reply.is_limited or (reply.status >= 500 and method in _REPEATABLE)
            wait = reply.wait if reply.wait is not None else backoff
            if not again or backoff is None or wait is None or not self._may_wait(wait):
                break
            self._sleep(wait)
        return self._answer(method, reply)

    def _once(self, method: str, address: str, body: Mapping[str, object] | None) -> _Reply:
        import requests

        left = self._deadline - self._seconds()
        if left < _LEAST_CALL:
            raise ApiError(f"the time for talking to {self._dialect.name} is up")
        try:
            response = self._opened().request(
                method,
                address,
                data=None if body is None else json.dumps(body).encode(),
                timeout=min(_LONGEST_CALL, left),
                allow_redirects=False,
                stream=True,
            )
            text = self._read(response)
        except (requests.RequestException, ValueError) as error:  # ValueError: an address that is none
            raise ApiError(f"no answer from {self._address}: {type(error).__name__}") from error
        return _Reply(response.status_code, response.headers, text, response.links.get("next", {}).get("url", ""))

    def _read(self, response: requests.Response) -> str:
        pieces, size = [], 0
        for piece in response.iter_content(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > _LONGEST_ANSWER or self._seconds() > self._deadline:
                response.close()
                raise ApiError(f"an answer of {self._dialect.name} is too long, or took too long")
        return b"".join(pieces).decode("utf-8", "replace")

    def _opened(self) -> requests.Session:
        import requests

        if self._session is None:
            self._session = requests.Session()
            self._session.auth = self._sign
            self._session.headers.update({"User-Agent": _AGENT, **self._dialect.headers})
        return self._session

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Given as ``auth`` because a header alone would give way to what ``.netrc`` says of the host."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _may_wait(self, seconds: float) -> bool:
        return self._seconds() + seconds + _LEAST_CALL < self._deadline


    def _answer(self, method: str, reply: _Reply) -> Answer:
        name, is_success = self._dialect.name, 200 <= reply.status < 300
        try:
            body = json.loads(reply.text) if reply.text else None
        except (ValueError, RecursionError) as error:
            if is_success:
                raise ApiError(f"{name}'s answer to {method} is no JSON", reply.status) from error
            body = None
        if is_success:
            return Answer(reply.status, body, reply.next_page)
        said = body.get("message") if isinstance(body, dict) else None
        told = f": {said[:_SAID]}" if isinstance(said, str) and said else ""
        raise ApiError(f"{name} answered {reply.status} to {method}{told}", reply.status)
