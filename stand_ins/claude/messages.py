"""The bodies of POST /v1/messages."""

from __future__ import annotations

from stand_ins.claude.answering import Produced
from stand_ins.claude.replies import Message
from stand_ins.claude.request import JSON
from stand_ins.claude.usage import PromptUsage

REFUSAL = {"type": "refusal", "category": "cyber", "explanation": None}


def thinks_in(body: JSON) -> bool:
    """Whether the request leaves thinking on."""
    return (body.get("thinking") or {}).get("type") not in ("disabled", "between_tools")


def message_body(identity: str, model: str, produced: Produced, prompt: PromptUsage, *, batch: bool = False) -> JSON:
    thought = [{"type": "thinking", "thinking": "", "signature": "c3RhbmQtaW4="}] if produced.thinking_tokens else []
    said = [{"type": "text", "text": produced.text}] if produced.text else []
    return {
        "id": f"msg_{identity}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": thought + said,
        "stop_reason": produced.stop_reason,
        "stop_sequence": None,
        "stop_details": REFUSAL if produced.stop_reason == "refusal" else None,
        "container": None,
        "usage": usage_body(produced, prompt, "batch" if batch else "standard"),
    }


def usage_body(produced: Produced, prompt: PromptUsage, tier: str) -> JSON:
    return {
        "input_tokens": prompt.uncached,
        "cache_creation_input_tokens": prompt.written_5m + prompt.written_1h,
        "cache_read_input_tokens": prompt.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": prompt.written_5m,
            "ephemeral_1h_input_tokens": prompt.written_1h,
        },
        "output_tokens": produced.output_tokens,
        "output_tokens_details": {"thinking_tokens": produced.thinking_tokens},
        "server_tool_use": None,
        "service_tier": tier,
    }


PREWARMED = Message("", "max_tokens", thinking=False, output_tokens=0)
"""The answer to ``max_tokens`` 0, which fills the cache and asks nothing."""
