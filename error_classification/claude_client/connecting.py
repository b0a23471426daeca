"""Chooses the client: by the format that the service speaks."""

from __future__ import annotations

from error_classification.claude_client.calling import Client
from error_classification.errors import UsageError

ANTHROPIC, OPENAI = "anthropic", "openai"


def connect(api_format: str, key: str, address: str = "", cache_ttl: str = "5m") -> Client:
    """A client that has made no connection yet. Raises ``UsageError`` where something is lacking for one."""
    if api_format == OPENAI:
        if not address:
            raise UsageError("API_FORMAT=openai needs the gateway's address", "set API_BASE_URL")
        from error_classification.claude_client.openai_api import OpenAIClient

        return OpenAIClient(key, address)
    if not key:
        raise UsageError("no key for Claude", "set ANTHROPIC_API_KEY")
    from error_classification.claude_client.anthropic_api import AnthropicClient

    return AnthropicClient(key, address, cache_ttl)
