"""What the server insists on, and how much it gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """May be changed between requests."""

    token: str = "ghs_standInToken"
    """The only token that is let in."""
    private: bool = True
    """Whether a request without a token finds nothing (404), or may read."""
    read_only: bool = False
    """Writes get a 403, as they do with the token of a fork's pull request."""
    requests_per_hour: int | None = None
    """More of them get a 403 until the hour of the server's clock is over; answers with 304 do not count."""
    most_found: int = 1_000
    """A filtered list of runs ends there, whatever its ``total_count`` says."""
    honest: bool = True
    """Whether ``total_count`` is all that there is, or what the list holds."""
    most_annotations: int = 50
    """Of one call that creates or updates a check run."""
    longest_body: int = 65_536
    """Characters of a comment, or of an issue."""
    login: str = "github-actions[bot]"
    """Whose token it is."""
    has_issues: bool = True
    """Where they are disabled everything about issues gets a 410."""
    may_label: bool = True
    """Without push access labels are dropped in silence."""
