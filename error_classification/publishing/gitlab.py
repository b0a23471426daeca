"""What is left behind on GitLab: one note for each job on its merge request.

https://docs.gitlab.com/api/notes/. The token of a job may not write notes: it takes one of a project or a person, with the scope
``api``, in GITLAB_TOKEN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from error_classification.publishing.comments import listed, objects
from error_classification.publishing.rest_api import Api, ApiError

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class MergeRequest:
    """Its notes. Implements ``comments.Board``. ``project``: its path, such as ``group/name``."""

    def __init__(self, api: Api, project: str, number: int) -> None:
        self._api, self._notes = api, f"{_path(project)}/merge_requests/{number}/notes"
        self.name = f"merge request {number}"

    def ours(self, mark: str) -> Iterator[Mapping[str, object]]:
        """See ``comments.Board``."""
        viewer = ""
        for note in listed(self._api, f"{self._notes}?per_page=100&sort=asc&order_by=created_at"):
            body, author = note.get("body"), note.get("author")
            if isinstance(body, str) and body.startswith(mark) and isinstance(author, dict):
                viewer = viewer or self._viewer()
                if author.get("username") == viewer:
                    yield note

    def create(self, body: str) -> None:
        """See ``comments.Board``."""
        self._api.call("POST", self._notes, {"body": body})

    def update(self, comment: Mapping[str, object], body: str) -> None:
        """See ``comments.Board``."""
        self._api.call("PUT", f"{self._notes}/{comment['id']}", {"body": body})

    def _viewer(self) -> str:
        """Whose token it is. Raises ``ApiError`` where that is not told: a note of somebody else is not ours to change."""
        found = self._api.call("GET", "/user").body
        name = found.get("username") if isinstance(found, dict) else None
        if not isinstance(name, str) or not name:
            raise ApiError("GitLab does not tell whose token it is")
        return name


def merge_request_of(api: Api, project: str, commit: str) -> int:
    """The number of the open merge request with this commit; 0 where there is none, or the token may not ask."""
    if not _COMMIT.fullmatch(commit):
        return 0
    try:
        found = api.call("GET", f"{_path(project)}/repository/commits/{commit}/merge_requests").body
    except ApiError as error:
        if error.is_refusal:
            return 0
        raise
    opened = (item for item in objects(found) if item.get("state") == "opened")
    return next((number for item in opened if isinstance(number := item.get("iid"), int)), 0)


def _path(project: str) -> str:
    return f"/projects/{quote(project, safe='', errors='replace')}"
