"""One request and its body: redirects without the token, caps on size and time, and failures in our words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from error_classification.sources.github.problems import GitHubError, plain

if TYPE_CHECKING:
    import requests

_CONNECTING, _READING = 10.0, 30.0
"""Seconds for a connection, and between two pieces of an answer."""
_LONGEST = 600.0
"""Seconds that one body may take, however steadily it trickles."""
_CHUNK = 1 << 16
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent: ``body`` reads it, decoded, once. ``following`` is the query of the next page's address."""

    status: int
    headers: Mapping[str, str]
    following: str
    body: Callable[[], Iterator[bytes]]


class Transport:
    """Connections to the server at ``base_url`` and to where it sends us. Not to be shared by threads."""

    def __init__(self, token: str, base_url: str, seconds: Callable[[], float]) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = token
        self._origin = _origin(self.base_url)
        self._host = self._origin[1]
        self._seconds = seconds
        self._opened: requests.Session | None = None

    @contextmanager
    def get(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[Reply]:
        """The answer, whatever its status, with its body unread. Raises GitHubError where there is none."""
        import requests

        try:
            response = self._followed(f"{self.base_url}{path}", query, headers)
            try:
                following = urlsplit(response.links.get("next", {}).get("url", "")).query
                yield Reply(response.status_code, response.headers, following, partial(self._pieces, response))
            finally:
                response.close()
        except requests.Timeout as error:
            raise GitHubError(f"{self._host} gives no answer in time", passing=True) from error
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise GitHubError(f"the connection to {self._host} fails: {_reason(error)}", passing=True) from error
        except (requests.RequestException, ValueError) as error:
            raise GitHubError(f"{self._host} can't be asked: {type(error).__name__}", "check its address") from error

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """Raises GitHubError where it ends before its time, or takes too long."""
        deadline = self._seconds() + _LONGEST
        for piece in response.iter_content(_CHUNK):
            yield piece
            if self._seconds() > deadline:
                raise GitHubError(f"{self._host} takes more than {_LONGEST:.0f} seconds for one answer", passing=True)
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and response.raw.tell() < int(declared):  # urllib3 1 does not see it
            raise GitHubError(f"the answer of {self._host} was cut off", passing=True)

    def scrubbed(self, body: bytes) -> bytes:
        """What a server said, without the token that it may have repeated."""
        return body.replace(self._token.encode(), b"***") if self._token else body

    def _followed(self, url: str, query: Mapping[str, str], headers: Mapping[str, str]) -> requests.Response:
        """By hand, since what leads to another host must not take the token along."""
        parameters: Mapping[str, str] | None = query
        for _ in range(_MOST_REDIRECTS + 1):
            is_own, self._host = _origin(url) == self._origin, _origin(url)[1]
            response = self._session().get(
                url,
                params=parameters,
                headers=headers if is_own else None,
                auth=self._signed if is_own else _unsigned,
                timeout=(_CONNECTING, _READING),
                allow_redirects=False,
                stream=True,
            )
            location = response.headers.get("location", "")
            if response.status_code not in _REDIRECTS or not location:
                return response
            response.close()
            url, parameters = self._target(url, location), None
        raise GitHubError(f"{self._host} redirects in circles")

    def _target(self, url: str, location: str) -> str:
        """Where to go on. From https only to https: what is read there is believed."""
        target = urljoin(url, location)
        scheme, host, _ = _origin(target)
        if scheme not in ("https", self._origin[0]) or not host:
            raise GitHubError(f"{self._host} redirects to {plain(target)}, where nothing is read from")
        return target

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Given as ``auth`` because a header alone would give way to what ``.netrc`` says of the host."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _session(self) -> requests.Session:
        import requests

        if self._opened is None:
            self._opened = requests.Session()
            self._opened.headers["User-Agent"] = "error-classification"
        return self._opened


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps ``.netrc`` from having a say."""
    return request


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port. Raises ValueError where ``url`` is none."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or usual


def _reason(error: BaseException) -> str:
    """The system's own words, which hold no address; else nothing but that the connection ended."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            break
        if isinstance(seen, OSError) and seen.strerror:
            return plain(seen.strerror)
        seen = seen.__cause__ or seen.__context__
    return "it was closed"
