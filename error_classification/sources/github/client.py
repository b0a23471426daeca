"""GitHub's REST API, for reading: patient with its limits and its failures, never with both for long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode

from error_classification.sources.github.etags import Answer, Answers
from error_classification.sources.github.limits import pause_after, server_time, until_reset
from error_classification.sources.github.problems import GitHubError, RateLimitError, message_of, plain, refusal
from error_classification.sources.github.transport import Reply, Transport

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Value = TypeVar("Value")

PUBLIC = "https://api.github.com"
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_WAITS = (1.0, 2.0, 4.0)
"""Seconds between the tries after a failure of the server or the connection."""
_MOST_PAUSES = 3
"""How often one request is held back by limits that end soon."""
_LONGEST_JSON = 32 << 20
_LONGEST_REFUSAL = 1 << 16
_PER_PAGE = 100
_MOST_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list. ``total``: how long the whole list is, where GitHub tells; else 0."""

    items: tuple[dict[str, Json], ...]
    total: int


class GitHubClient:
    """Reads from the API at ``base_url`` (for Enterprise ``https://HOST/api/v3``). Not to be shared by threads.

    ``seconds`` tells the time in seconds since 1970, ``sleep`` waits for so many. ``patience``: the longest wait, in
    seconds, for a limit to end; where GitHub wants more, RateLimitError says when it resets, and until then no further
    request is sent. All methods raise GitHubError.
    """

    def __init__(
        self,
        token: str,
        base_url: str = PUBLIC,
        *,
        seconds: Callable[[], float],
        sleep: Callable[[float], None],
        patience: float = 60.0,
    ) -> None:
        self._transport = Transport(token, base_url, seconds)
        self._seconds, self._sleep, self._patience = seconds, sleep, patience
        self._answers = Answers()
        self._closed_until = 0.0

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        """What is at ``path``, which begins with a slash."""
        return self._answer(path, query or {})[1]

    def pages(self, path: str, key: str = "", query: Mapping[str, str] | None = None) -> Iterator[Page]:
        """The pages of a list, each fetched when it is asked for; ``key`` names the list in an object.

        Of the address of the next page only its query is used: behind a gateway the rest may lead nowhere.
        """
        asked: Mapping[str, str] = {"per_page": str(_PER_PAGE), **(query or {})}
        for _ in range(_MOST_PAGES):
            answer, content = self._answer(path, asked)
            yield _page(path, content, key)
            following = dict(parse_qsl(answer.following))
            if not following or following == asked:
                return
            asked = following
        raise GitHubError(f"the list at {path} has more than {_MOST_PAGES} pages")

    def items(self, path: str, key: str = "", query: Mapping[str, str] | None = None) -> Iterator[dict[str, Json]]:
        """What is on the pages of a list, one by one."""
        for page in self.pages(path, key, query):
            yield from page.items

    def download(self, path: str, target: BinaryIO, longest: int) -> bool:
        """Writes what ``path`` redirects to into ``target``, from its beginning; False where it is longer than ``longest``."""

        def write(reply: Reply) -> bool:
            target.seek(0)
            target.truncate()
            room = longest
            for piece in reply.body():
                _keep(target, piece[:room])
                room -= len(piece)
                if room < 0:
                    return False
            return True

        return self._tried(path, {}, _HEADERS, write)

    def _answer(self, path: str, query: Mapping[str, str]) -> tuple[Answer, Json]:
        address = f"{path}?{urlencode(query)}"
        known = self._answers.of(address)

        def read(reply: Reply) -> tuple[Answer, Json]:
            if known is not None and reply.status == 304:
                return known, _decoded(path, known.body)
            body = self._body(path, reply, _LONGEST_JSON)
            return Answer(body, reply.following, reply.headers.get("etag", "")), _decoded(path, body)

        headers = _HEADERS | ({"If-None-Match": known.tag} if known else {})
        answer, content = self._tried(path, query, headers, read)
        self._answers.keep(address, answer)
        return answer, content

    def _tried(self, path: str, query: Mapping[str, str], headers: Mapping[str, str], read: Callable[[Reply], Value]) -> Value:
        """What ``read`` makes of a good answer, after as many tries and pauses as are worth it."""
        waits, pauses = iter(_WAITS), 0
        while True:
            self._admit()
            try:
                with self._transport.get(path, query, headers) as reply:
                    self._note(reply.headers)
                    if reply.status in (200, 304):
                        return read(reply)
                    body = self._transport.scrubbed(self._body(path, reply, _LONGEST_REFUSAL, cut=True))
                    pause = pause_after(reply.status, reply.headers, message_of(body), self._seconds())
                    if pause is None:
                        raise refusal(path, reply.status, body)
                pauses += 1
                self._close(pause * 2 ** (pauses - 1), reply.headers, last=pauses > _MOST_PAUSES)
            except RateLimitError:
                raise
            except GitHubError as error:
                wait = next(waits, None) if error.passing else None
                if wait is None:
                    raise
                self._sleep(wait)

    def _admit(self) -> None:
        """Waits until requests are welcome. Raises RateLimitError where that takes too long."""
        left = self._closed_until - self._seconds()
        if left > self._patience:
            raise RateLimitError(_moment(self._closed_until))
        if left > 0:
            self._sleep(left)

    def _note(self, headers: Mapping[str, str]) -> None:
        """The last request of an hour is followed by none that would be refused."""
        left = until_reset(headers, self._seconds())
        if left is not None:
            self._closed_until = self._seconds() + left

    def _close(self, pause: float, headers: Mapping[str, str], last: bool) -> None:
        now = self._seconds()
        self._closed_until = now + pause
        if last or pause > self._patience:
            raise RateLimitError(_moment(server_time(headers, now) + pause))

    def _body(self, path: str, reply: Reply, longest: int, cut: bool = False) -> bytes:
        taken = bytearray()
        for piece in reply.body():
            taken += piece
            if len(taken) > longest:
                if cut:
                    break
                raise GitHubError(f"the answer to {path} is longer than {longest >> 20} MB")
        return bytes(taken[:longest])


def _keep(target: BinaryIO, piece: bytes) -> None:
    try:
        target.write(piece)
    except OSError as error:
        reason = plain(error.strerror or type(error).__name__)
        raise GitHubError(f"what is downloaded can't be kept: {reason}", "see that there is room", passing=True) from error


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _decoded(path: str, body: bytes) -> Json:
    try:
        content: Json = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GitHubError(f"the answer to {path} is no JSON", "check the address of the API", passing=True) from error
    return content


def _page(path: str, content: Json, key: str) -> Page:
    items, total = content, None
    if key:
        items, total = (content.get(key), content.get("total_count")) if isinstance(content, dict) else (None, None)
    if not isinstance(items, list):
        raise GitHubError(f"the answer to {path} is no list", "check the address of the API")
    return Page(tuple(item for item in items if isinstance(item, dict)), total if isinstance(total, int) else 0)
