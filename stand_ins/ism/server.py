"""The server itself, as tests use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from stand_ins.github.response import Response, json_response
from stand_ins.ism.policy import problem_of
from stand_ins.loopback import LoopbackHandler, LoopbackServer, StandIn

_PATH = "/_plugins/_ism/policies/"
_TERM = 1


class IsmServer(StandIn):
    """On an ephemeral port of 127.0.0.1, as a context manager; it knows policies alone."""

    def __init__(self) -> None:
        self.policies: dict[str, tuple[int, Mapping[str, Any]]] = {}
        """By name: the sequence number of the last change, and the policy."""
        self.changes = 0
        self._listener = _Listener(self)
        super().__init__(self._listener)
        self.url = self._listener.url

    def respond(self, method: str, path: str, query: Mapping[str, str], raw: bytes) -> Response:
        """What the plug-in answers."""
        name = path.removeprefix(_PATH)
        if not path.startswith(_PATH) or method not in ("GET", "PUT"):
            return json_response({"error": "no handler found"}, 400)
        if method == "PUT":
            return self._put(name, query, raw)
        if name not in self.policies:
            return _refused(404, "Policy not found")
        return json_response(self._shown(name))

    def _put(self, name: str, query: Mapping[str, str], raw: bytes) -> Response:
        there = self.policies.get(name)
        guard = (query.get("if_seq_no"), query.get("if_primary_term"))
        if guard != ((str(there[0]), str(_TERM)) if there else (None, None)):
            return _refused(409, f"[{name}]: version conflict")
        document = json.loads(raw)
        if said := problem_of(document):
            return _refused(400, said)
        self.changes += 1
        self.policies[name] = self.changes, document["policy"]
        return json_response(self._shown(name), 200 if there else 201)

    def _shown(self, name: str) -> Mapping[str, Any]:
        number, policy = self.policies[name]
        return {"_id": name, "_version": number, "_seq_no": number, "_primary_term": _TERM, "policy": policy}


def _refused(status: int, reason: str) -> Response:
    error = {"type": "status_exception", "reason": reason}
    return json_response({"error": error | {"root_cause": [error]}, "status": status}, status)


class _Listener(LoopbackServer):
    def __init__(self, ism: IsmServer) -> None:
        super().__init__(_Handler)
        self.ism = ism


class _Handler(LoopbackHandler):
    server: _Listener

    def do_PUT(self) -> None:  # noqa: N802  # as the base class names them
        self._exchange()

    def respond(self, raw: bytes) -> Response:
        path, _, query = self.path.partition("?")
        return self.server.ism.respond(self.command, path, dict(parse_qsl(query)), raw)
