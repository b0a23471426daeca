"""Gateways that speak OpenAI's chat format, over ``requests``.

Not every one of them knows how to hold a model to a schema: what is asked for steps down from ``json_schema`` to
``json_object`` to nothing but the prompt, and the first that a server accepts is remembered.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from error_classification.claude_client.exchange import (
    Completion,
    Request,
    Schema,
    ServiceError,
    Stop,
    Trouble,
    token_count,
    trouble_of,
)
from error_classification.models import Usage

if TYPE_CHECKING:
    import requests

_LONGEST_ANSWER = 4 << 20
"""Bytes."""
_CHUNK = 1 << 16
_CONNECTING = 10.0
_STOPS = {"stop": Stop.END, "length": Stop.MAX_TOKENS, "content_filter": Stop.REFUSAL}
_LIMITS = ("max_tokens", "max_completion_tokens")
"""The parameter's names: newer models refuse the first."""
_TOO_LONG = re.compile(r"context.{0,10}(?:length|size|window)|(?:length|size|window).{0,10}context|too long", re.IGNORECASE)
"""A question that does not fit is not asked again in another form."""
_NOT_UNDERSTOOD = frozenset((400, 415, 422))
_SAID = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class OpenAIClient:
    """See ``calling.Client``. ``address`` is what stands before ``/chat/completions``."""

    def __init__(self, key: str, address: str) -> None:
        self._key = key
        self._address = f"{address.rstrip('/')}/chat/completions"
        self._format = 0
        self._limit = 0
        self._idle: deque[requests.Session] = deque()
        """Sessions with their open connections: one may not be used by two calls at once."""

    def complete(self, request: Request, timeout: float) -> Completion:
        """See ``calling.Client``."""
        formats = _formats(request.schema)
        step, limit = self._format, self._limit
        while True:
            reply = self._posted(_body(request, formats[step], _LIMITS[limit]), timeout)
            if reply.status not in _NOT_UNDERSTOOD or _TOO_LONG.search(reply.text):
                break
            if limit == 0 and _LIMITS[1] in reply.text:
                limit = 1
            elif step < len(formats) - 1:
                step += 1
            else:
                break
        if reply.status != 200:
            raise _service_error(reply)
        self._format, self._limit = step, limit
        return _completion(reply, request.model)

    def count_tokens(self, request: Request) -> int | None:
        """None: this format has no way to ask."""
        return None

    def _posted(self, body: Mapping[str, Any], timeout: float) -> Reply:
        import requests

        session = self._session()
        try:
            response = session.post(
                self._address,
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
                timeout=(min(_CONNECTING, timeout), timeout),
                allow_redirects=False,
                stream=True,
            )
            reply = Reply(response.status_code, response.headers, _read(response))
            self._idle.append(session)
            return reply
        except requests.Timeout as error:
            raise ServiceError(Trouble.TIMEOUT, "no answer in time") from error
        except ValueError as error:  # not even an address; some of these are no RequestException
            raise ServiceError(Trouble.CREDENTIALS, f"no way there: {error}", "look at API_BASE_URL and at proxies") from error
        except OSError as error:  # every RequestException is one; a file of certificates that is not there is no other
            raise ServiceError(Trouble.CONNECTION, f"no connection: {error}") from error

    def _session(self) -> requests.Session:
        import requests

        try:
            return self._idle.pop()
        except IndexError:
            session = requests.Session()
            session.auth = _bearer(self._key)
            return session


def _bearer(key: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Signs a request; given as ``auth`` because a header alone would give way to what ``.netrc`` says of the host."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if key:
            request.headers["Authorization"] = f"Bearer {key}"
        return request

    return sign


def _read(response: requests.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_content(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > _LONGEST_ANSWER:
            response.close()
            raise ServiceError(Trouble.NONSENSE, "the answer is longer than any answer")
    return b"".join(pieces)


def _formats(schema: Schema) -> tuple[Mapping[str, Any], ...]:
    named = {"name": "classification", "strict": True, "schema": dict(schema)}
    return (
        {"response_format": {"type": "json_schema", "json_schema": named}},
        {"response_format": {"type": "json_object"}},
        {},
    )


def _body(request: Request, response_format: Mapping[str, Any], limit: str) -> dict[str, Any]:
    messages = [{"role": "system", "content": request.system}, {"role": "user", "content": request.user}]
    return {"model": request.model, "messages": messages, limit: request.max_tokens, **response_format}


def _completion(reply: Reply, model: str) -> Completion:
    try:
        content = json.loads(reply.body)
        choice = content["choices"][0]
        message = choice["message"]
        usage, reports_cache = _usage(content.get("usage") or {})
        return Completion(
            text=_text(message.get("content")),
            stop=Stop.REFUSAL if message.get("refusal") else _STOPS.get(choice.get("finish_reason"), Stop.OTHER),
            usage=usage,
            model=str(content.get("model") or model),
            reports_cache=reports_cache,
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ServiceError(Trouble.NONSENSE, "the answer is not a chat completion") from error


def _text(content: object) -> str:
    """Some gateways give a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _usage(usage: Mapping[str, Any]) -> tuple[Usage, bool]:
    """``prompt_tokens`` includes what came from the cache; that ``prompt_tokens_details`` is null or missing is usual."""
    prompt, output = token_count(usage.get("prompt_tokens")), token_count(usage.get("completion_tokens"))
    details = usage.get("prompt_tokens_details")
    cached = min(prompt, token_count(details.get("cached_tokens"))) if isinstance(details, Mapping) else 0
    return Usage(input=prompt - cached, output=output, cache_read=cached), isinstance(details, Mapping)


def _service_error(reply: Reply) -> ServiceError:
    if 300 <= reply.status < 400:
        return ServiceError(Trouble.REFUSED, f"the gateway redirects to {reply.headers.get('location', '')[:_SAID]}")
    trouble, header = trouble_of(reply.status), reply.headers.get("retry-after", "")
    if trouble is Trouble.RATE_LIMIT and "insufficient_quota" in reply.text:
        trouble = Trouble.SPENDING_LIMIT
    retry_after = float(header) if header.replace(".", "", 1).isdecimal() else None
    return ServiceError(trouble, f"HTTP status {reply.status}: {_said(reply)}", retry_after=retry_after)


def _said(reply: Reply) -> str:
    """The message in an error's body, or what there is instead."""
    try:
        message = json.loads(reply.body)["error"]["message"]
    except (ValueError, LookupError, TypeError, RecursionError):
        message = reply.text
    return str(message)[:_SAID]
