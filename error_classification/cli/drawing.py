"""rich, as this program uses it: drawn in memory, in a known width, with nothing taken for markup."""

from __future__ import annotations

import sys
from io import StringIO

from rich.console import Console, RenderableType


class _Out(StringIO):
    """Draws in memory with the characters that standard output has."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(sys.stdout, "encoding", None) or "utf-8"


def drawn(content: RenderableType, columns: int, color: bool) -> str:
    """``content`` as text of at most ``columns`` columns; no line ends in blanks, the last ends the text."""
    out = _Out()
    console = Console(
        file=out,
        width=columns,
        force_terminal=color,
        color_system="auto" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(content)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")).strip("\n") + "\n"
