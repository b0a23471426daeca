"""What the server insists on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """May be changed between requests."""

    username: str = ""
    """Empty lets everybody in."""
    password: str = ""
    read_only: bool = False
    """Imports get a 403."""
    longest: int = 26_214_400
    """Bytes of a request: ``savedObjects.maxImportPayloadBytes``."""
