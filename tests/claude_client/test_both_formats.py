"""What holds for Claude's own API and for a gateway alike, each through its real library against a real socket."""

from __future__ import annotations

import json

import pytest
from claude_client_calls import ANSWER, MODEL, MakeCaller, Waits, asking

from error_classification.claude_client import Budget, BudgetError, Client, ServiceError, Stop
from error_classification.claude_client.exchange import Trouble
from error_classification.models import Spending
from stand_ins.claude import (
    ClaudeServer,
    Reply,
    cut_off,
    disconnect,
    error,
    garbage,
    html_page,
    overloaded,
    rate_limited,
    refusal,
    spend_cap,
    stall,
    truncated_json,
)

UNPRICED = "claude-sonnet-4-5"


def test_an_answer_comes_with_its_tokens(client: Client, server: ClaudeServer) -> None:
    completion = client.complete(asking(), 5)
    assert json.loads(completion.text) == ANSWER
    assert completion.stop is Stop.END
    assert completion.model == MODEL
    (billed,) = server.billed
    usage = completion.usage
    assert (usage.input, usage.cache_read, usage.cache_write) == (billed.uncached, billed.read, billed.written_5m)
    (sent,) = server.asked
    assert sent.key == "test-key"
    assert sent.system == "s" * 4_000


def test_the_second_call_reads_the_prompt_from_the_cache(client: Client) -> None:
    system = "s" * 8_000
    client.complete(asking(system=system), 5)
    second = client.complete(asking("something else", system=system), 5)
    assert second.reports_cache
    assert second.usage.cache_read >= 1_900
    assert second.usage.input < 100


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (error(401, "authentication_error", "no"), Trouble.CREDENTIALS),
        (error(403, "permission_error", "no"), Trouble.CREDENTIALS),
        (error(404, "not_found_error", "model: claude-x"), Trouble.UNKNOWN_MODEL),
        (error(413, "request_too_large", "too large"), Trouble.REFUSED),
        (rate_limited(7), Trouble.RATE_LIMIT),
        (overloaded(), Trouble.OVERLOADED),
        (error(500, "api_error", "oh"), Trouble.OVERLOADED),
        (error(504, "timeout_error", "slow"), Trouble.OVERLOADED),
        (disconnect(), Trouble.CONNECTION),
        (disconnect(0.5), Trouble.CONNECTION),
        (html_page(), Trouble.NONSENSE),
        (html_page(502), Trouble.OVERLOADED),
        (garbage(b"[]"), Trouble.NONSENSE),
        (garbage(), Trouble.NONSENSE),
        (truncated_json(), Trouble.NONSENSE),
        (stall(2), Trouble.TIMEOUT),
    ],
)
def test_every_failure_has_a_name(client: Client, server: ClaudeServer, reply: Reply, trouble: Trouble) -> None:
    server.script(reply)
    with pytest.raises(ServiceError) as raised:
        client.complete(asking(), 0.5)
    assert raised.value.trouble is trouble
    assert "\n" not in raised.value.message
    assert raised.value.retry_after == (7 if trouble is Trouble.RATE_LIMIT else None)


def test_nobody_there(client: Client, server: ClaudeServer) -> None:
    server.__exit__(None, None, None)
    with pytest.raises(ServiceError) as raised:
        client.complete(asking(), 0.5)
    assert raised.value.trouble is Trouble.CONNECTION


@pytest.mark.parametrize(("reply", "stop"), [(refusal(), Stop.REFUSAL), (cut_off(ANSWER), Stop.MAX_TOKENS)])
def test_why_it_stopped(client: Client, server: ClaudeServer, reply: Reply, stop: Stop) -> None:
    server.script(reply)
    assert client.complete(asking(), 5).stop is stop


@pytest.mark.parametrize(
    "reply", [overloaded(), rate_limited(7), rate_limited(), disconnect(), truncated_json(), error(500, "api_error", "oh")]
)
def test_what_passes_is_tried_again(client: Client, server: ClaudeServer, caller_of: MakeCaller, reply: Reply) -> None:
    server.script(reply)
    caller = caller_of(client)
    assert json.loads(caller.ask(asking()).text) == ANSWER
    assert len(server.asked) == 2
    assert caller.budget.spent.calls == 1


@pytest.mark.parametrize("reply", [error(401, "authentication_error", "no"), error(404, "not_found_error", "model"), spend_cap()])
def test_what_cannot_pass_is_not_tried_again_in_this_run(
    client: Client, server: ClaudeServer, caller_of: MakeCaller, reply: Reply
) -> None:
    server.script(reply, reply)
    caller = caller_of(client)
    for _ in range(3):
        with pytest.raises(ServiceError):
            caller.ask(asking())
    assert len(server.asked) <= 2
    assert caller.budget.spent == Spending()


def test_a_service_that_is_down_is_left_alone(client: Client, server: ClaudeServer, caller_of: MakeCaller, waits: Waits) -> None:
    server.switches.overloaded = True
    caller = caller_of(client)
    for _ in range(6):
        with pytest.raises(ServiceError):
            caller.ask(asking())
    assert len(server.asked) == 3 * 4
    assert waits.slept == [0.5, 2.0, 8.0] * 3


def test_no_wait_is_too_long(client: Client, server: ClaudeServer, caller_of: MakeCaller, waits: Waits) -> None:
    server.script(rate_limited(3_600))
    with pytest.raises(ServiceError):
        caller_of(client).ask(asking())
    assert waits.now == 0


def test_nothing_begins_after_the_deadline(client: Client, server: ClaudeServer, caller_of: MakeCaller, waits: Waits) -> None:
    caller = caller_of(client, deadline=10.0)
    waits.now = 9.0
    server.script(overloaded(), overloaded())
    with pytest.raises(ServiceError):  # a second wait would end too late
        caller.ask(asking())
    assert waits.now < 10
    waits.now = 11.0
    with pytest.raises(BudgetError, match="time"):
        caller.ask(asking())
    assert len(server.asked) == 2


def test_a_cap_is_hard(client: Client, server: ClaudeServer, caller_of: MakeCaller) -> None:
    caller = caller_of(client, Budget(run_cap=0.002))

    def ask_on() -> None:
        for _ in range(1_000):
            caller.ask(asking())

    with pytest.raises(BudgetError, match="the run's budget"):
        ask_on()
    assert len(server.asked) == caller.budget.spent.calls > 3
    assert 0.001 < caller.budget.spent.usage.cost_usd <= 0.002


def test_an_answer_that_is_lost_may_have_been_paid_for(client: Client, server: ClaudeServer, caller_of: MakeCaller) -> None:
    caller = caller_of(client, Budget(run_cap=0.001))
    server.script(*[garbage()] * 4)
    with pytest.raises(ServiceError):
        caller.ask(asking())
    with pytest.raises(BudgetError, match="the run's budget"):
        caller.ask(asking())
    server.switches.overloaded = True
    again = caller_of(client, Budget(run_cap=0.001))
    for _ in range(2):  # what was refused was not
        with pytest.raises(ServiceError):
            again.ask(asking())


def test_what_was_spent_before_counts_for_the_month(client: Client, server: ClaudeServer, caller_of: MakeCaller) -> None:
    with pytest.raises(BudgetError, match="the month's budget of"):
        caller_of(client, Budget(None, 5.0, month=4.9999)).ask(asking())
    assert server.asked == []


def test_a_model_without_a_price_is_not_asked_under_a_cap(client: Client, server: ClaudeServer, caller_of: MakeCaller) -> None:
    unknown = asking(model=UNPRICED)
    with pytest.raises(BudgetError, match="no price is known for"):
        caller_of(client, Budget(run_cap=1.0)).ask(unknown)
    assert caller_of(client).ask(unknown).usage.cost_usd == 0
    assert len(server.asked) == 1


@pytest.mark.parametrize(("system", "unused"), [("short", True), ("s" * 8_000, False)])
def test_a_prompt_that_is_not_cached_is_noticed_at_the_second_call(
    client: Client, caller_of: MakeCaller, system: str, unused: bool
) -> None:
    caller = caller_of(client)
    caller.ask(asking("one", system))
    assert not caller.watch.unused
    caller.ask(asking("two", system))
    assert caller.watch.unused == ({MODEL} if unused else set())
    caller.ask(asking("three", system))
    assert caller.watch.calls[MODEL] == 3
