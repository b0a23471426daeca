"""``classify --message-batches``: what is asked today is collected tomorrow."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from batch_runs import BATCHES, WORDS, Batching, report
from cli_runner import Program

from error_classification.cli.run import named
from error_classification.models import Abstention, Verdict
from error_classification.prompts import prompt_version
from error_classification.wiring.batches import _beside
from stand_ins.claude import Reply, error, message, overloaded, refusal, spend_cap

STRONG = "claude-sonnet-5-5"


def test_questions_are_handed_in_and_their_answers_collected(batching: Batching) -> None:
    first = batching(report(WORDS[:3]), "--format", "ndjson")
    assert first.code == 0
    assert [record["primary_category"] for record in first.records] == ["unclassified"] * 3
    assert all("handed in with the next message batch" in record["reason"] for record in first.records)
    (name,) = batching.open_batches()
    assert f"3 questions handed in as batch {name}; run again to collect" in first.err
    assert len(batching.stored()) == 3
    batching.finish()
    second = batching()
    assert second.code == 0
    assert f"3 answers collected from batch {name}" in second.err
    assert "Claude: 3 calls, " in second.err
    assert batching.judged_by() == {"llm": 3}
    assert (batching.open_batches(), batching.in_queue()) == ([], 0)
    calls, usd, reserved = batching.spending()
    assert (calls, reserved) == (3, 0)
    assert usd == pytest.approx(batching.bill())
    assert batching.server.asked == []
    assert any(request.method == "DELETE" for request in batching.server.requests)


def test_an_answer_is_the_one_that_waiting_would_have_brought(batching: Batching) -> None:
    batching(report(WORDS[:1]))
    batching.finish()
    batching()
    group = batching.group()
    given = group.answer
    assert isinstance(given, Verdict)
    assert (given.judge, given.category, given.consulted) == ("llm", "resource_exhaustion", prompt_version())
    assert given.usage.cost_usd == pytest.approx(batching.bill())
    assert given.evidence
    assert group.occurrence_count == 1
    (record,) = batching(report(WORDS[:1], "again.xml"), "--format", "ndjson").records
    assert (record["primary_category"], record["is_duplicate"]) == ("resource_exhaustion", True)
    assert batching.created() == 1


def test_a_fingerprint_is_asked_about_once(batching: Batching) -> None:
    batching(report(WORDS[:2]))
    batching(report(WORDS[:3], "more.xml"))
    assert [len(batching.items(batch)) for batch in (0, 1)] == [2, 1]
    names = batching.items() + batching.items(1)
    assert len(set(names)) == 3
    assert all(len(name) <= 64 and name.replace("_", "").replace("-", "").isalnum() for name in names)


def test_nothing_is_asked_where_nothing_waits(batching: Batching) -> None:
    assert batching("missing.log").code == 3
    assert batching.server.requests == []


def test_a_batch_that_has_not_ended_is_waited_for(batching: Batching) -> None:
    batching(report(WORDS[:2]))
    (name,) = batching.open_batches()
    assert f"batch {name} has not ended: 2 questions; run again to collect" in batching().err
    assert batching.created() == 1


@pytest.mark.parametrize("fate", ["expired", "errored", "canceled"])
def test_what_came_to_nothing_is_asked_again(batching: Batching, fate: str) -> None:
    batching(report(WORDS[:3]))
    lost = batching.items()[1]
    batching.finish(**{fate: {lost}})
    again = batching()
    assert again.code == 0
    assert "2 answers collected" in again.err
    assert "1 to be asked again" in again.err
    assert ("met a failure: Internal server error" in again.err) == (fate == "errored")
    assert [name.partition("_")[2] for name in batching.items(1)] == [lost.partition("_")[2]]
    batching.finish()
    batching()
    assert batching.judged_by() == {"llm": 3}
    assert batching.spending()[0] == len(batching.server.billed) == 3


def test_a_question_that_the_service_refuses_is_not_asked_again(batching: Batching) -> None:
    batching(report(WORDS[:1]))
    batching.finish(error(400, "invalid_request_error", "too odd\x1b[31m to answer"))
    batching()
    group = batching.group()
    assert isinstance(group.answer, Abstention)
    assert group.answer.reason.endswith("llm: claude-haiku-5-5: too odd [31m to answer")
    assert (group.answer.consulted, batching.in_queue(), batching.created()) == ("", 0, 1)


@pytest.mark.parametrize("reply", [refusal(), message("no JSON at all"), message({"category": "nonsense"})])
def test_what_is_no_answer_is_paid_for_once_and_remembered(batching: Batching, reply: Reply) -> None:
    batching(report(WORDS[:1]))
    batching.finish(reply)
    batching()
    assert batching.judged_by() == {"rules": 1}
    assert (batching.in_queue(), batching.spending()[0], len(batching.server.billed)) == (0, 1, 1)


def test_doubt_is_asked_about_again_by_the_stronger_model_in_the_next_batch(batching: Batching) -> None:
    unsure = {"evidence": [], "reason": "?", "root_cause": "?", "category": "timeout", "subcategory": "", "confidence": 0.4}
    batching(report(WORDS[:1]), ANTHROPIC_ESCALATION_MODEL=STRONG)
    batching.finish(message(unsure))
    second = batching(ANTHROPIC_ESCALATION_MODEL=STRONG)
    assert "1 answer collected" in second.err
    assert "1 question handed in" in second.err
    assert batching.group().answer.consulted == prompt_version()
    batching.finish()
    batching(ANTHROPIC_ESCALATION_MODEL=STRONG)
    assert [billed.model for billed in batching.server.billed] == ["claude-haiku-5-5", STRONG]
    answer = batching.group().answer
    assert isinstance(answer, Verdict)
    assert answer.category == "resource_exhaustion"
    assert f"{STRONG}: resource_exhaustion 0.90" in answer.reason
    assert answer.usage.cost_usd == pytest.approx(batching.spending()[1])


def test_as_many_are_handed_in_as_the_budget_allows(batching: Batching) -> None:
    done = batching(report(WORDS[:10]), "--max-cost", "0.012")
    assert done.code == 0
    handed_in = len(batching.items())
    assert 1 < handed_in < 10
    assert f"{handed_in} questions handed in" in done.err
    assert f"{10 - handed_in} questions wait for another run: the run's budget of $0.01 is used up" in done.err
    batching.finish()
    assert batching.bill() <= 0.012
    batching("--max-cost", "1")
    batching.finish()
    batching()
    assert batching.judged_by() == {"llm": 10}


def test_what_is_on_its_way_counts_for_the_month(batching: Batching) -> None:
    batching(report(WORDS[:4]), "--max-cost-month", "0.012")
    assert len(batching.items()) == 4
    reserved = batching.spending()[2]
    assert 0.006 < reserved <= 0.012
    waits = batching(report(WORDS[4:8], "more.xml"), "--max-cost-month", "0.012")
    assert "the month's budget" in waits.err
    at_once = batching.run(
        "classify",
        report(WORDS[8:9], "other.xml"),
        "--judges",
        "rules,llm",
        "--max-cost-month",
        f"{reserved + 0.0001:.4f}",
        **batching.variables,
    )
    assert "the month's budget" in at_once.err
    assert batching.server.asked == []


def test_a_model_without_a_price_is_not_asked_under_a_cap(batching: Batching) -> None:
    done = batching(report(WORDS[:2]), ANTHROPIC_MODEL="claude-unheard-of")
    assert "2 questions wait for another run: no price is known for claude-unheard-of" in done.err
    assert batching.server.requests == []
    assert batching().err.count("handed in") == 1


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        ([], {"API_FORMAT": "openai"}, "API_FORMAT=openai has no message batches"),
        ([], {"ANTHROPIC_API_KEY": ""}, "no key for Claude (set ANTHROPIC_API_KEY)"),
        (["--no-store"], {}, "message batches need a store that lasts"),
        (["--time-limit", "3"], {}, "contradicts --message-batches"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_done(
    batching: Batching, arguments: list[str], variables: dict[str, str], said: str
) -> None:
    done = batching(report(WORDS[:1]), *arguments, **variables)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert batching.server.requests == []


@pytest.mark.parametrize(
    "reply", [error(401, "authentication_error", "no"), spend_cap(), error(400, "invalid_request_error", "no")]
)
def test_a_batch_that_was_refused_is_handed_in_again(batching: Batching, reply: Reply) -> None:
    batching.server.script(reply, at=BATCHES)
    failed = batching(report(WORDS[:2]))
    assert failed.code == 3
    assert "not done: 2 questions could not be handed in" in failed.err
    assert (batching.open_batches(), batching.spending()[2]) == ([], 0)
    assert batching().code == 0
    assert batching.created() == 2
    batching.finish()
    batching()
    assert len(batching.server.billed) == 2


def test_a_service_that_is_down_is_found_again(batching: Batching) -> None:
    batching.server.script(overloaded(), at=BATCHES)
    failed = batching(report(WORDS[:2]))
    assert failed.code == 3
    assert "it is not known whether 2 questions were handed in" in failed.err
    assert "may have been handed in a moment ago" in batching().err
    assert batching.created() == 1
    batching.let_time_pass()
    assert "a batch was not created: 2 questions will be asked again" in batching().err
    batching.finish()
    batching()
    assert (batching.judged_by(), len(batching.server.billed)) == ({"llm": 2}, 2)


def test_a_batch_that_somebody_removed_is_asked_again(batching: Batching) -> None:
    batching(report(WORDS[:2]))
    (name,) = batching.open_batches()
    batching.change_queue("UPDATE batches SET name = 'msgbatch_of_another_account'")
    done = batching()
    assert "batch msgbatch_of_another_account is no longer there: 2 questions will be asked again" in done.err
    assert batching.open_batches() != [name]


def test_a_question_that_a_person_answered_meanwhile_is_not_asked(batching: Batching) -> None:
    batching(report(WORDS[:2]), "--max-cost", "0")
    assert (batching.in_queue(), batching.server.requests) == (2, [])
    error_hash = batching.stored()[0].error.error_hash
    assert batching.run("label", error_hash, "flaky_test").code == 0
    batching()
    assert len(batching.items()) == 1
    assert batching.in_queue() == 1


def test_a_question_that_waits_is_asked_with_the_prompt_and_model_of_the_day(batching: Batching) -> None:
    batching(report(WORDS[:1]), "--max-cost", "0", ANTHROPIC_MODEL="claude-haiku-4-5")
    batching()
    assert batching.in_queue(f"version = '{prompt_version()}' AND model = 'claude-haiku-5-5'") == 1


def test_an_ended_run_is_told_from_other_batches_of_the_same_size(batching: Batching) -> None:
    """Another team's batch: of the same account, time and size."""
    batching(report(WORDS[:2]))
    batching.change_queue("UPDATE batches SET token = 'other', name = ''", "UPDATE questions SET token = 'other'")
    batching.let_time_pass()
    assert "that will be known when it has ended" in batching().err
    assert batching.created() == 1
    batching.finish()
    batching()
    assert batching.created() == 2
    assert not any(request.method == "DELETE" for request in batching.server.requests)



def test_many_questions_make_several_batches(batching: Batching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("error_classification.wiring.batches.handing_in.MOST_REQUESTS", 3)
    done = batching(report(WORDS[:8]))
    assert [len(batching.items(batch)) for batch in range(batching.created())] == [3, 3, 2]
    assert done.err.count("handed in as batch") == 3
    batching.finish()
    assert batching().err.count("answers collected") == 3
    assert batching.judged_by() == {"llm": 8}


def test_a_batch_has_a_size(batching: Batching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("error_classification.wiring.batches.handing_in.MOST_BYTES", 150_000)
    batching(report(WORDS[:4]))
    created = [request for request in batching.server.requests if request.method == "POST"]
    assert len(created) > 1
    assert all(len(request.raw) < 151_000 for request in created)


def test_lines_are_asked_about_in_batches_too(batching: Batching) -> None:
    lines = "".join(f'{{"id": {number}, "text": "the flux is out of {word}"}}\n' for number, word in enumerate(WORDS[:3]))
    done = batching("--input-format", "ndjson", stdin=lines)
    assert done.code == 0
    assert "3 questions handed in" in done.err


def test_without_input_it_only_collects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timed jobs have the null device for standard input; what is piped in is read as always."""
    with Path(os.devnull).open() as null, Path(__file__).open() as file:
        monkeypatch.setattr(sys, "stdin", null)
        assert named((), needed=False) == ()
        assert named(()) == ("-",)
        assert named(("a.log",), needed=False) == ("a.log",)
        monkeypatch.setattr(sys, "stdin", file)
        assert named((), needed=False) == ("-",)


def test_the_queue_of_a_service_is_in_the_users_data_folder(run: Program) -> None:
    folder = run.home / ".local" / "share" / "error-classification"
    assert _beside("/var/lib/ci/errors.sqlite3") == "/var/lib/ci/errors.sqlite3"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(run.home))
        found = {_beside(f"search.example.com:9200/{index}") for index in ("one", "two")}
    assert len(found) == 2
    assert all(Path(path).parent == folder for path in found)
