"""The prompt cache: which prefixes are known, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from stand_ins.claude.clock import Clock


@dataclass(frozen=True, slots=True)
class _Entry:
    expires: datetime
    lifetime: timedelta


class PromptCache:
    """Prefixes by digest. A prefix lives for its lifetime after its last use. Safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()

    def holds(self, digest: str) -> bool:
        with self._lock:
            entry = self._entries.get(digest)
            return entry is not None and self._clock.now() < entry.expires

    def refresh(self, digest: str) -> None:
        """Lets a held prefix live on; does nothing for others."""
        with self._lock:
            entry, now = self._entries.get(digest), self._clock.now()
            if entry is not None and now < entry.expires:
                self._entries[digest] = _Entry(now + entry.lifetime, entry.lifetime)

    def write(self, digest: str, lifetime: timedelta) -> None:
        with self._lock:
            self._entries[digest] = _Entry(self._clock.now() + lifetime, lifetime)

    def clear(self) -> None:
        """Evicts everything, as the real one may at any time."""
        with self._lock:
            self._entries.clear()
