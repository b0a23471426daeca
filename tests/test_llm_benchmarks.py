"""The benchmarks of the Claude judge on tiny streams: what they count is what the service charges. Nothing here is timed."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import llm_cost
import llm_throughput
from llm_throughput import Load, allowed
from measures.asking import Measured, Settings, errors, measured
from measures.bills import Bill, agree, bills
from measures.failures import Mix, batches, causes, stream

from error_classification.models import Spending, Usage
from error_classification.prompts import short_system_prompt, system_prompt
from stand_ins.claude import Billed

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
TINY = Mix(failures=24, distinct=10, settled=0.6, doubtful=0.25)
TOTAL = Usage(input=1_000_000, output=1_000_000, cache_read=1_000_000, cache_write=2_000_000, cost_usd=0.935)
BILLED = Billed(HAIKU, uncached=1_000_000, written_5m=1_000_000, written_1h=1_000_000, read=1_000_000, output=1_000_000)


@pytest.fixture(scope="module")
def ways() -> dict[str, Measured]:
    return {way.name: way for way in measured(Settings(TINY, runs=8))}


def test_every_cause_occurs_and_the_first_is_the_most_frequent() -> None:
    mix = Mix(failures=600, distinct=20)
    known = causes(mix)
    names = [cause.name for cause in known]
    logs = [b"".join(artefact.open()).decode() for artefact in stream(mix, known)]
    spellings = {spelling: name for name in names for spelling in (name, name.replace("-", "_"))}
    counts = Counter(next(spellings[spelling] for spelling in spellings if spelling in log) for log in logs)
    assert counts.keys() == set(names)
    assert counts.total() == 600
    assert counts[names[0]] == max(counts.values()) > 3 * counts[names[9]]


@pytest.mark.parametrize(("settled", "doubtful"), [(0.6, 0.05), (0.0, 1.0), (1.0, 0.5), (0.25, 0.0)])
def test_both_shares_are_exact(settled: float, doubtful: float) -> None:
    known = causes(Mix(distinct=400, settled=settled, doubtful=doubtful))
    assert sum(cause.settled for cause in known) == round(400 * settled)
    assert sum(cause.doubtful for cause in known) == round((400 - round(400 * settled)) * doubtful)
    assert not any(cause.settled and cause.doubtful for cause in known)
    assert len({cause.name for cause in known}) == 400


def test_a_cause_is_one_fingerprint_and_a_failure_one_error() -> None:
    found = list(errors(stream(TINY, causes(TINY))))
    assert len(found) == TINY.failures
    assert len({error.error_hash for error in found}) == TINY.distinct


def test_the_seed_alone_decides() -> None:
    def logs(mix: Mix) -> list[bytes]:
        return [b"".join(artefact.open()) for artefact in stream(mix, causes(mix))]

    assert logs(TINY) == logs(TINY) != logs(replace(TINY, seed=8))


def test_parts_of_a_stream_are_the_stream() -> None:
    parts = list(batches(stream(TINY, causes(TINY)), 10))
    assert [len(part) for part in parts] == [10, 10, 4]
    assert [artefact.name for part in parts for artefact in part] == [f"job-{number}.log" for number in range(24)]


def test_our_bill_is_the_services(ways: dict[str, Measured]) -> None:
    assert len(ways) == 5
    for way in ways.values():
        assert agree(way.spent, way.billed.values())
        assert way.spent.usage.cost_usd == pytest.approx(sum(bill.dollars for bill in way.billed.values()))


def test_rivals_ask_once_each_and_read_nothing(ways: dict[str, Measured]) -> None:
    *rivals, _ = ways.values()
    assert [rival.spent.calls for rival in rivals] == [24, 10, 10, 10]
    assert all(rival.spent.usage.cache_read == rival.spent.usage.cache_write == 0 for rival in rivals)


def test_the_short_question_lies_below_the_minimum_of_its_model() -> None:
    assert len(short_system_prompt()) < 4 * 4_096 < len(system_prompt())


def test_ours_asks_about_what_the_rules_leave_and_three_times_in_doubt(ways: dict[str, Measured]) -> None:
    ours = ways["(c) ours"]
    assert ours.asked == 4
    assert {model: bill.calls for model, bill in ours.billed.items()} == {HAIKU: 5, SONNET: 1}


def test_a_cold_cache_is_written_again(ways: dict[str, Measured]) -> None:
    """The four causes that are asked about first occur in four of the eight runs."""
    prompt, short = (-(-len(text) // 4) for text in (system_prompt(), short_system_prompt()))
    ours = ways["(c) ours"].billed
    assert (ours[HAIKU].tokens.cache_write, ours[SONNET].tokens.cache_write) == (4 * prompt, short)


def test_a_bill_has_a_price_for_every_kind_of_token() -> None:
    bill = bills([BILLED])[HAIKU]
    assert (bill.calls, bill.tokens) == (1, replace(TOTAL, cost_usd=0.0))
    assert [bill.uncached, bill.read, bill.written, bill.output] == pytest.approx([0.10, 0.01, 0.125 + 0.20, 0.50])


@pytest.mark.parametrize(
    ("spent", "same"),
    [
        (Spending(1, TOTAL), True),
        (Spending(2, TOTAL), False),
        (Spending(1, replace(TOTAL, cache_read=999_999)), False),
        (Spending(1, replace(TOTAL, output=1_000_001)), False),
        (Spending(1, replace(TOTAL, cost_usd=0.935001)), False),
    ],
)
def test_bills_agree_to_the_token(spent: Spending, same: bool) -> None:
    assert agree(spent, bills([BILLED]).values()) is same


def test_rows_and_goals() -> None:
    bill = Bill(1, TOTAL, 0.1, 0.01, 0.325, 0.5)
    rival, ours = (Measured(name, Spending(100, TOTAL), {HAIKU: bill}, 4, 2.0) for name in ("(a) all", "(c) ours"))
    rows = [llm_cost.row(rival, 0.01), llm_cost.row(ours, 0.935)]
    assert rows[0].times == pytest.approx(93.5)
    assert rows[1].cached == 0.25
    assert [goal.is_met for goal in llm_cost.goals(rows)] == [True, False]


def test_the_command_prints_both_formats(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--failures", "6", "--distinct", "4", "--settled", "0.5"]
    assert llm_cost.main([*arguments, "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["asked"] == 2
    assert [way["calls"] for way in values["ways"]] == [6, 4, 4, 4, 2]
    assert llm_cost.main(arguments) == 0
    assert "DIFFERS" not in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--distinct", "11"], ["--settled", "1.5"], ["--runs", "0"], ["--answer-tokens", "9", "5"]])
def test_the_command_refuses_what_cannot_be(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        llm_cost.main(["--failures", "10", "--distinct", "5", *wrong])
    assert raised.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("load", "seconds"),
    [
        (Load(0, 8, 0.2), 0.0),
        (Load(1, 8, 0.2), 0.2),
        (Load(9, 8, 0.2), 0.4),
        (Load(10, 8, 0.2), 0.6),
        (Load(400, 8, 0.2), 10.2),
        (Load(4, 1, 0.5), 2.0),
        (Load(4, 8, 0.2, per_minute=4), 0.4),
        (Load(5, 8, 0.2, per_minute=4), 60.2),
        (Load(6, 8, 0.2, per_minute=4), 60.4),
        (Load(3, 8, 0.2, per_minute=1), 120.2),
    ],
)
def test_what_the_limits_allow(load: Load, seconds: float) -> None:
    assert allowed(load) == pytest.approx(seconds)


def test_throughput_counts_what_was_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert llm_throughput.main(["--cases", "20", "--latency", "0", "--limited-cases", "5", "--format", "json"]) == 0
    free, limited = json.loads(capsys.readouterr().out)
    assert (free["calls"], free["refused"], limited["calls"], limited["refused"]) == (20, 0, 5, 0)
    assert limited["load"]["per_minute"] == 100
