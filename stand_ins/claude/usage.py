"""What a request cost, in tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

FIVE_MINUTES = timedelta(minutes=5)
ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PromptUsage:
    """A prompt's tokens by what is paid for them, and the prefixes that it leaves in the cache once it is answered."""

    uncached: int
    written_5m: int = 0
    written_1h: int = 0
    read: int = 0
    writes: Mapping[str, timedelta] = field(default_factory=dict)
    """Lifetimes by digest."""

    @property
    def total(self) -> int:
        return self.uncached + self.written_5m + self.written_1h + self.read


@dataclass(frozen=True, slots=True)
class Billed:
    """One answer on the provider's bill."""

    model: str
    uncached: int
    written_5m: int
    written_1h: int
    read: int
    output: int
    batch: bool = False

    @classmethod
    def of(cls, model: str, prompt: PromptUsage, output: int, *, batch: bool = False) -> Billed:
        return cls(model, prompt.uncached, prompt.written_5m, prompt.written_1h, prompt.read, output, batch)
