"""What ``doctor`` says of Claude."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runner import Program

from stand_ins.claude import ClaudeServer


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with ClaudeServer() as started:
        yield started


def of_claude(run: Program, *options: str, **variables: str) -> tuple[int, dict[str, str]]:
    done = run("doctor", *options, **({"ANTHROPIC_API_KEY": "test-key"} | variables))
    lines = (line.removeprefix("claude ") for line in done.out.splitlines() if line.startswith("claude "))
    return done.code, {line[:15].strip(): line[15:].strip() for line in lines}


def test_the_prompt_is_counted_by_the_service(run: Program, server: ClaudeServer) -> None:
    code, found = of_claude(run, API_BASE_URL=server.url)
    assert code == 0
    assert "counted by the service" in found["prompt"]
    assert "above the 512 from which on claude-haiku-5-5 caches" in found["prompt"]
    assert found["key"] == "set"
    assert found["endpoint"] == f"{server.url} (anthropic format)"
    assert found["cache"] == "not used this month"
    assert found["this month"] == "$0.0000 of $20.00, 0 calls"
    assert [sent.path for sent in server.requests] == ["/v1/messages/count_tokens"]


def test_offline_nothing_is_asked(run: Program, server: ClaudeServer) -> None:
    code, found = of_claude(run, "--offline", API_BASE_URL=server.url)
    assert code == 0
    assert "by an estimate at least" in found["prompt"]
    assert server.requests == []


def test_a_key_that_is_wrong_is_a_problem(run: Program, server: ClaudeServer) -> None:
    code, found = of_claude(run, API_BASE_URL=server.url, ANTHROPIC_API_KEY="wr0ng-key")
    assert code == 3
    assert found["prompt"].startswith("PROBLEM: ")
    assert "wr0ng-key" not in str(found)


def test_a_prompt_below_the_minimum_is_a_problem(run: Program, server: ClaudeServer) -> None:
    Path("prices.toml").write_text("[models.claude-haiku-5-5]\ninput = 1\noutput = 2\ncache_minimum = 900_000\n")
    code, found = of_claude(run, API_BASE_URL=server.url, MODEL_PRICES="prices.toml")
    assert code == 3
    assert "below the 900,000 from which on" in found["prompt"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("models = 3", "'models' is not a table"),
        ("[models.x]\ninput = 1", "models.x: needs input and output"),
        ("[models.x]\ninput = 1\noutput = -1", "models.x: every value"),
        ("[models.x]\ninput = 1\noutput = true", "models.x: every value"),
        ("[models.x]\ninput = 1\noutput = 2\ncolour = 3", "models.x: needs"),
        ("checked = 3", "'checked' is not a date"),
        ("[[", "not valid TOML"),
    ],
)
def test_a_bad_table_of_prices_is_named(run: Program, server: ClaudeServer, content: str | None, said: str) -> None:
    if content is not None:
        Path("prices.toml").write_text(content)
    code, found = of_claude(run, "--offline", API_BASE_URL=server.url, MODEL_PRICES="prices.toml")
    assert code == 3
    assert "prices.toml" in found["prices"]
    assert said in found["prices"]


def test_what_was_spent_this_month_is_shown(run: Program, server: ClaudeServer) -> None:
    for number in ("one", "two"):
        Path(f"{number}.log").write_text(f"##[group]Run x\n##[endgroup]\n##[error]the flux is out of {number}\n")
    options = ["--judges", "rules,llm", "--escalation-model", "none", "--concurrency", "1"]
    run("classify", "one.log", "two.log", *options, ANTHROPIC_API_KEY="test-key", API_BASE_URL=server.url)
    _, found = of_claude(run, "--offline", API_BASE_URL=server.url)
    assert found["this month"].endswith(" calls")
    assert not found["this month"].startswith("$0.0000")
    assert found["cache"].endswith("% of this month's prompt tokens came from it")


def test_nothing_is_said_of_what_is_not_configured(run: Program) -> None:
    assert of_claude(run, ANTHROPIC_API_KEY="") == (0, {})


def test_a_password_within_the_gateways_address_is_not_shown(run: Program, server: ClaudeServer) -> None:
    address = server.url.replace("//", "//ada:Lovelace1815@")
    for options in ([], ["--settings"], ["--format", "json"]):
        done = run("doctor", "--offline", *options, ANTHROPIC_API_KEY="test-key", API_BASE_URL=address)
        assert "127.0.0.1" in done.out
        assert "Lovelace1815" not in done.out
