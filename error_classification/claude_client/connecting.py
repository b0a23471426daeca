"""Chooses the client: by the format that the service speaks."""

from __future__ import annotations

from error_classification.claude_client.calling import Client
from error_classification.claude_client.exchange import Completion, Request, ServiceError, Trouble
from error_classification.errors import UsageError

ANTHROPIC, OPENAI = "anthropic", "openai"


class Disconnected:
    """Stands for a client where something is lacking for one: every call says what."""

    def __init__(self, lacking: UsageError) -> None:
        self._lacking = lacking

    def complete(self, request: Request, timeout: float) -> Completion:
        """See ``calling.Client``."""
        raise ServiceError(Trouble.CREDENTIALS, self._lacking.message, self._lacking.advice)

    def count_tokens(self, request: Request) -> int | None:
        """See ``calling.Client``."""
        raise ServiceError(Trouble.CREDENTIALS, self._lacking.message, self._lacking.advice)


def connect(api_format: str, key: str, address: str = "", cache_ttl: str = "5m") -> Client:
    """A client that has made no connection yet; where something is lacking for one, a client that says so when it is asked."""
    try:
        return _connected(api_format, key, address, cache_ttl)
    except UsageError as error:
        return Disconnected(error)


def check_key(key: str) -> None:
    """Raises ``UsageError`` for one that no header can carry; the libraries would say so too, and show it."""
    if not (key.isascii() and key.isprintable()):
        raise UsageError("the key for Claude holds characters that no key has", "look at ANTHROPIC_API_KEY")


def _connected(api_format: str, key: str, address: str, cache_ttl: str) -> Client:
    check_key(key)
    if api_format == OPENAI:
        if not address:
            raise UsageError("API_FORMAT=openai needs the gateway's address", "set API_BASE_URL")
        from error_classification.claude_client.openai_api import OpenAIClient

        return OpenAIClient(key, address)
    if not key:
        raise UsageError("no key for Claude", "set ANTHROPIC_API_KEY")
    from error_classification.claude_client.anthropic_api import AnthropicClient

    return AnthropicClient(key, address, cache_ttl)
