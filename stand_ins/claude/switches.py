"""How the service is feeling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """May be changed between requests, and during them."""

    key: str = "test-key"
    """The only key that is let in."""
    requests_per_minute: int | None = None
    """More within 60 seconds of the server's clock get a 429 with ``retry-after``."""
    spend_cap_reached: bool = False
    """All get a 429 without ``retry-after``."""
    overloaded: bool = False
    """All get a 529."""
    json_schema: bool = True
    """Whether chat completions accept ``response_format`` of this type, or answer 400."""
    json_object: bool = True
    cached_tokens: bool = True
    """Whether chat completions tell how much was cached, or leave ``prompt_tokens_details`` null."""
