"""The server itself, as tests use it."""

from __future__ import annotations

from base64 import b64encode
from threading import Lock

from stand_ins.claude.clock import Clock, SystemClock
from stand_ins.dashboards.form import sent_objects
from stand_ins.dashboards.importing import Key, fault, key_of, report
from stand_ins.dashboards.switches import Switches
from stand_ins.github.connection import Listener
from stand_ins.github.replies import Reply
from stand_ins.github.request import JSON, Request
from stand_ins.github.response import RefusedError, Response, json_response
from stand_ins.github.script import Script
from stand_ins.loopback import StandIn

PATH = "/api/saved_objects/_import"
_REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 413: "Request Entity Too Large"}


class DashboardsServer(StandIn):
    """On an ephemeral port of 127.0.0.1, as a context manager; ``base_path`` is what it calls so, such as ``/dashboards``."""

    def __init__(self, base_path: str = "", *, switches: Switches | None = None, clock: Clock | None = None) -> None:
        self.switches = switches or Switches()
        self.objects: dict[Key, JSON] = {}
        """What was imported, by type and id."""
        self.requests: list[Request] = []
        """What it received so far, in order of arrival."""
        self._base_path = base_path
        self._script = Script()
        self._refused: dict[str, JSON] = {}
        self._lock = Lock()
        self._listener = Listener(self._respond, (clock or SystemClock()).now)
        super().__init__(self._listener)
        self.url = self._listener.url + base_path

    def script(self, *replies: Reply | None) -> None:
        """Plays these replies once, in order; None stands for the usual answer."""
        self._script.add(replies, "*")

    def refuse(self, kind: str, error: JSON) -> None:
        """From now on every object of this type fails for this reason."""
        self._refused[kind] = error

    def _respond(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
            return self._script.played(request, lambda: self._answered(request))

    def _answered(self, request: Request) -> Response:
        try:
            self._check(request)
            return json_response(self._imported(request))
        except RefusedError as refused:
            return _in_its_words(refused)

    def _check(self, request: Request) -> None:
        if self.switches.username and request.headers.get("authorization") != _basic(self.switches):
            raise RefusedError(401, "Authentication required")
        if (request.method, request.path) != ("POST", self._base_path + PATH):
            raise RefusedError(404, "Not Found")
        if "osd-xsrf" not in request.headers:
            raise RefusedError(400, "Request must contain an osd-xsrf header.")
        if len(request.raw) > self.switches.longest:
            raise RefusedError(413, f"Payload content length greater than maximum allowed: {self.switches.longest}")
        if self.switches.read_only:
            raise RefusedError(403, "Forbidden")

    def _imported(self, request: Request) -> JSON:
        sent = sent_objects(request)
        overwrite = request.query.get("overwrite") == "true"
        found = {
            key_of(each): self._refused.get(each["type"]) or fault(each, sent, self.objects, overwrite=overwrite) for each in sent
        }
        faults = {key: error for key, error in found.items() if error}
        self.objects |= {key_of(each): each for each in sent if key_of(each) not in faults}
        return report(sent, faults)


def _basic(switches: Switches) -> str:
    return "Basic " + b64encode(f"{switches.username}:{switches.password}".encode()).decode()


def _in_its_words(refused: RefusedError) -> Response:
    status = refused.response.status
    body = {"statusCode": status, "error": _REASONS.get(status, "Error"), "message": str(refused)}
    return json_response(body, status)
