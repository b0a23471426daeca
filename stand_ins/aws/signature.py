"""AWS Signature Version 4, the side that verifies (pure).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

_ALGORITHM = "AWS4-HMAC-SHA256"
_SCOPE = r"([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request"
_FORM = re.compile(rf"{_ALGORITHM} Credential={_SCOPE}, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{{64}})")
_OLDEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Account:
    """Who may come in, and where. ``token``: of temporary credentials; empty for permanent ones."""

    key: str = "AKIDEXAMPLE"
    secret: str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    token: str = ""
    region: str = "eu-central-1"
    service: str = "es"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came over the wire: path and query as they stand in its first line, names of headers in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def flaw(call: Call, account: Account, now: datetime) -> str:
    """Why it is not let in; empty where it is."""
    form = _FORM.fullmatch(call.headers.get("authorization", ""))
    if form is None:
        return "Missing Authentication Token"
    key, day, region, service, names, signature = form.groups()
    if (key, region, service) != (account.key, account.region, account.service):
        return "Credential should be scoped to a valid region and service, and of a known key."
    if call.headers.get("x-amz-security-token", "") != account.token:
        return "The security token included in the request is invalid."
    if call.headers.get("x-amz-content-sha256") != hashlib.sha256(call.body).hexdigest():
        return "The value of x-amz-content-sha256 is not that of the body."
    if lacking := {"host", *(name for name in call.headers if name.startswith("x-amz-"))} - set(names.split(";")):
        return f"These headers must be signed: {sorted(lacking)}"
    stamp = call.headers.get("x-amz-date", "")
    if not stamp.startswith(day) or abs(now - _moment(stamp)) > _OLDEST:
        return "Signature expired."
    expected = _signature(call, account, stamp, names)
    return "" if hmac.compare_digest(expected, signature) else "The request signature we calculated does not match."


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _signature(call: Call, account: Account, stamp: str, names: str) -> str:
    scope = f"{stamp[:8]}/{account.region}/{account.service}/aws4_request"
    request = hashlib.sha256(_canonical(call, names).encode()).hexdigest()
    key = f"AWS4{account.secret}".encode()
    for part in scope.split("/"):
        key = _keyed(key, part)
    return _keyed(key, "\n".join((_ALGORITHM, stamp, scope, request))).hex()


def _canonical(call: Call, names: str) -> str:
    """The path is encoded once more, as for all services but S3; parameters are sorted in their encoded form."""
    parameters = sorted((_encoded(name), _encoded(value)) for name, value in parse_qsl(call.query, keep_blank_values=True))
    headers = "".join(f"{name}:{' '.join(call.headers.get(name, '').split())}\n" for name in names.split(";"))
    query = "&".join(f"{name}={value}" for name, value in parameters)
    return "\n".join((call.method, quote(call.path, "/~"), query, headers, names, hashlib.sha256(call.body).hexdigest()))


def _encoded(text: str) -> str:
    return quote(text, "~")


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
