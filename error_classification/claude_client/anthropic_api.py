"""Claude's own API, through the maker's library.

Its own retries are turned off: they obey ``retry-after`` without a limit and know nothing of our budget (``calling`` retries).
Key and address are always given, so that nothing is taken from its environment variables or its folder of profiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from error_classification.claude_client.exchange import Completion, Request, ServiceError, Stop, Trouble, token_count, trouble_of
from error_classification.errors import UsageError
from error_classification.models import Usage

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message

ADDRESS = "https://api.anthropic.com"
_STOPS = {
    "end_turn": Stop.END,
    "stop_sequence": Stop.END,
    "max_tokens": Stop.MAX_TOKENS,
    "model_context_window_exceeded": Stop.MAX_TOKENS,
    "refusal": Stop.REFUSAL,
}
_COUNTING_TIMEOUT = 10.0


class AnthropicClient:
    """See ``calling.Client``. ``cache_ttl``: ``5m`` or ``1h``, for how long the service keeps the system prompt."""

    def __init__(self, key: str, address: str = "", cache_ttl: str = "5m") -> None:
        """Imports the library, which takes about a second. Raises ``UsageError`` where it is not installed."""
        try:
            import anthropic
            import httpx2
        except ImportError as error:
            raise UsageError("Claude needs the library anthropic", "pip install 'error-classification[claude]'") from error
        self._library, self._transport = anthropic, httpx2
        self._cache_ttl = cache_ttl
        try:
            transport = anthropic.DefaultHttpxClient(follow_redirects=False)  # what is asked is for this service alone
            self.client = anthropic.Anthropic(
                api_key=key, base_url=address or ADDRESS, max_retries=0, http_client=transport
            )
        except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:  # of the environment's proxies and certificates
            raise UsageError(f"no way to Claude: {error}", "look at the variables of proxies and certificates") from error
        """The library's own, for what has no method here; see ``explained``."""
        self._always_thinking: set[str] = set()

    def complete(self, request: Request, timeout: float) -> Completion:
        """See ``calling.Client``."""
        try:
            return self._completed(request, timeout)
        except ServiceError as error:
            if error.trouble is not Trouble.REFUSED or "thinking" not in error.message or request.model in self._always_thinking:
                raise
        self._always_thinking.add(request.model)  # a model that does not let its thinking be turned off
        return self._completed(request, timeout)

    def count_tokens(self, request: Request) -> int | None:
        """See ``calling.Client``; costs nothing."""
        body = self.body(request)
        asked = {name: body[name] for name in ("model", "system", "messages", "output_config")}
        with self.explained():
            return int(self.client.messages.count_tokens(**asked, timeout=_COUNTING_TIMEOUT).input_tokens)

    def body(self, request: Request) -> dict[str, Any]:
        """The parameters of a message; what never varies is marked for the cache."""
        cached = {"type": "text", "text": request.system, "cache_control": {"type": "ephemeral", "ttl": self._cache_ttl}}
        body: dict[str, Any] = {
            "model": request.model,
            "max_tokens": request.max_tokens,
            "system": [cached],
            "messages": [{"role": "user", "content": request.user}],
            "output_config": {"format": {"type": "json_schema", "schema": dict(request.schema)}},
        }
        if not request.thinking and request.model not in self._always_thinking:
            body["thinking"] = {"type": "disabled"}
        return body

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns what the library raises into ``ServiceError``."""
        try:
            yield
        except self._library.AnthropicError as error:
            raise self._service_error(error) from error
        except self._transport.InvalidURL as error:
            raise ServiceError(Trouble.CREDENTIALS, f"no such address: {error}", "look at API_BASE_URL") from error
        except self._transport.HTTPError as error:  # an answer that breaks off while it is read piece by piece
            raise ServiceError(Trouble.CONNECTION, f"no connection: {error}") from error
        except ValueError as error:  # a body that is not JSON
            raise ServiceError(Trouble.NONSENSE, f"the answer is not JSON: {error}") from error

    def _completed(self, request: Request, timeout: float) -> Completion:
        with self.explained():
            message = self.client.messages.create(**self.body(request), timeout=timeout)
        try:
            return completion_of(message)
        except (AttributeError, TypeError, ValueError) as error:  # the library checks nothing of it
            raise ServiceError(Trouble.NONSENSE, "the answer is not a message") from error

    def _service_error(self, error: anthropic.AnthropicError) -> ServiceError:
        library = self._library
        match error:
            case library.APIStatusError():
                trouble = trouble_of(error.status_code)
                said = error.api_message or f"HTTP status {error.status_code}"
                if "spend_limit" in (error.error_code or "") or "API usage limits" in said:
                    trouble = Trouble.SPENDING_LIMIT
                return ServiceError(trouble, said, retry_after=_seconds(error.response.headers.get("retry-after")))
            case library.APITimeoutError():
                return ServiceError(Trouble.TIMEOUT, "no answer in time")
            case library.APIConnectionError():
                return ServiceError(Trouble.CONNECTION, f"no connection: {error.__cause__ or error}")
            case library.APIResponseValidationError():
                return ServiceError(Trouble.NONSENSE, "the answer is not a message")
        return ServiceError(Trouble.REFUSED, str(error))


def completion_of(message: Message) -> Completion:
    """What a message says, without what the model only thought. Raises several errors for what is none."""
    usage = message.usage
    return Completion(
        text="".join(block.text for block in message.content if block.type == "text"),
        stop=_STOPS.get(message.stop_reason or "", Stop.OTHER),
        usage=Usage(
            input=token_count(usage.input_tokens),
            output=token_count(usage.output_tokens),
            cache_read=token_count(usage.cache_read_input_tokens),
            cache_write=token_count(usage.cache_creation_input_tokens),
        ),
        model=message.model,
    )


def _seconds(header: str | None) -> float | None:
    """The value of ``retry-after`` in seconds; None for a date, which no clock of ours is compared with."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
