"""A request's prompt as the cache sees it: a row of blocks (tools, system, messages), some of them marked.

Source of the rules: the provider's documentation of prompt caching (prefix order, four marks, twenty blocks of
look-back, the minimum a model, five minutes or one hour).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from stand_ins.claude.cache import PromptCache
from stand_ins.claude.models import Model, tokens_of
from stand_ins.claude.request import JSON
from stand_ins.claude.usage import FIVE_MINUTES, ONE_HOUR, PromptUsage

LOOK_BACK = 20
"""How many blocks before a mark are searched for a prefix that an earlier request has left."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """The prompt from its beginning to the end of one block."""

    digest: str
    tokens: int
    lifetime: timedelta | None
    """None where the block bears no mark."""


def blocks_of(body: JSON) -> Iterator[tuple[str, JSON]]:
    """Each block with the place it stands in; a plain string is one text block."""
    yield from (("tool", tool) for tool in body.get("tools") or [])
    yield from (("system", block) for block in _as_blocks(body.get("system") or []))
    for turn in body["messages"]:
        yield from ((turn["role"], block) for block in _as_blocks(turn["content"]))


def _as_blocks(content: str | list[JSON]) -> list[JSON]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def tokens_of_block(block: JSON) -> int:
    """Those of its text, or of its JSON without marks where it is not just text."""
    return tokens_of(block["text"] if block.get("type") == "text" else _canonical(block))


def count_tokens(body: JSON) -> int:
    """The whole prompt's tokens; roles, markup and the output schema are free of charge here."""
    return sum(tokens_of_block(block) for _, block in blocks_of(body))


def _canonical(block: JSON) -> str:
    bare = {name: value for name, value in block.items() if name != "cache_control"}
    return json.dumps(bare, sort_keys=True, ensure_ascii=False)


def prefixes_of(body: JSON, key: str) -> list[Prefix]:
    """All prefixes, shortest first. Another key, model or output format makes every one of them another."""
    output_format = (body.get("output_config") or {}).get("format")
    running = sha256(json.dumps([key, body["model"], output_format], sort_keys=True).encode())
    found, tokens = [], 0
    for place, block in blocks_of(body):
        running.update(f"\0{place}\0{_canonical(block)}".encode())
        tokens += tokens_of_block(block)
        found.append(Prefix(running.hexdigest(), tokens, lifetime_of(block.get("cache_control"))))
    return _mark_last(found, lifetime_of(body.get("cache_control")))


def _mark_last(prefixes: list[Prefix], lifetime: timedelta | None) -> list[Prefix]:
    """Applies a request's own, automatic mark, which goes to its last block."""
    last = prefixes[-1]
    return [*prefixes[:-1], Prefix(last.digest, last.tokens, lifetime or last.lifetime)]


def lifetime_of(mark: JSON | None) -> timedelta | None:
    if mark is None:
        return None
    return ONE_HOUR if mark.get("ttl") == "1h" else FIVE_MINUTES


def look_up(body: JSON, key: str, model: Model, cache: PromptCache) -> PromptUsage:
    """What is read from the cache now, and what would be written to it if the request were answered."""
    prefixes = prefixes_of(body, key)
    marks = [index for index, prefix in enumerate(prefixes) if prefix.lifetime]
    hit = _longest_held(prefixes, marks, cache)
    for prefix in prefixes[: hit + 1]:
        cache.refresh(prefix.digest)
    read = prefixes[hit].tokens if hit >= 0 else 0
    writes = [prefixes[mark] for mark in marks if mark > hit and prefixes[mark].tokens >= model.cache_minimum]
    written = {FIVE_MINUTES: 0, ONE_HOUR: 0}
    covered = read
    for prefix in writes:
        written[prefix.lifetime or FIVE_MINUTES] += prefix.tokens - covered
        covered = prefix.tokens
    new = {prefix.digest: prefix.lifetime or FIVE_MINUTES for prefix in writes}
    return PromptUsage(prefixes[-1].tokens - covered, written[FIVE_MINUTES], written[ONE_HOUR], read, new)


def _longest_held(prefixes: list[Prefix], marks: list[int], cache: PromptCache) -> int:
    """The index of the longest held prefix that ends at a mark or up to twenty blocks before one; -1 for none."""
    reachable = {index for mark in marks for index in range(max(0, mark - LOOK_BACK), mark + 1)}
    return max((index for index in reachable if cache.holds(prefixes[index].digest)), default=-1)
