"""The OpenAI chat format: what is refused, how prompts are cached without being asked, and the bodies.

Prefixes are cached in steps of 128 tokens from 1,024 tokens on, as the format's inventor documents for its own service.
"""

from __future__ import annotations

from hashlib import sha256

from stand_ins.claude.answering import Produced
from stand_ins.claude.cache import PromptCache
from stand_ins.claude.models import CHARACTERS_A_TOKEN, tokens_of
from stand_ins.claude.problems import invalid
from stand_ins.claude.request import JSON, Request
from stand_ins.claude.switches import Switches
from stand_ins.claude.usage import FIVE_MINUTES, PromptUsage

CACHE_MINIMUM = 1024
CACHE_STEP = 128
ROLES = {"system", "developer", "user", "assistant", "tool"}
FINISH_REASONS = {"end_turn": "stop", "refusal": "stop", "max_tokens": "length"}


def check_chat(body: JSON, switches: Switches) -> None:
    """Raises ApiError. Unknown fields pass, as they do with most servers."""
    if not body:
        raise invalid("We could not parse the JSON body of your request.")
    if not isinstance(body.get("model"), str):
        raise invalid("you must provide a model parameter")
    turns = body.get("messages")
    if not isinstance(turns, list) or not turns:
        raise invalid("Missing required parameter: 'messages'.")
    for index, turn in enumerate(turns):
        if not isinstance(turn, dict) or turn.get("role") not in ROLES or "content" not in turn:
            raise invalid(f"Invalid 'messages[{index}]': a role and content are required.")
    _check_format(body.get("response_format") or {"type": "text"}, switches)


def _check_format(wanted: object, switches: Switches) -> None:
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    accepted = {"text": True, "json_object": switches.json_object, "json_schema": switches.json_schema}
    if not accepted.get(str(kind)):
        raise invalid(f"Invalid parameter: 'response_format' of type '{kind}' is not supported.")
    if kind == "json_schema" and isinstance(wanted, dict):
        inner = wanted.get("json_schema")
        if not isinstance(inner, dict) or "name" not in inner or not isinstance(inner.get("schema"), dict):
            raise invalid("Missing required parameter: 'response_format.json_schema'.")


def look_up_chat(request: Request, cache: PromptCache) -> PromptUsage:
    """What is read from the cache, and the prefixes that are left in it once the request is answered."""
    text = "".join(f"{role}\n{said}\n" for role, said in request.turns)
    steps = _prefixes(text, f"{request.key}\0{request.model}")
    held = [tokens for tokens, digest in steps if cache.holds(digest)]
    read = max(held, default=0)
    return PromptUsage(tokens_of(text) - read, read=read, writes={digest: FIVE_MINUTES for _, digest in steps})


def _prefixes(text: str, root: str) -> list[tuple[int, str]]:
    """Length in tokens and digest of every prefix that can be cached."""
    running, found = sha256(root.encode()), []
    size = CACHE_STEP * CHARACTERS_A_TOKEN
    for end in range(size, len(text) + 1, size):
        running.update(text[end - size : end].encode())
        if end // CHARACTERS_A_TOKEN >= CACHE_MINIMUM:
            found.append((end // CHARACTERS_A_TOKEN, running.hexdigest()))
    return found


def limit_of(body: JSON) -> int | None:
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    return limit if isinstance(limit, int) else None


def chat_completion(number: int, request: Request, produced: Produced, prompt: PromptUsage, *, told: bool) -> JSON:
    """The body of an answer; ``told``: whether it says how much of the prompt was cached."""
    refused = produced.stop_reason == "refusal"
    said = produced.text or ("I'm sorry, I can't help with that." if refused else "")
    message = {"role": "assistant", "content": None if refused else said, "refusal": said if refused else None}
    finish = FINISH_REASONS.get(produced.stop_reason, produced.stop_reason)
    return {
        "id": f"chatcmpl-{number:024d}",
        "object": "chat.completion",
        "created": int(request.arrived.timestamp()),
        "model": request.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": prompt.total,
            "completion_tokens": produced.output_tokens,
            "total_tokens": prompt.total + produced.output_tokens,
            "prompt_tokens_details": {"cached_tokens": prompt.read} if told else None,
        },
    }
