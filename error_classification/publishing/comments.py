"""One comment for each job on what its change is reviewed in: found again by a hidden marker, made once, then updated.

Where it is, a ``Board`` knows: GitHub's and GitLab's are the same but for the words of their APIs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Protocol

from error_classification.publishing.rest_api import Api, ApiError

_MOST_PAGES = 30
"""Pages of a hundred comments: the first 3,000 are looked through."""
_NOT_ALLOWED = (401, 403)


class Board(Protocol):
    """The comments on one change. All methods raise ``ApiError``."""

    @property
    def name(self) -> str:
        """What people call the change, such as ``pull request 3``."""

    def ours(self, mark: str) -> Iterator[Mapping[str, object]]:
        """Those that begin with ``mark`` and that we wrote, the oldest first."""

    def create(self, body: str) -> None:
        """Writes a new one."""

    def update(self, comment: Mapping[str, object], body: str) -> None:
        """Writes one of ``ours`` anew."""


class Done(StrEnum):
    """What became of a comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    NOTHING = "nothing"
    """There was none, and none was wanted."""
    REFUSED = "refused"
    """The token may not."""


def marker(*key: str) -> str:
    """What begins the comment of ``key`` (workflow, job): invisible, and the same in every run."""
    digest = hashlib.sha256("\0".join(key).encode("utf-8", "replace")).hexdigest()[:16]
    return f"<!-- error-classification:{digest} -->"


def put_comment(board: Board, mark: str, body: str, *, create: bool) -> Done:
    """Updates the comment that begins with ``mark``; makes it where there is none and ``create``.

    After a failure it is looked for again before anything is made, so that there is never a second one. Raises ``ApiError``.
    """
    text = f"{mark}\n{body}"
    try:
        return _put(board, mark, text, create)
    except ApiError as error:
        if error.status in _NOT_ALLOWED:
            return Done.REFUSED
    try:
        return _put(board, mark, text, create)
    except ApiError as error:
        if error.is_refusal:
            return Done.REFUSED
        raise


def _put(board: Board, mark: str, body: str, create: bool) -> Done:
    known = next(board.ours(mark), None)
    if known is not None:
        if known.get("body") == body:
            return Done.UNCHANGED
        board.update(known, body)
        return Done.UPDATED
    if not create:
        return Done.NOTHING
    board.create(body)
    return Done.CREATED


def listed(api: Api, path: str) -> Iterator[Mapping[str, object]]:
    """What is on the pages of a list. Raises ``ApiError``."""
    for _ in range(_MOST_PAGES):
        answer = api.call("GET", path)
        if not isinstance(answer.body, list):
            raise ApiError("the list of comments cannot be read")
        yield from objects(answer.body)
        path = answer.next_page
        if not path:
            return


def objects(body: object) -> list[Mapping[str, object]]:
    """The objects in a list of JSON; empty for anything else."""
    return [item for item in body if isinstance(item, dict)] if isinstance(body, list) else []
