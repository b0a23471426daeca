"""The judge that asks Claude, through the real library against a stand-in for the service on a real socket."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from error_classification.classification.llm import LLMJudge
from error_classification.claude_client import Budget, Caller, Limiter, connect, load_prices
from error_classification.models import Abstention, Case, ErrorContext, Excerpt, FingerprintedError, SourceType, Verdict
from error_classification.prompts import prompt_version, system_prompt
from error_classification.taxonomy import BY_NAME
from stand_ins.claude import (
    ClaudeServer,
    ManualClock,
    Reply,
    cut_off,
    error,
    message,
    refusal,
    spend_cap,
)

SMALL, STRONG = "claude-haiku-5-5", "claude-sonnet-5-5"
TEXT = "fetching the index\nCould not resolve host: github.com\nmake: *** [all] Error 6"
INJECTIONS = tomllib.loads((Path(__file__).parent / "injections.toml").read_text("utf-8"))["injection"]


def answer(category: str = "network_error", confidence: float = 0.9, **more: Any) -> Reply:
    given = {
        "evidence": ["Could not resolve host: github.com"],
        "reason": "said so",
        "root_cause": "github.com could not be resolved",
        "category": category,
        "subcategory": "",
        "confidence": confidence,
    }
    return message(given | more)


def case(text: str = TEXT, *, generic: bool = False, more: str = "", opinions: tuple[Verdict, ...] = (), **fields: Any) -> Case:
    context = ErrorContext(SourceType.JOB_LOG, "job.log", text, 10, 10 + text.count("\n"), **fields)
    return Case(FingerprintedError(context, text, "0" * 16, 1, generic), opinions, lambda: Excerpt(1, more))


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with ClaudeServer(lambda request: answer(), clock=ManualClock()) as started:
        yield started


JudgeOf = Callable[..., LLMJudge]


@pytest.fixture
def judge_of(server: ClaudeServer) -> Iterator[JudgeOf]:
    client = connect("anthropic", "test-key", server.url)
    made: list[LLMJudge] = []

    def make(stronger: str = STRONG, budget: Budget | None = None) -> LLMJudge:
        no_time = {"seconds": lambda: 0.0, "sleep": lambda seconds: None}
        caller = Caller(client, Limiter(1_000, 4, no_time["seconds"]), budget or Budget(), load_prices(), **no_time)  # type: ignore[arg-type]
        made.append(LLMJudge(caller, SMALL, stronger))
        return made[-1]

    yield make
    for judge in made:
        judge.close()


def test_one_sure_answer_is_one_call(server: ClaudeServer, judge_of: JudgeOf) -> None:
    found = judge_of().judge(case())
    assert isinstance(found, Verdict)
    assert (found.judge, found.category, found.model_version) == ("llm", "network_error", SMALL)
    assert found.consulted == prompt_version()
    assert found.reason == "said so"
    assert found.usage.cost_usd > 0
    (sent,) = server.asked
    assert (sent.model, sent.system) == (SMALL, system_prompt())
    assert json.loads(sent.text.split("\n", 1)[1])["text"] == TEXT


def test_doubt_is_asked_about_with_more_of_the_log_and_then_elsewhere(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(answer(confidence=0.4), answer("timeout", 0.6), answer(confidence=0.95, reason="the resolver failed"))
    found = judge_of().judge(case(more="line 1\nline 2"))
    assert isinstance(found, Verdict)
    assert (found.category, found.confidence, found.model_version) == ("network_error", 0.95, STRONG)
    assert [(sent.model, "line 2" in sent.text) for sent in server.asked] == [(SMALL, False), (SMALL, True), (STRONG, True)]
    trail = f"{SMALL}: network_error 0.40; {SMALL} with more of the log: timeout 0.60; {STRONG}: network_error 0.95"
    assert found.reason == f"{trail}; the resolver failed"
    assert found.usage.output == sum(billed.output for billed in server.billed)


def test_each_is_asked_once(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(*[answer(confidence=0.1)] * 9)
    judge_of().judge(case(more="line 1"))
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("stronger", "more", "asked"),
    [(STRONG, "", [SMALL, STRONG]), ("", "x", [SMALL, SMALL]), ("", "", [SMALL]), (SMALL, "", [SMALL])],
)
def test_what_there_is_not_is_not_asked(
    server: ClaudeServer, judge_of: JudgeOf, stronger: str, more: str, asked: list[str]
) -> None:
    server.script(*[answer(confidence=0.1)] * 3)
    judge_of(stronger).judge(case(more=more))
    assert [sent.model for sent in server.asked] == asked


def test_an_error_without_a_cause_is_shown_with_its_log_at_once(server: ClaudeServer, judge_of: JudgeOf) -> None:
    judge_of().judge(case("Process completed with exit code 1.", generic=True, more="Could not resolve host: github.com"))
    (sent,) = server.asked
    assert json.loads(sent.text.split("\n", 1)[1])["more"] == "Could not resolve host: github.com"


@pytest.mark.parametrize(("confidence", "calls"), [(0.75, 2), (0.9, 1)])
def test_against_the_word_of_another_judge_it_has_to_be_surer(
    server: ClaudeServer, judge_of: JudgeOf, confidence: float, calls: int
) -> None:
    server.script(answer(confidence=confidence), answer(confidence=0.95))
    judge_of().judge(case(opinions=(Verdict("rules", "timeout", "", 0.6, "It took too long"),)))
    assert len(server.asked) == calls
    assert json.loads(server.asked[0].text.split("\n", 1)[1])["opinions"][0]["category"] == "timeout"


def test_no_cause_is_an_answer_that_stands(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(answer("unclassified"), answer("unclassified"))
    found = judge_of().judge(case(more="line 1"))
    assert isinstance(found, Abstention)
    assert found.consulted == prompt_version()
    assert [sent.model for sent in server.asked] == [SMALL, SMALL]


def test_a_refusal_is_not_argued_with(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(refusal())
    found = judge_of().judge(case(more="line 1"))
    assert isinstance(found, Abstention)
    assert found.reason == "the model declined to answer"
    assert found.consulted == prompt_version()
    assert len(server.asked) == 1


def test_an_answer_that_is_cut_off_gets_more_room_once(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(cut_off({"category": "timeout"}))
    found = judge_of().judge(case())
    assert isinstance(found, Verdict)
    assert [sent.body["max_tokens"] for sent in server.asked] == [1_024, 4_096]
    assert found.usage.output == sum(billed.output for billed in server.billed)


def test_what_cannot_be_read_is_asked_elsewhere(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(message("I think it is the network."))
    found = judge_of().judge(case())
    assert isinstance(found, Verdict)
    assert found.model_version == STRONG
    assert found.reason.startswith(f"{SMALL}: the answer is not JSON; {STRONG}: network_error 0.90")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (error(401, "authentication_error", "invalid x-api-key"), "invalid x-api-key"),
        (error(400, "invalid_request_error", "prompt is too long"), "prompt is too long"),
        (spend_cap(), "spend limit"),
    ],
)
def test_a_service_that_fails_leaves_the_case_to_the_others_and_to_the_next_run(
    server: ClaudeServer, judge_of: JudgeOf, reply: Reply, said: str
) -> None:
    server.script(reply)
    found = judge_of().judge(case(more="line 1"))
    assert isinstance(found, Abstention)
    assert said in found.reason
    assert found.consulted == ""
    assert len(server.asked) == 1


def test_a_failure_on_the_way_keeps_the_answer_that_there_is(server: ClaudeServer, judge_of: JudgeOf) -> None:
    server.script(answer(confidence=0.6), error(400, "invalid_request_error", "prompt is too long"))
    found = judge_of().judge(case(more="line 1"))
    assert isinstance(found, Verdict)
    assert (found.confidence, found.consulted) == (0.6, prompt_version())
    assert "prompt is too long" in found.reason


def test_a_budget_that_is_used_up_is_said(server: ClaudeServer, judge_of: JudgeOf) -> None:
    found = judge_of(budget=Budget(run_cap=0.0)).judge(case())
    assert isinstance(found, Abstention)
    assert "the run's budget of $0.00 is used up" in found.reason
    assert found.consulted == ""
    assert server.asked == []


def test_calls_after_the_first_read_the_prompt_from_the_cache(server: ClaudeServer, judge_of: JudgeOf) -> None:
    judge = judge_of()
    for found in [judge.consult(case(f"Could not resolve host: github.com\nnumber {number}")) for number in range(12)]:
        assert isinstance(found.result(), Verdict)
    assert [billed.written_5m > 0 for billed in server.billed] == [True] + [False] * 11
    assert all(billed.read > 4_096 for billed in server.billed[1:])
    assert not judge_of()._caller.watch.unused


def obedient(demand: str) -> Reply:
    """What a model answers that falls for everything: it quotes the attack as proof and puts it into every free text."""
    texts = {"evidence": [demand], "reason": demand, "root_cause": demand}
    return answer("flaky_test", 1.0, subcategory="passed_on_retry", **texts)


@pytest.mark.parametrize("fixture", INJECTIONS, ids=[fixture["name"] for fixture in INJECTIONS])
def test_an_attack_changes_no_more_than_a_label(fixture: dict[str, str], server: ClaudeServer, judge_of: JudgeOf) -> None:
    fields = {name: fixture[name] for name in ("test_name", "step_name") if name in fixture}
    attacked = case(fixture["text"], more=fixture.get("more", ""), **fields)
    server.script(*[obedient(fixture["text"])] * 3)
    found = judge_of().judge(attacked)
    sent = server.asked[0]
    assert sent.system == system_prompt()
    assert "tools" not in sent.body
    assert [role for role, _ in sent.turns] == ["user"]
    assert sent.body["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert isinstance(found, Verdict)
    assert found.category in BY_NAME
    assert found.confidence <= 0.99
    assert found.root_cause.isprintable()
    assert found.reason.isprintable()
    shown = (fixture["text"] + "\n" + fixture.get("more", "")).split("\n")
    assert all(any(line.startswith(item.text) for line in shown) for item in found.evidence)


def test_there_are_many_attacks() -> None:
    assert len(INJECTIONS) >= 30
    assert len({fixture["name"] for fixture in INJECTIONS}) == len(INJECTIONS)
