"""What is left behind on GitHub: one comment for each job on its pull request, and a check run that holds annotations.

A comment is found again by a hidden marker at its beginning, and updated. A token that may not write (pull requests of forks
have such) is no failure: the answer says so, and the job's own summary has to do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from error_classification.publishing.github_api import Api, GitHubError

MOST_ANNOTATIONS = 50
"""In one request to create a check run."""
_MOST_PAGES = 30
"""Pages of a hundred comments: a pull request's first 3,000 are looked through."""
_REPOSITORY = re.compile(r"[\w.-]{1,200}/[\w.-]{1,200}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_APP = "[bot]"
"""No person's name can end so."""
_NOT_ALLOWED = (401, 403)


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


def pull_request_of(api: Api, repo: str, commit: str) -> int:
    """The number of the open pull request with this commit; 0 where there is none, or the token may not ask."""
    if not (is_repository(repo) and _COMMIT.fullmatch(commit)):
        return 0
    try:
        found = api.call("GET", f"/repos/{repo}/commits/{commit}/pulls").body
    except GitHubError as error:
        if error.is_refusal or error.status == 422:  # a commit that is not there
            return 0
        raise
    opened = (item for item in objects(found) if item.get("state") == "open")
    return next((number for item in opened if isinstance(number := item.get("number"), int)), 0)


def put_comment(api: Api, repo: str, number: int, mark: str, body: str, *, create: bool) -> Done:
    """Updates the comment that begins with ``mark``; makes it where there is none and ``create``.

    After a failure it is looked for again before anything is made, so that there is never a second one. Raises ``GitHubError``.
    """
    if not is_repository(repo):
        raise GitHubError(f"{repo[:80]!r} is not the name of a repository")
    text = f"{mark}\n{body}"
    try:
        return _put(api, repo, number, mark, text, create)
    except GitHubError as error:
        if error.status in _NOT_ALLOWED:
            return Done.REFUSED
    try:
        return _put(api, repo, number, mark, text, create)
    except GitHubError as error:
        if error.is_refusal:
            return Done.REFUSED
        raise


def put_check(api: Api, repo: str, commit: str, check: Mapping[str, object], annotations: Sequence[Mapping[str, object]]) -> bool:
    """Makes a completed check run that turns nothing red; False where the token may not. Raises ``GitHubError``."""
    if not (is_repository(repo) and _COMMIT.fullmatch(commit)):
        return False
    output = {"title": check["title"], "summary": check["summary"], "annotations": list(annotations[:MOST_ANNOTATIONS])}
    run = {"name": check["name"], "head_sha": commit, "status": "completed", "conclusion": "neutral", "output": output}
    try:
        api.call("POST", f"/repos/{repo}/check-runs", run)
    except GitHubError as error:
        if error.is_refusal:
            return False
        raise
    return True


def _put(api: Api, repo: str, number: int, mark: str, body: str, create: bool) -> Done:
    comments = f"/repos/{repo}/issues/{number}/comments"
    known = next(_ours(api, comments, mark), None)
    if known is not None:
        if known.get("body") == body:
            return Done.UNCHANGED
        api.call("PATCH", f"/repos/{repo}/issues/comments/{known['id']}", {"body": body})
        return Done.UPDATED
    if not create:
        return Done.NOTHING
    api.call("POST", comments, {"body": body})
    return Done.CREATED


def _ours(api: Api, comments: str, mark: str) -> Iterator[Mapping[str, object]]:
    """Comments with the mark that we wrote."""
    hand = OwnHand(api)
    for comment in _listed(api, f"{comments}?per_page=100"):
        body = comment.get("body")
        if isinstance(body, str) and body.startswith(mark) and hand.wrote(comment):
            yield comment


class OwnHand:
    """Tells what an app wrote, or the token's own user, from what anybody else may have written with the same mark."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._viewer: str | None = None

    def wrote(self, item: Mapping[str, object]) -> bool:
        """Whether ``item``, a comment or an issue, is ours."""
        author = item.get("user")
        if not isinstance(author, dict):
            return False
        if author.get("type") == "Bot" or str(author.get("login")).endswith(_APP):
            return True
        if self._viewer is None:
            self._viewer = _viewer(self._api)
        return bool(self._viewer) and author.get("login") == self._viewer


def _viewer(api: Api) -> str:
    """The user whose token it is; empty for the token of an app, which may not ask."""
    try:
        found = api.call("GET", "/user").body
    except GitHubError:
        return ""
    login = found.get("login") if isinstance(found, dict) else None
    return login if isinstance(login, str) else ""


def _listed(api: Api, path: str) -> Iterator[Mapping[str, object]]:
    for _ in range(_MOST_PAGES):
        answer = api.call("GET", path)
        if not isinstance(answer.body, list):
            raise GitHubError("GitHub's list of comments cannot be read")
        yield from objects(answer.body)
        path = answer.next_page
        if not path:
            return


def objects(body: object) -> list[Mapping[str, object]]:
    """The objects in a list of JSON; empty for anything else."""
    return [item for item in body if isinstance(item, dict)] if isinstance(body, list) else []


def is_repository(repo: str) -> bool:
    """Whether it is ``OWNER/NAME``."""
    return _REPOSITORY.fullmatch(repo) is not None and ".." not in repo.split("/")
