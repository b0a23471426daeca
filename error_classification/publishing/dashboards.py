"""The door to OpenSearch Dashboards: one request that imports a file of saved objects, and what came of it in one line.

The request is the one of releases 1 to 3, as their public source has it (``src/core/server/saved_objects/routes/import.ts``).
Objects go where the server puts them when nobody names a tenant or a workspace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from error_classification.errors import Error, UsageError

if TYPE_CHECKING:
    import requests

_PATH = "/api/saved_objects/_import"
_CONNECTING = 10.0
"""Seconds for a connection."""
_CHUNK = 1 << 16
_LONGEST_ANSWER = 4 << 20
_LONGEST_WORDS = 300
_LONGEST_NAME = 100
_ADVICE = {
    400: "the server says what it does not take",
    401: "OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD are used here as well",
    403: "the user needs to write saved objects: the role opensearch_dashboards_user (kibana_user), and no read-only tenant",
    404: "it must be OpenSearch Dashboards, with its base path: often port 5601, on AWS the path /_dashboards",
    409: "somebody else is changing the same objects; try again",
    413: "its setting savedObjects.maxImportPayloadBytes is too small",
    429: "try again later",
}
_LATER = "it is starting or overloaded; try again later"

_JSON: TypeAlias = dict[str, object]


class DashboardsError(Error):
    """OpenSearch Dashboards did not do what it was asked, or not all of it."""


@dataclass(frozen=True, slots=True)
class Dashboards:
    """A server of OpenSearch Dashboards, with its base path, and how to be let in; without a user nobody is named."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """Certificates of the authorities to trust, instead of the system's."""
    timeout: float = 30.0
    """Seconds that it may be silent."""

    @property
    def address(self) -> str:
        """Without a slash at the end."""
        return self.url.rstrip("/")


def checked(server: Dashboards) -> Dashboards:
    """The same, where it can be used. Raises ``UsageError`` for an address or a file that can't."""
    if "@" in server.url:
        raise UsageError("the address of the dashboards must not name a user", "OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD do")
    try:
        parts = urlsplit(server.url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment:
        raise UsageError(f"{_plain(server.url)!r} is not the address of a server", "it looks like https://host:5601")
    if server.ca_file and not Path(server.ca_file).is_file():
        raise UsageError(f"there is no file {server.ca_file}", "OPENSEARCH_CA_FILE names certificates in PEM format")
    return server


def import_objects(server: Dashboards, ndjson: str) -> int:
    """Creates or replaces the objects; returns how many there are now.

    Raises ``DashboardsError`` that names every object that was not taken: the others are there then.
    """
    status, body = _post(server, ndjson)
    if status != 200:
        raise _refusal(server, status, body)
    return _imported(server, body, len(ndjson.splitlines()))


def _post(server: Dashboards, ndjson: str) -> tuple[int, bytes]:
    """Redirects are not followed: they would take objects and password along, or lead to a page to log in."""
    import requests

    try:
        with requests.Session() as session:
            response = session.post(
                f"{server.address}{_PATH}",
                params={"overwrite": "true"},
                headers={"osd-xsrf": "true", "Accept": "application/json", "User-Agent": "error-classification"},
                files={"file": ("dashboards.ndjson", ndjson.encode(), "application/ndjson")},
                auth=_credentials(server),
                verify=server.ca_file or True,
                timeout=(_CONNECTING, server.timeout),
                allow_redirects=False,
                stream=True,
            )
            return response.status_code, _read(server, response)
    except requests.exceptions.SSLError as error:
        advice = "OPENSEARCH_CA_FILE names the authorities to trust"
        raise DashboardsError(f"no safe connection to {server.address}: its certificate is not trusted", advice) from error
    except requests.Timeout as error:
        raise DashboardsError(f"{server.address} gives no answer in time", _LATER) from error
    except (requests.RequestException, ValueError) as error:
        raise DashboardsError(f"no answer from {server.address}: {type(error).__name__}", "is it running there?") from error


def _credentials(server: Dashboards) -> requests.auth.AuthBase | _Nobody:
    """In bytes, since as text they would have to be Latin-1."""
    from requests.auth import HTTPBasicAuth

    return HTTPBasicAuth(server.username.encode(), server.password.encode()) if server.username else _Nobody()


class _Nobody:
    """Keeps ``.netrc`` from naming somebody."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _read(server: Dashboards, response: requests.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_content(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > _LONGEST_ANSWER:
            raise DashboardsError(f"the answer of {server.address} is too long", "is it OpenSearch Dashboards?")
    return b"".join(pieces)


def _refusal(server: Dashboards, status: int, body: bytes) -> DashboardsError:
    """For an answer that is no success."""
    if 300 <= status < 400:
        return DashboardsError(f"{server.address} redirects ({status})", "give the address where it leads, with its base path")
    said = _text(_decoded(body).get("message"))
    advice = _LATER if status >= 500 else _ADVICE.get(status, "")
    return DashboardsError(f"{server.address} answers {status}" + (f": {said}" if said else ""), advice)


def _imported(server: Dashboards, body: bytes, wanted: int) -> int:
    """What the body of a 200 says, which may be that nothing was done."""
    answer = _decoded(body)
    count = answer.get("successCount")
    if not isinstance(answer.get("success"), bool) or not isinstance(count, int):
        raise DashboardsError(f"{server.address} answers what OpenSearch Dashboards does not", _ADVICE[404])
    failures = list(_failures(answer.get("errors")))
    if answer["success"] and not failures and count == wanted:
        return count
    told = f": {'; '.join(failures)}" if failures else ""
    raise DashboardsError(f"{server.address} took {count} of {wanted} objects{told}")


def _failures(errors: object) -> Iterator[str]:
    for each in errors if isinstance(errors, list) else []:
        about = each if isinstance(each, dict) else {}
        meta = about.get("meta")
        title = about.get("title") or (meta.get("title") if isinstance(meta, dict) else "") or about.get("id")
        yield f"{_text(about.get('type'), _LONGEST_NAME)} {_text(title, _LONGEST_NAME)!r}: {_reason(about.get('error'))}"


def _reason(error: object) -> str:
    """In our words; the kinds of errors are in ``src/core/server/saved_objects/import/types.ts`` of the server's source."""
    given = error if isinstance(error, dict) else {}
    kind, missing = _text(given.get("type")).replace("_", " "), given.get("references")
    named = [f"{_text(each.get('type'))} {_text(each.get('id'))}" for each in missing or [] if isinstance(each, dict)]
    more = ", ".join(named) if named else _text(given.get("message"))
    return " ".join(filter(None, (kind, more))) or "it does not say why"


def _decoded(body: bytes) -> _JSON:
    """The object that a body holds; empty where it holds none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object, longest: int = _LONGEST_WORDS) -> str:
    return _plain(value, longest) if isinstance(value, str) else ""


def _plain(text: str, longest: int = _LONGEST_WORDS) -> str:
    """On one line, without control characters, and cut."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:longest]).split())
