"""How the text of a setting becomes its value. Each raises ValueError with what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable


def text(value: str) -> str:
    """As it is."""
    return value


def url(value: str) -> str:
    """An address, without a slash at its end."""
    if not re.match(r"https?://[^/\s]", value):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


def whole(least: int) -> Callable[[str], int]:
    """A whole number of at least ``least``."""
    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or int(value) < least:
            raise ValueError(f"must be a whole number of at least {least}")
        return int(value)

    return parse


def fraction(value: str) -> float:
    """A number from 0 to 1."""
    if not re.fullmatch(r"[01]|[01]?\.\d{1,17}|1\.0*", value) or float(value) > 1:
        raise ValueError("must be a number from 0 to 1")
    return float(value)


def flag(value: str) -> bool:
    """Yes or no, in the spellings that people use."""
    if value.lower() not in _FLAGS:
        raise ValueError("must be true or false")
    return _FLAGS[value.lower()]


_FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def one_of(*choices: str) -> Callable[[str], str]:
    """One of ``choices``, in small letters."""
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value.lower()

    return parse


def dollars(value: str) -> float | None:
    """An amount of US dollars; ``none`` lifts a cap."""
    if value.lower() == "none":
        return None
    if not re.fullmatch(r"\d{1,7}(?:\.\d{1,6})?|\.\d{1,6}", value):
        raise ValueError("must be an amount of US dollars such as 0.50, or none")
    return float(value)


def names(value: str) -> tuple[str, ...]:
    """A list, parted by commas."""
    return tuple(name for item in value.split(",") if (name := item.strip()))
