"""The door to opensearch-py: how a server is reached, and what it means to the user when it is not."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from opensearchpy import OpenSearch, RequestsHttpConnection
from requests.adapters import HTTPAdapter

from error_classification.errors import UsageError

MANAGED, SERVERLESS = "es", "aoss"
"""AWS's names of its two services, as they are signed for."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server and how to be let in: by user and password, or by AWS's signature (``region``); else without credentials."""

    url: str = field(repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """Certificates of the authorities to trust, instead of the system's."""
    fingerprint: str = ""
    """SHA-256 of the server's own certificate, in hex: then nothing else is looked at."""
    region: str = ""
    service: str = MANAGED
    timeout: float = 30.0
    """Seconds that one request may take."""

    @property
    def name(self) -> str:
        """The address without credentials."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])).rstrip("/")

    @property
    def refreshes(self) -> bool:
        """Whether the server can be told to make visible to searches what was written."""
        return self.service != SERVERLESS


class _Trusting(HTTPAdapter):
    """Trusts what it is told to, even where the environment names other authorities: requests would prefer those."""

    def __init__(self, ca_file: str, fingerprint: str) -> None:
        self._verify: str | bool = False if fingerprint else ca_file
        self._pin: dict[str, Any] = {"assert_fingerprint": fingerprint, "assert_hostname": False} if fingerprint else {}
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return super().init_poolmanager(*args, **{**kwargs, **self._pin})

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**kwargs, **self._pin})

    def send(self, *args: Any, **kwargs: Any) -> Any:
        return super().send(*args, **{**kwargs, "verify": self._verify})


class _Connection(RequestsHttpConnection):
    """With requests, which honours the proxies of the environment. Follows no redirect: what is sent is for this server alone."""

    def __init__(self, *args: Any, ca_file: str = "", fingerprint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ca_file or fingerprint:
            self.session.mount("https://", _Trusting(ca_file, fingerprint))

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        return super().perform_request(*args, **{**kwargs, "allow_redirects": False})


def connect(endpoint: Endpoint, retries: int = 0) -> OpenSearch:
    """A client; nothing is sent yet. Who asks by way of ``server`` needs no ``retries`` of the client's.

    Raises ``UsageError`` for an address, file or fingerprint that can't be used.
    """
    parts = urlsplit(endpoint.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{endpoint.name!r} is not the address of a server", "OPENSEARCH_URL looks like https://host:9200")
    _silence()
    return OpenSearch(
        hosts=[_host(endpoint)],
        http_auth=_credentials(endpoint),
        connection_class=_Connection,
        timeout=endpoint.timeout,
        max_retries=retries,
        **(_trust(endpoint) if parts.scheme == "https" else {}),
    )


def _host(endpoint: Endpoint) -> dict[str, Any]:
    parts = urlsplit(endpoint.url)
    secure = parts.scheme == "https"
    path = {"url_prefix": parts.path.strip("/")} if parts.path.strip("/") else {}
    return {"host": parts.hostname, "port": parts.port or (443 if secure else 80), "use_ssl": secure, **path}


def _credentials(endpoint: Endpoint) -> Any:
    if endpoint.region:
        return _signer(endpoint)
    parts = urlsplit(endpoint.url)
    username = endpoint.username or unquote(parts.username or "")
    password = endpoint.password or unquote(parts.password or "")
    return (username, password) if username else None


def _signer(endpoint: Endpoint) -> Any:
    if endpoint.service not in (MANAGED, SERVERLESS):
        raise UsageError(f"{endpoint.service!r} is no service of AWS with OpenSearch", f"use {MANAGED} or {SERVERLESS}")
    from opensearchpy import RequestsAWSV4SignerAuth

    try:
        from botocore.session import get_session
    except ImportError as error:
        raise UsageError("to sign for AWS botocore is needed", "pip install 'error-classification[aws]'") from error
    credentials = get_session().get_credentials()
    if credentials is None:
        raise UsageError("there are no credentials for AWS", "set them as the AWS command line wants them")
    return RequestsAWSV4SignerAuth(credentials, endpoint.region, endpoint.service)


def _trust(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.fingerprint:
        digits = endpoint.fingerprint.replace(":", "").lower()
        if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
            raise UsageError(f"{endpoint.fingerprint[:100]!r} is no SHA-256 fingerprint", "it has 64 hexadecimal digits")
        return {"fingerprint": digits}
    if endpoint.ca_file and not Path(endpoint.ca_file).is_file():
        raise UsageError(f"there is no file {endpoint.ca_file}", "OPENSEARCH_CA_FILE names certificates in PEM format")
    return {"ca_file": endpoint.ca_file}


def _silence() -> None:
    """The client would log what we report ourselves, and to standard error where nobody asked for logs."""
    logging.getLogger("opensearch").addHandler(logging.NullHandler())
