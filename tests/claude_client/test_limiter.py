"""Turns: how many at once, how many a minute, and the first one alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock
from time import monotonic

import pytest
from claude_client_calls import Waits

from error_classification.claude_client import Limiter


def test_the_first_goes_alone_and_then_many_at_once() -> None:
    limiter = Limiter(1_000, 4, monotonic)
    order: list[str] = []
    first_may_end, all_in = Event(), Barrier(4, timeout=10)

    def first() -> None:
        with limiter.slot("m") as granted:
            assert granted
            order.append("first begins")
            first_may_end.wait(10)
            order.append("first ends")
            limiter.succeeded("m")

    def other() -> None:
        with limiter.slot("m"):
            order.append("other")
            all_in.wait()

    with ThreadPoolExecutor(5) as pool:
        begun = pool.submit(first)
        while not order:
            pass
        others = [pool.submit(other) for _ in range(4)]
        first_may_end.set()
        for future in (begun, *others):
            future.result(10)
    assert order == ["first begins", "first ends", *["other"] * 4]


def test_never_more_at_once_than_allowed() -> None:
    limiter = Limiter(1_000, 3, monotonic)
    limiter.succeeded("m")
    running, most, lock = 0, 0, Lock()

    def work(_: int) -> None:
        nonlocal running, most
        with limiter.slot("m"):
            with lock:
                running += 1
                most = max(most, running)
            Event().wait(0.002)
            with lock:
                running -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(60)))
    assert most == 3


@pytest.mark.parametrize("per_minute", [1, 3, 7])
def test_no_more_than_allowed_start_within_any_minute(per_minute: int) -> None:
    waits = Waits()
    limiter = Limiter(per_minute, 4, waits.seconds)
    starts: list[float] = []
    while len(starts) < 4 * per_minute:
        with limiter.slot("m", deadline=waits.now) as granted:
            if granted:
                starts.append(waits.now)
        waits.now += 0.25
    assert all(later - earlier >= 60.5 for earlier, later in zip(starts, starts[per_minute:], strict=False))
    assert starts[-1] <= 61 * 4


def test_a_pause_holds_for_all() -> None:
    waits = Waits()
    limiter = Limiter(100, 4, waits.seconds)
    limiter.pause(5)
    for now, expected in ((4.9, False), (5.0, True)):
        waits.now = now
        with limiter.slot("m", deadline=now) as granted:
            assert granted is expected


def test_no_turn_before_the_deadline_is_no_turn() -> None:
    waits = Waits()
    limiter = Limiter(1, 4, waits.seconds)
    with limiter.slot("m") as granted:
        assert granted
    waits.now = 2.0
    with limiter.slot("m", deadline=2.0) as granted:
        assert not granted


def test_the_first_call_to_another_model_waits_for_nobody_else() -> None:
    waits = Waits()
    limiter = Limiter(100, 4, waits.seconds)
    with limiter.slot("small") as small, limiter.slot("strong", 0.0) as strong, limiter.slot("small", 0.0) as second:
        assert (small, strong, second) == (True, True, False)
