"""What of a path, a host or an address is the same on every machine.

Absolute paths keep their last component: where a checkout, a home or a temporary folder lies is the machine's affair. Relative
paths belong to the project and stay. Line and column behind a file name go.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

MAX_NAME = 300
_POSITION = re.compile(r"(?::\d+(?::\d+)?|:?\[\d+,\d+\]|\(\d+(?:,\d+){0,3}\))$")
UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_NAME_ID = re.compile(rf"(?<![0-9A-Za-z])(?:{UUID}|[0-9a-f]{{7,64}}|\d{{9,}})(?![0-9A-Za-z])")
_TEMPORARY_NAME = re.compile(
    r"tmp[\w.-]{4,}|tmp|temp[-_.]?[\w.]{5,}|(?:pip|npm|go|yarn|cargo)-[a-z]+(?:-[a-z]+)*-?\w{6,}|pytest-\d+|go-build\d+|[\w.-]+\.tmp\w*",
    re.IGNORECASE,
)
_TEMPORARY_FOLDER = re.compile(r"(?i)(?:^|[\\/])(?:tmp|temp|var[\\/]folders)[\\/]")
_HOME = re.compile(r"(?i)^(?:[A-Z]:)?[\\/]+(?:home|users)[\\/]+[^\\/]+$")
_SEPARATOR = re.compile(r"[\\/]+")
_RUN_NUMBER = re.compile(r"(?<=/)(?P<what>runs|jobs?|builds?|pipelines|artifacts|actions|check-runs|suites|attempts)/\d+")
_LOOPBACK = re.compile(r"127\.|0\.0\.0\.0$|255\.255\.255\.255$|169\.254\.169\.254$")


def is_hex_id(text: str) -> bool:
    """Digits and letters both: "facade" is a word and 1234567 a number."""
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def mask_ids(name: str) -> str:
    """A file or folder name without digests, identifiers and long numbers."""
    return _NAME_ID.sub(lambda match: "<hash>" if is_hex_id(match[0]) else match[0] if len(match[0]) < 9 else "<id>", name)


def absolute_path(text: str) -> str:
    """``/home/me/x/foo.py:12:5`` -> ``<path>/foo.py:<line>``."""
    path, position = _without_position(text)
    path = path.rstrip("/\\")
    if _HOME.match(path):
        return "<path>" + position
    *folders, name = _SEPARATOR.split(path)
    if _TEMPORARY_NAME.fullmatch(name[:MAX_NAME]) or (_TEMPORARY_FOLDER.search(path) and len(folders) <= 2 and "." not in name):
        name = "<tmp>"
    return f"<path>/{mask_ids(name)}{position}" if name else "<path>" + position


def relative_path(text: str) -> str:
    """``./src/foo.py:12:5`` -> ``src/foo.py:<line>``; ``~/x/foo.py`` is absolute."""
    if text.startswith("~"):
        return absolute_path(text)
    path, position = _without_position(text)
    while path.startswith(("./", "../")):
        path = path.partition("/")[2]
    return mask_ids(path) + position


def file_url(text: str) -> str:
    """``file:///C:/x/foo.kt:3:4`` -> ``<path>/foo.kt:<line>``."""
    return absolute_path("/" + unquote(text.partition(":")[2]).lstrip("/"))


def url(text: str) -> str:
    """Scheme, host and path stay; user, port, query and the numbers of runs and jobs go."""
    scheme, _, rest = text.partition("://")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    path = mask_ids(_RUN_NUMBER.sub(r"\g<what>/<id>", slash + path))
    return f"{scheme}://{host(authority.rpartition('@')[2])}{path}" + ("?<query>" if query else "")


def host(text: str) -> str:
    """A host with or without a port: ``10.0.0.7:41233`` -> ``<ip>:<port>``; loopback addresses stay."""
    name, colon, port = text.rpartition(":")
    if not (colon and port.isdigit()):
        return ip(text)
    return f"{ip(name)}:<port>"


def far_end(text: str) -> str:
    """The far end of a connection, as Go prints it: ``->10.0.0.7:53`` -> ``-><ip>:<port>``."""
    arrow = text[: 3 if text[2] == " " else 2]
    return arrow + host(text.removeprefix(arrow))


def ip(text: str) -> str:
    """``<ip>`` for an address of one machine; what means the same everywhere (127.0.0.1, 0.0.0.0) stays."""
    return "<ip>" if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", text) and not _LOOPBACK.match(text) else text


def _without_position(text: str) -> tuple[str, str]:
    match = _POSITION.search(text[-40:])
    return (text[: len(text) - len(match[0])], ":<line>") if match else (text, "")
