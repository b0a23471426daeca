"""What the value of a parameter looks like: guards against a pattern that hit something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

_MODULE = re.compile(r"@?[A-Za-z_][\w.@/:+-]{0,120}")
_PACKAGE = re.compile(r"@?[A-Za-z_][\w.@/+:-]{0,100}(?:\[[\w,]+\])?(?: ?(?:[=<>~^!]=?=?|@) ?[\w.*+!-]+(?:,[=<>~^!]=?[\w.*]+)*)?")
_VERSION = re.compile(r"(?:[=<>~^!]{1,3} ?)?v?\d[\w.*+!~-]{0,60}(?:,[=<>~^!]{1,3}[\w.*]+)*|[a-z]+-\d+|latest|next|beta|alpha")
_NAMED_HOST = r"(?:[A-Za-z0-9_][\w-]{0,62}\.){1,8}[A-Za-z][\w-]{0,30}|[a-z][\w-]{1,40}"
_HOST = re.compile(rf"{_NAMED_HOST}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|[0-9a-f]*(?::[0-9a-f]*){{2,7}}")
_PORT = re.compile(r"[1-9]\d{0,4}")
_FILE = re.compile(r"(?:[A-Za-z]:)?[\w.@+~/\\ -]{1,200}")
_FOREIGN = re.compile(r"^[\d.]+$|(?:site|dist)-packages/.*\.py$|(?:node_modules|internal|rustc)/.*\.(?:[cm]?js|rs)$|^node:")
_SYMBOL = re.compile(r"[A-Za-z_~$@:][^\n]{0,150}")
_TEST = re.compile(r"\S[^\n]{0,190}")
_LIMIT = re.compile(r"\d[\d.,]*(?: ?[A-Za-z%]{1,12})?")
_NAME = re.compile(r"[A-Za-z_]\w{0,80}")
_OPTION = re.compile(r"--?[A-Za-z0-9][\w.-]{0,60}(?:=\S{0,40})?")
_IMAGE = re.compile(r"[a-z0-9][\w.:/@-]{1,200}")
_URL = re.compile(r"(?:[a-z][\w+.-]*://|git@)[^\s'\"<>]{3,200}")
_TOOL = re.compile(r"[A-Za-z_][\w.+-]{0,60}")
_VALUE = re.compile(r"[^\n]{1,200}")
_COMMON = frozenset(
    """
    the a an this that it is of in at on for to by with from when and or not no any your
    host module package error file test line
    """.split()  # noqa: SIM905 - words are read and added to more easily than quoted ones
)
"""Words of prose, never a value."""


def _fits(shape: re.Pattern[str], value: str) -> bool:
    return shape.fullmatch(value) is not None and value.lower() not in _COMMON


def _is_file(value: str) -> bool:
    """A name with an ending or a folder, or one of the well-known files that have neither; no frame in somebody else's code."""
    bare = value.replace("\\", "/").rstrip("/")
    named = "." in bare.rpartition("/")[2] or "/" in bare or bare.endswith("file")
    return named and _fits(_FILE, value) and not _FOREIGN.search(bare)


def _is_port(value: str) -> bool:
    return _fits(_PORT, value) and int(value) < 65_536


def _is_host(value: str) -> bool:
    """Neither a file nor a version with dots."""
    return _fits(_HOST, value) and not value.endswith((".py", ".js", ".ts", ".go", ".rs", ".java", ".rb", ".c", ".so", ".lock"))


SHAPES: dict[str, Callable[[str], bool]] = {
    "module": partial(_fits, _MODULE),
    "package": partial(_fits, _PACKAGE),
    "version": partial(_fits, _VERSION),
    "host": _is_host,
    "port": _is_port,
    "file": _is_file,
    "symbol": partial(_fits, _SYMBOL),
    "test": partial(_fits, _TEST),
    "limit": partial(_fits, _LIMIT),
    "variable": partial(_fits, _NAME),
    "option": partial(_fits, _OPTION),
    "image": partial(_fits, _IMAGE),
    "url": partial(_fits, _URL),
    "tool": partial(_fits, _TOOL),
    "value": partial(_fits, _VALUE),
}
