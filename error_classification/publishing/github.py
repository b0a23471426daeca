"""What is left behind on GitHub: one comment for each job on its pull request, and a check run that holds annotations.

A token that may not write (pull requests of forks have such) is no failure: the answer says so, and the job's own summary has
to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from error_classification.publishing.comments import listed, objects
from error_classification.publishing.rest_api import Api, ApiError

MOST_ANNOTATIONS = 50
"""In one request to create a check run."""
_REPOSITORY = re.compile(r"[\w.-]{1,200}/[\w.-]{1,200}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_APP = "[bot]"
"""No person's name can end so."""


def pull_request_of(api: Api, repo: str, commit: str) -> int:
    """The number of the open pull request with this commit; 0 where there is none, or the token may not ask."""
    if not (is_repository(repo) and _COMMIT.fullmatch(commit)):
        return 0
    try:
        found = api.call("GET", f"/repos/{repo}/commits/{commit}/pulls").body
    except ApiError as error:
        if error.is_refusal or error.status == 422:  # a commit that is not there
            return 0
        raise
    opened = (item for item in objects(found) if item.get("state") == "open")
    return next((number for item in opened if isinstance(number := item.get("number"), int)), 0)


class PullRequest:
    """Its comments. Implements ``comments.Board``. Raises ``ApiError`` for what is no repository."""

    def __init__(self, api: Api, repo: str, number: int) -> None:
        if not is_repository(repo):
            raise ApiError(f"{repo[:80]!r} is not the name of a repository")
        self._api, self._issues, self._number = api, f"/repos/{repo}/issues", number
        self.name = f"pull request {number}"

    def ours(self, mark: str) -> Iterator[Mapping[str, object]]:
        """See ``comments.Board``."""
        hand = OwnHand(self._api)
        for comment in listed(self._api, f"{self._issues}/{self._number}/comments?per_page=100"):
            body = comment.get("body")
            if isinstance(body, str) and body.startswith(mark) and hand.wrote(comment):
                yield comment

    def create(self, body: str) -> None:
        """See ``comments.Board``."""
        self._api.call("POST", f"{self._issues}/{self._number}/comments", {"body": body})

    def update(self, comment: Mapping[str, object], body: str) -> None:
        """See ``comments.Board``."""
        self._api.call("PATCH", f"{self._issues}/comments/{comment['id']}", {"body": body})


def put_check(api: Api, repo: str, commit: str, check: Mapping[str, object], annotations: Sequence[Mapping[str, object]]) -> bool:
    """Makes a completed check run that turns nothing red; False where the token may not. Raises ``ApiError``."""
    if not (is_repository(repo) and _COMMIT.fullmatch(commit)):
        return False
    output = {"title": check["title"], "summary": check["summary"], "annotations": list(annotations[:MOST_ANNOTATIONS])}
    run = {"name": check["name"], "head_sha": commit, "status": "completed", "conclusion": "neutral", "output": output}
    try:
        api.call("POST", f"/repos/{repo}/check-runs", run)
    except ApiError as error:
        if error.is_refusal:
            return False
        raise
    return True


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
    except ApiError:
        return ""
    login = found.get("login") if isinstance(found, dict) else None
    return login if isinstance(login, str) else ""


def is_repository(repo: str) -> bool:
    """Whether it is ``OWNER/NAME``."""
    return _REPOSITORY.fullmatch(repo) is not None and ".." not in repo.split("/")
