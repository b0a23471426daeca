"""The server itself, as tests use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock
from urllib.parse import quote

from stand_ins.claude.clock import Clock, SystemClock
from stand_ins.github.connection import Listener
from stand_ins.github.paging import page_response
from stand_ins.github.replies import Reply
from stand_ins.github.request import JSON, Request
from stand_ins.github.response import Response, json_response
from stand_ins.github.script import Script
from stand_ins.loopback import StandIn

PREFIX = "/api/v4"
_LONGEST = 1_000_000
"""Characters of a note."""


class GitLabServer(StandIn):
    """One project on an ephemeral port of 127.0.0.1, as a context manager."""

    token, login = "glpat-standIn", "project_7_bot"

    def __init__(self, project: str = "acme/tools/shop", clock: Clock | None = None) -> None:
        self.project = project
        self.notes: list[JSON] = []
        """Of all merge requests, the oldest first; ``noteable_iid`` says which."""
        self.merge_requests: dict[str, list[JSON]] = {}
        """By commit."""
        self.may_write = True
        self.requests: list[Request] = []
        self._numbers, self._script, self._lock = count(1), Script(), Lock()
        self._listener = Listener(self._respond, (clock or SystemClock()).now)
        super().__init__(self._listener)
        self.url = self._listener.url + PREFIX
        here = re.escape(f"{PREFIX}/projects/{quote(project, safe='')}")
        self._routes: list[tuple[re.Pattern[str], Callable[..., Response]]] = [
            (re.compile(f"GET {PREFIX}/user"), lambda request: json_response({"username": self.login})),
            (re.compile(rf"GET {here}/repository/commits/([0-9a-f]+)/merge_requests"), self._of_commit),
            (re.compile(rf"GET {here}/merge_requests/(\d+)/notes"), self._list),
            (re.compile(rf"POST {here}/merge_requests/(\d+)/notes"), self._create),
            (re.compile(rf"PUT {here}/merge_requests/(\d+)/notes/(\d+)"), self._update),
        ]

    def script(self, *replies: Reply | None, at: str = "*") -> None:
        """Plays these replies once, in order; None stands for the usual answer. ``at``: as for ``GitHubServer``."""
        self._script.add(replies, at)

    def _respond(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
            return self._script.played(request, lambda: self._answered(request))

    def _answered(self, request: Request) -> Response:
        if request.token != self.token:
            return json_response({"message": "401 Unauthorized"}, 401)
        if request.method != "GET" and not self.may_write:
            return json_response({"message": "403 Forbidden"}, 403)
        for pattern, perform in self._routes:
            if match := pattern.fullmatch(f"{request.method} {request.path}"):
                return perform(request, *match.groups())
        return json_response({"message": "404 Not found"}, 404)

    def _of_commit(self, request: Request, sha: str) -> Response:
        return json_response(self.merge_requests.get(sha, []))

    def _list(self, request: Request, number: str) -> Response:
        found = [each for each in self.notes if each["noteable_iid"] == int(number)]
        return page_response(request, self.url.removesuffix(PREFIX), _sorted(found, request.query.get("sort", "desc")))

    def _create(self, request: Request, number: str) -> Response:
        body = request.body.get("body")
        if not isinstance(body, str) or not body.strip() or len(body) > _LONGEST:
            return json_response({"message": "400 Bad request - Note can't be blank, or is too long"}, 400)
        self.notes.append(note(self.login, body, int(number), next(self._numbers)))
        return json_response(self.notes[-1], 201)

    def _update(self, request: Request, number: str, key: str) -> Response:
        for each in self.notes:
            if (each["noteable_iid"], each["id"]) == (int(number), int(key)) and each["author"]["username"] == self.login:
                each["body"] = str(request.body.get("body"))
                return json_response(each)
        return json_response({"message": "404 Not found"}, 404)


def note(author: str, body: str, merge_request: int, number: int = 0) -> JSON:
    """As GitLab lists it."""
    return {"id": number, "body": body, "author": {"username": author}, "system": False, "noteable_iid": merge_request}


def _sorted(notes: Sequence[JSON], order: str) -> list[JSON]:
    return list(notes if order == "asc" else reversed(notes))
