"""The issues of a repository that are ours: listed, made and changed. What becomes of them is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from error_classification.publishing.comments import objects
from error_classification.publishing.github import OwnHand, is_repository
from error_classification.publishing.rest_api import Answer, Api, ApiError

LABEL = "error-classification"
LONGEST_BODY = 65_536
"""Characters of an issue."""

_DESCRIPTION = "Recurring errors of CI, kept by error-classification"
_MOST_PAGES = 100
"""Of a hundred issues each. Where there are more nothing is done: one that is not seen would be made again."""
_REFUSED, _NOT_THERE, _GONE, _INVALID = (401, 403), 404, 410, 422


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue that carries our label and that we made. ``is_declined``: it was closed as not planned, or as a duplicate."""

    number: int
    body: str
    is_open: bool
    is_declined: bool
    closed_at: datetime | None


class IssueBoard:
    """The issues of ``repo`` (``OWNER/NAME``). Every method raises ``ApiError``, in words for whoever configures it."""

    def __init__(self, api: Api, repo: str) -> None:
        if not is_repository(repo):
            raise ApiError(f"{repo[:80]!r} is not the name of a repository")
        self._api, self._repo = api, repo
        self._path = f"/repos/{repo}"
        self._hand = OwnHand(api)
        self._labelled = False

    def ours(self) -> list[Issue]:
        """All of them, open or closed, the oldest first; never a part of them."""
        path = f"{self._path}/issues?labels={LABEL}&state=all&sort=created&direction=asc&per_page=100"
        found: list[Issue] = []
        for _ in range(_MOST_PAGES):
            answer = self._call("GET", path)
            if not isinstance(answer.body, list):
                raise ApiError(f"GitHub's list of the issues of {self._repo} cannot be read")
            mine = (item for item in objects(answer.body) if "pull_request" not in item and self._hand.wrote(item))
            found.extend(_issues(mine))
            path = answer.next_page
            if not path:
                return sorted(found, key=lambda issue: issue.number)
        raise ApiError(f"{self._repo} has more than {_MOST_PAGES * 100:,} issues with the label {LABEL}")

    def create(self, title: str, body: str) -> int:
        """Makes an issue and returns its number. One that did not get our label would not be found again: it is closed."""
        self._make_label()
        made = self._call("POST", f"{self._path}/issues", {"title": title, "body": body, "labels": [LABEL]}).body
        number = made.get("number") if isinstance(made, dict) else None
        if not (isinstance(made, dict) and isinstance(number, int)):
            raise ApiError(f"GitHub's answer about a new issue of {self._repo} cannot be read")
        if LABEL not in {label.get("name") for label in objects(made.get("labels"))}:
            self._change(number, {"state": "closed", "state_reason": "not_planned"})
            raise ApiError(f"the token may not put labels on the issues of {self._repo}: #{number} is closed again", 403)
        return number

    def update(self, number: int, body: str) -> None:
        """Replaces the body."""
        self._change(number, {"body": body})

    def reopen(self, number: int, body: str, comment: str) -> None:
        """Opens it with a new body, and says why."""
        self._change(number, {"state": "open", "body": body})
        self._comment(number, comment)

    def close(self, number: int, comment: str, *, planned: bool = True) -> None:
        """Closes it, and says why. What is not ``planned`` is never opened again."""
        self._change(number, {"state": "closed", "state_reason": "completed" if planned else "not_planned"})
        self._comment(number, comment)

    def _change(self, number: int, change: Mapping[str, object]) -> None:
        self._call("PATCH", f"{self._path}/issues/{number}", change)

    def _comment(self, number: int, body: str) -> None:
        self._call("POST", f"{self._path}/issues/{number}/comments", {"body": body})

    def _make_label(self) -> None:
        """Who may not make the label may not put it on an issue either: that is better known before there is one."""
        if self._labelled:
            return
        try:
            self._api.call("GET", f"{self._path}/labels/{LABEL}")
        except ApiError as error:
            if error.status != _NOT_THERE:
                raise self._explained(error) from error
            self._call("POST", f"{self._path}/labels", {"name": LABEL, "description": _DESCRIPTION}, tolerated=_INVALID)
        self._labelled = True

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None, tolerated: int = 0) -> Answer:
        try:
            return self._api.call(method, path, body)
        except ApiError as error:
            if error.status == tolerated != 0:  # somebody else was faster
                return Answer(error.status, None)
            raise self._explained(error) from error

    def _explained(self, error: ApiError) -> ApiError:
        if error.status == _GONE:
            return ApiError(f"{error} (issues are disabled in {self._repo}, or this one was deleted)", _GONE)
        if error.status == _NOT_THERE:
            return ApiError(f"{error} (there is no such thing in {self._repo}, or the token may not see it)", _NOT_THERE)
        if error.status in _REFUSED and "rate limit" not in str(error).lower():
            return ApiError(f"{error} (the token needs the permission `issues: write` in {self._repo})", error.status)
        return error


def concerns_one(error: ApiError) -> bool:
    """Whether only the issue that was changed is the matter, and not the repository, the token or the service."""
    return error.status in (_GONE, _INVALID)


def web_address(api_url: str) -> str:
    """Address of the pages that belong to an API: github.com, an Enterprise Server (``/api/v3``) or ghe.com; else empty."""
    address = api_url.rstrip("/")
    if address.endswith("/api/v3"):
        return address.removesuffix("/api/v3")
    scheme, found, host = address.partition("://api.")
    is_github = host == "github.com" or host.endswith(".ghe.com")
    return f"{scheme}://{host}" if found and is_github and "/" not in host else ""


def _issues(items: Iterator[Mapping[str, object]]) -> Iterator[Issue]:
    for item in items:
        number, body = item.get("number"), item.get("body")
        if isinstance(number, int):
            reason = item.get("state_reason")
            is_open = item.get("state") == "open"
            is_declined = not is_open and reason in ("not_planned", "duplicate")
            yield Issue(number, body if isinstance(body, str) else "", is_open, is_declined, _moment(item.get("closed_at")))


def _moment(stamp: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
