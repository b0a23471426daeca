"""What the program ends with; where several hold: usage, not done, gate, done."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
GATE: Final = 1
"""It ran, and the gate that the user asked for says fail."""
USAGE: Final = 2
NOT_DONE: Final = 3
"""Part of the work is not done."""
BUG: Final = 70
INTERRUPTED: Final = 130
