"""What all local judges say in the same form: evidence and the root cause, of bounded length (pure functions)."""

from __future__ import annotations

MAX_EVIDENCE = 500
"""Longest evidence, in characters."""
MAX_ROOT_CAUSE = 200
"""Longest root cause, in characters."""


def one_line(text: str) -> str:
    """``text`` on one line, without what is not printable, cut to ``MAX_ROOT_CAUSE``."""
    start = text[: 4 * MAX_ROOT_CAUSE]
    visible = start if start.isprintable() else "".join(character if character.isprintable() else " " for character in start)
    clean = " ".join(visible.split())
    return clean if len(clean) <= MAX_ROOT_CAUSE else clean[: MAX_ROOT_CAUSE - 1].rstrip() + "…"
