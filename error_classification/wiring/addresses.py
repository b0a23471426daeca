"""Indices that settings name, by their name alone or by their whole address (pure)."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from error_classification.config import SETTINGS
from error_classification.errors import UsageError

_LABELS = {setting.name: setting.label for setting in SETTINGS}
_PORTS = {"https": 443, "http": 80}


def is_address(value: str) -> bool:
    """Whether it is more than a name."""
    return "://" in value


def split_index(setting: str, value: str) -> tuple[str, str]:
    """The server's address and the index: the last part of the path that is no endpoint such as ``_doc``.

    Raises ``UsageError``, with the name of the ``setting`` that people know, where that is not there.
    """
    try:
        parts = urlsplit(value)
        usable = parts.scheme in _PORTS and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    path = [part for part in parts.path.split("/") if part] if usable else []
    while path and path[-1].startswith("_"):
        path.pop()
    if not path:
        said = f"{_LABELS[setting]} is neither the name of an index nor its address"
        raise UsageError(said, "it looks like https://host:9200/index")
    *prefix, index = path
    return urlunsplit(parts._replace(path="/".join(["", *prefix]), query="", fragment="")), index


def index_at(server_url: str, setting: str, value: str) -> str:
    """The index of a name, or of an address at this server; empty for one elsewhere. Raises ``UsageError``."""
    if not is_address(value):
        return value
    address, index = split_index(setting, value)
    return index if origin(urlsplit(address)) == origin(urlsplit(server_url)) else ""


def origin(parts: SplitResult) -> tuple[str, str, int | None]:
    """Who gets to see what is sent."""
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
