"""Claude among the judges, whole commands against a stand-in for the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runner import Outcome, Program

from stand_ins.claude import ClaudeServer, Reply, Request, error, message, stall

LLM = ["--judges", "rules,llm"]
STRANGE = "the flux is out of gluons"


def answer(request: Request) -> Reply:
    return message(
        {
            "evidence": [STRANGE],
            "reason": "the text says so",
            "root_cause": "The gluons ran out",
            "category": "resource_exhaustion",
            "subcategory": "quota",
            "confidence": 0.9,
        }
    )


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with ClaudeServer(answer) as started:
        yield started


@pytest.fixture
def strange() -> Path:
    path = Path("strange.log")
    path.write_text(f"##[group]Run make\n##[endgroup]\n##[error]{STRANGE}\n##[error]Process completed with exit code 2.\n")
    return path


def asked(run: Program, server: ClaudeServer, *arguments: object, **variables: str) -> Outcome:
    known = {"API_BASE_URL": server.url, "ANTHROPIC_API_KEY": "test-key", "ANTHROPIC_CONFIG_DIR": str(run.home)}
    return run(*arguments, **(known | variables))


def test_what_the_rules_do_not_know_claude_says(run: Program, server: ClaudeServer, strange: Path) -> None:
    done = asked(run, server, "classify", strange, *LLM, "--format", "ndjson")
    (found,) = done.records
    assert (done.code, found["primary_category"], found["judge"]) == (0, "resource_exhaustion", "llm")
    assert found["model_version"] == "claude-haiku-5-5"
    assert found["evidence"] == [{"line": 3, "text": STRANGE}]
    assert found["usage"]["cost_usd"] > 0
    assert "Claude: 1 call, " in done.err


def test_it_is_asked_once_for_a_fingerprint(run: Program, server: ClaudeServer, strange: Path) -> None:
    asked(run, server, "classify", strange, *LLM)
    Path("again.log").write_text("another day\n" + strange.read_text())
    done = asked(run, server, "classify", "again.log", *LLM, "--format", "ndjson")
    assert (done.records[0]["is_duplicate"], done.records[0]["occurrence_count"]) == (True, 2)
    assert len(server.asked) == 1
    assert "Claude: 0 calls" in done.err


def test_nothing_is_asked_unless_it_is_named(run: Program, server: ClaudeServer, strange: Path) -> None:
    assert asked(run, server, "classify", strange).code == 0
    assert server.requests == []


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"ANTHROPIC_API_KEY": ""}, "no key for Claude (set ANTHROPIC_API_KEY)"),
        ({"ANTHROPIC_API_KEY": "wrong"}, "Invalid bearer token"),
        ({"API_BASE_URL": "http://127.0.0.1:9"}, "no connection"),
        ({"API_FORMAT": "openai", "API_BASE_URL": ""}, "needs the gateway's address (set API_BASE_URL)"),
    ],
)
def test_without_the_service_the_other_judges_answers_stand_and_it_is_said(
    run: Program, server: ClaudeServer, strange: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    monkeypatch.setattr("error_classification.wiring.clock.SystemClock.sleep", lambda self, seconds: None)
    Path("known.log").write_text("ModuleNotFoundError: No module named 'numpy'\n")
    done = asked(run, server, "classify", "known.log", strange, *LLM, "--format", "ndjson", **variables)
    assert done.code == 3
    assert [found["primary_category"] for found in done.records] == ["dependency_error", "unclassified"]
    assert "not done: Claude gave no answer about 1 error: " in done.err
    assert said in done.err
    mended = asked(run, server, "classify", strange, *LLM, "--format", "ndjson")
    (found,) = mended.records
    assert (mended.code, found["primary_category"], found["occurrence_count"]) == (0, "resource_exhaustion", 1)


def test_a_cap_degrades_and_says_so(run: Program, server: ClaudeServer, strange: Path) -> None:
    done = asked(run, server, "classify", strange, *LLM, "--max-cost", "0")
    assert done.code == 0
    assert "note: Claude was not asked about 1 error: the run's budget of $0.00 is used up" in done.err
    assert server.asked == []


def test_the_months_cap_holds_over_runs(run: Program, server: ClaudeServer, strange: Path) -> None:
    asked(run, server, "classify", strange, *LLM)
    log = run.home / ".local" / "share" / "error-classification" / "spending.sqlite3"
    with sqlite3.connect(log) as connection:
        ((calls, dollars),) = connection.execute("SELECT COUNT(*), SUM(cost_usd) FROM spending").fetchall()
        assert (calls, dollars > 0) == (1, True)
        connection.execute("UPDATE spending SET cost_usd = 19.9999")
    connection.close()
    done = asked(run, server, "classify", strange, *LLM, "--no-store")
    assert "the month's budget of $20.00 is used up" in done.err
    assert len(server.asked) == 1


def test_judging_ends_in_time(run: Program, server: ClaudeServer, strange: Path) -> None:
    server.script(stall(30))
    done = asked(run, server, "classify", strange, *LLM, "--time-limit", "0.5", "--format", "ndjson")
    assert (done.code, done.records[0]["primary_category"]) == (3, "unclassified")
    assert "no answer in time" in done.err


def test_failures_that_differ_in_numbers_alone_are_one_line(run: Program, server: ClaudeServer) -> None:
    for number, word in enumerate(("alpha", "beta"), 1):
        Path(f"{word}.log").write_text(f"##[group]Run x\n##[endgroup]\n##[error]the flux is out of {word}\n")
        server.script(error(400, "invalid_request_error", f"prompt is too long: {number} tokens"))
    done = asked(run, server, "classify", "alpha.log", "beta.log", *LLM, "--concurrency", "1")
    assert done.err.count("not done: ") == 1
    assert "Claude gave no answer about 2 errors: prompt is too long: 1 tokens" in done.err


def test_a_gateway_in_the_other_format(run: Program, server: ClaudeServer, strange: Path) -> None:
    gateway = {"API_FORMAT": "openai", "API_BASE_URL": f"{server.url}/v1"}
    done = asked(run, server, "classify", strange, *LLM, "--format", "ndjson", **gateway)
    assert (done.code, done.records[0]["primary_category"]) == (0, "resource_exhaustion")


@pytest.mark.parametrize(("judges", "said"), [("llm", "without rules"), ("rules,gpt", "unknown judge 'gpt'"), (",", "no judge")])
def test_judges_that_there_are_not(run: Program, server: ClaudeServer, strange: Path, judges: str, said: str) -> None:
    done = asked(run, server, "classify", strange, "--judges", judges)
    assert done.code == 2
    assert said in done.err


def test_a_key_never_leaves_for_anywhere_else(run: Program, server: ClaudeServer, strange: Path) -> None:
    Path(".error-classification.toml").write_text(f"api_base_url = '{server.url}'\njudges = ['rules', 'llm']\n")
    done = run("classify", strange, ANTHROPIC_API_KEY="test-key")
    assert done.code == 2
    assert "api_base_url may not stand in a project's file" in done.err
    assert server.requests == []


def test_errors_of_the_service_are_data_too(run: Program, server: ClaudeServer, strange: Path) -> None:
    server.script(error(400, "invalid_request_error", "\x1b[31mbad\x1b[0m\nrequest"))
    done = asked(run, server, "classify", strange, *LLM, "--no-store")
    assert "\x1b" not in done.err + done.out
    assert "request" in done.err


def test_a_retry_that_the_log_tells_of_is_asked_about_once(run: Program, strange: Path) -> None:
    given = {"evidence": [STRANGE], "reason": "", "root_cause": "It passed then", "confidence": 0.9}
    retried = message(given | {"category": "flaky_test", "subcategory": "passed_on_retry"})
    with ClaudeServer(lambda request: retried) as server:
        for _ in range(2):
            done = asked(run, server, "classify", strange, *LLM, "--format", "ndjson")
            assert done.records[0]["subcategory"] == "passed_on_retry"
        assert len(server.asked) == 1
