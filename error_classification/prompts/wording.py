"""The words of the prompt, from ``prompt.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def load_table(name: str) -> Mapping[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def wording(name: str) -> str:
    """One text of ``prompt.toml``, without white space around it."""
    text: str = load_table("prompt.toml")[name]
    return text.strip()
