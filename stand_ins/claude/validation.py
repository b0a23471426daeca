"""What POST /v1/messages refuses with a 400, in the service's words where they are known.

Stricter than the service in one respect: it merges consecutive turns of one role, which nothing here means to send.
"""

from __future__ import annotations

from typing import Any

from stand_ins.claude.models import Model, model_of
from stand_ins.claude.problems import invalid, not_found
from stand_ins.claude.request import JSON
from stand_ins.claude.schema import check_schema

REQUIRED = ("model", "messages")
COUNTED_FIELDS = frozenset(
    {"cache_control", "messages", "model", "output_config", "speed", "system", "thinking", "tool_choice", "tools"}
)
"""The fields of /v1/messages/count_tokens."""
MESSAGE_FIELDS = COUNTED_FIELDS | {
    "container",
    "diagnostics",
    "inference_geo",
    "max_tokens",
    "metadata",
    "service_tier",
    "stop_sequences",
    "stream",
    "user_profile_id",
}
"""The fields of /v1/messages; sampling parameters are no longer among them."""

MOST_MARKS = 4


def check_message(body: JSON) -> Model:
    """Returns the model that is asked for, or raises ApiError."""
    _check_fields(body, MESSAGE_FIELDS)
    limit = body.get("max_tokens")
    if limit is None:
        raise invalid("max_tokens: Field required")
    if type(limit) is not int or limit < 0:
        raise invalid("max_tokens: Input should be greater than or equal to 0")
    if body.get("stream"):
        raise invalid("stream: this stand-in does not stream")
    return _check_common(body)


def check_count(body: JSON) -> Model:
    """The same for a request that is only to be counted."""
    _check_fields(body, COUNTED_FIELDS)
    return _check_common(body)


def _check_fields(body: JSON, known: frozenset[str]) -> None:
    if not body:
        raise invalid("The request body is not valid JSON")
    for name in body:
        if name not in known:
            raise invalid(f"{name}: Extra inputs are not permitted")
    for name in REQUIRED:
        if name not in body:
            raise invalid(f"{name}: Field required")


def _check_common(body: JSON) -> Model:
    if body.get("system"):
        _check_content(body["system"], "system")
    for index, tool in enumerate(body.get("tools") or []):
        if not isinstance(tool, dict) or "name" not in tool:
            raise invalid(f"tools.{index}.name: Field required")
    _check_turns(body["messages"])
    _check_tool_results(body["messages"])
    _check_marks(body)
    _check_output(body.get("output_config") or {})
    model = model_of(str(body["model"]))
    if model is None:
        raise not_found(f"model: {body['model']}")
    return model


def _check_turns(turns: Any) -> None:
    if not isinstance(turns, list) or not turns:
        raise invalid("messages: at least one message is required")
    previous = "assistant"
    for index, turn in enumerate(turns):
        if not isinstance(turn, dict) or turn.get("role") not in ("user", "assistant"):
            raise invalid(f"messages.{index}.role: Input should be 'user' or 'assistant'")
        if extra := sorted(turn.keys() - {"role", "content"}):
            raise invalid(f"messages.{index}.{extra[0]}: Extra inputs are not permitted")
        if turn["role"] == previous:
            raise invalid(f'messages.{index}: roles must alternate and begin with "user", but found "{previous}" again')
        previous = turn["role"]
        _check_content(turn.get("content"), f"messages.{index}.content")
    if previous != "user":
        raise invalid("This model does not support assistant message prefill. The conversation must end with a user message.")


def _check_content(content: Any, place: str) -> None:
    if not content or not isinstance(content, str | list):
        raise invalid(f"{place}: must be a non-empty string or a non-empty list of blocks")
    for index, block in enumerate(content if isinstance(content, list) else []):
        if not isinstance(block, dict) or "type" not in block:
            raise invalid(f"{place}.{index}.type: Field required")
        if block["type"] == "text" and not (isinstance(block.get("text"), str) and block["text"].strip()):
            raise invalid(f"{place}.{index}: text content blocks must contain non-whitespace text")


def _check_tool_results(turns: list[JSON]) -> None:
    """Each tool use is answered in the next turn, and nothing else is."""
    open_uses: set[str] = set()
    for index, turn in enumerate(turns):
        answered = {str(block.get("tool_use_id")) for block in _blocks(turn) if block["type"] == "tool_result"}
        if strange := sorted(answered - open_uses):
            raise invalid(
                f"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {strange[0]}. "
                "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        if missing := sorted(open_uses - answered):
            raise invalid(
                f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {missing[0]}."
            )
        open_uses = {str(block.get("id")) for block in _blocks(turn) if block["type"] == "tool_use"}


def _blocks(turn: JSON) -> list[JSON]:
    return turn["content"] if isinstance(turn["content"], list) else []


def _check_marks(body: JSON) -> None:
    """``cache_control``: at most four, well formed, and no hour after five minutes."""
    system = body.get("system")
    places = [body.get("tools") or [], system if isinstance(system, list) else [], *map(_blocks, body["messages"]), [body]]
    marks = [block["cache_control"] for place in places for block in place if block.get("cache_control")]
    if len(marks) > MOST_MARKS:
        raise invalid(f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {len(marks)}.")
    short = False
    for mark in marks:
        if not isinstance(mark, dict) or mark.get("type") != "ephemeral" or mark.get("ttl", "5m") not in ("5m", "1h"):
            raise invalid("cache_control: Input should be {'type': 'ephemeral', 'ttl': '5m' or '1h'}")
        if short and mark.get("ttl") == "1h":
            raise invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block")
        short = mark.get("ttl") != "1h"


def _check_output(config: Any) -> None:
    if not isinstance(config, dict) or config.keys() - {"effort", "format"}:
        raise invalid("output_config: Extra inputs are not permitted")
    wanted = config.get("format")
    if wanted is None:
        return
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema" or not isinstance(wanted.get("schema"), dict):
        raise invalid("output_config.format: Input should be {'type': 'json_schema', 'schema': {...}}")
    check_schema(wanted["schema"])
