"""What is asked, what is answered, and how a call can fail: the same for both formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any, TypeAlias

from error_classification.errors import Error
from error_classification.models import Usage

Schema: TypeAlias = Mapping[str, Any]

_BYTES_PER_TOKEN = 2
"""Fewer than any tokenizer makes of a log's text (3 to 4 in English), so that estimates err on the dear side."""

_MORE_THAN_ANY = 1_000_000_000
"""Tokens."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question. ``system`` is the same for all of a run, so that the service can cache it; ``user`` varies."""

    model: str
    system: str
    user: str
    schema: Schema
    max_tokens: int = 1_024
    thinking: bool = False
    """Whether the model may think before it answers, which spends ``max_tokens`` too."""

    @property
    def most(self) -> Usage:
        """The tokens that it takes at most, all written to the cache, which is the dearest way."""
        size = len(self.system.encode()) + len(self.user.encode("utf-8", "replace"))
        return Usage(cache_write=size // _BYTES_PER_TOKEN, output=self.max_tokens)


def token_count(value: object) -> int:
    """What a service says that something took; null is nothing. Raises ``ValueError`` for what is no count."""
    if value is None:
        return 0
    if not isinstance(value, int | float) or not 0 <= value < _MORE_THAN_ANY:
        raise ValueError("not a number of tokens")
    return int(value)


class Stop(StrEnum):
    """Why the model stopped."""

    END = auto()
    MAX_TOKENS = auto()
    REFUSAL = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer: the text alone (thinking left out), and the tokens it took. ``usage.input`` excludes what the cache gave."""

    text: str
    stop: Stop
    usage: Usage
    model: str
    reports_cache: bool = True
    """False where the service does not say what came from its cache."""


class Trouble(StrEnum):
    """The kinds of failure that call for different reactions."""

    CREDENTIALS = auto()
    """No key, a wrong one, or one that may not do this."""
    UNKNOWN_MODEL = auto()
    SPENDING_LIMIT = auto()
    """The account's own limit: waiting does not help."""
    REFUSED = auto()
    """The service does not accept this request as it is."""
    RATE_LIMIT = auto()
    OVERLOADED = auto()
    TIMEOUT = auto()
    CONNECTION = auto()
    NONSENSE = auto()
    """What came back is no answer in the service's own format."""


TRANSIENT = frozenset((Trouble.RATE_LIMIT, Trouble.OVERLOADED, Trouble.TIMEOUT, Trouble.CONNECTION, Trouble.NONSENSE))
"""Asking again, a little later, may well help."""
FINAL = frozenset((Trouble.CREDENTIALS, Trouble.UNKNOWN_MODEL, Trouble.SPENDING_LIMIT))
"""Every further call of the run to the same model would fail in the same way."""

_BY_STATUS = {
    401: Trouble.CREDENTIALS,
    402: Trouble.SPENDING_LIMIT,
    403: Trouble.CREDENTIALS,
    404: Trouble.UNKNOWN_MODEL,
    408: Trouble.TIMEOUT,
    409: Trouble.OVERLOADED,
    429: Trouble.RATE_LIMIT,
}
_SERVER_ERROR = 500


def trouble_of(status: int) -> Trouble:
    """What an HTTP status other than success means."""
    return _BY_STATUS.get(status, Trouble.OVERLOADED if status >= _SERVER_ERROR else Trouble.REFUSED)


class ServiceError(Error):
    """A call that gave no answer. ``retry_after``: seconds that the service asks to wait, None where it does not say."""

    def __init__(self, trouble: Trouble, message: str, advice: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, advice)
        self.trouble = trouble
        self.retry_after = retry_after


class BudgetError(Error):
    """A call that was not made: it could cost more than is left, or the time for judging is up."""
