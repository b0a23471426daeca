"""Whatever is asked in whatever order, every token is paid for once, and none is read that was not written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stand_ins.claude import ManualClock
from stand_ins.claude.cache import PromptCache
from stand_ins.claude.models import Model
from stand_ins.claude.prompt import count_tokens, look_up, prefixes_of

MODEL = Model(cache_minimum=10, thinks=False)


def block(letter: str, tokens: int, ttl: str | None) -> dict[str, Any]:
    mark = {} if ttl is None else {"cache_control": {"type": "ephemeral", "ttl": ttl}}
    return {"type": "text", "text": letter * (4 * tokens)} | mark


blocks = st.lists(
    st.builds(block, st.sampled_from("ab"), st.integers(1, 12), st.sampled_from([None, "5m", "1h"])), min_size=1, max_size=4
)
bodies = st.builds(
    lambda system, asked, automatic: (
        {"model": "m", "system": system, "messages": [{"role": "user", "content": asked}]} | automatic
    ),
    blocks,
    blocks,
    st.sampled_from([{}, {"cache_control": {"type": "ephemeral"}}]),
)


@given(st.lists(st.tuples(bodies, st.sampled_from([1, 200, 4000])), max_size=6))
def test_tokens_are_conserved(calls: list[tuple[dict[str, Any], int]]) -> None:
    clock = ManualClock()
    cache, written = PromptCache(clock), set[str]()
    for body, seconds in calls:
        usage = look_up(body, "key", MODEL, cache)
        assert usage.total == count_tokens(body)
        assert min(usage.uncached, usage.written_5m, usage.written_1h, usage.read) >= 0
        prefixes = {prefix.digest: prefix.tokens for prefix in prefixes_of(body, "key")}
        assert usage.read in {0, *(prefixes.get(digest, 0) for digest in written)}
        assert all(prefixes[digest] >= MODEL.cache_minimum for digest in usage.writes)
        for digest, lifetime in usage.writes.items():
            cache.write(digest, lifetime)
            written.add(digest)
        clock.advance(seconds)


@given(bodies)
def test_the_same_again_reads_all_that_was_written(body: dict[str, Any]) -> None:
    cache = PromptCache(ManualClock())
    first = look_up(body, "key", MODEL, cache)
    for digest in first.writes:
        cache.write(digest, timedelta(minutes=5))
    again = look_up(body, "key", MODEL, cache)
    assert (again.read, again.written_5m + again.written_1h) == (first.written_5m + first.written_1h, 0)
    assert again.uncached == first.uncached
