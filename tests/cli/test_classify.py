from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from cli_runner import Program

MESSAGE = "ModuleNotFoundError: No module named 'numpy'"
JUNIT = """<testsuite name="s" tests="3"><testcase classname="c" name="ok"/>
<testcase classname="c" name="bad"><failure message="assert 1 == 2" type="AssertionError">assert 1 == 2</failure></testcase>
<testcase classname="c" name="again"><failure message="boom">boom</failure></testcase></testsuite>"""


def test_the_table_says_what_failed_and_where_it_is_kept(run: Program, log: Path) -> None:
    done = run("classify", log)
    assert done.code == 0
    assert "dependency_error" in done.out
    assert "missing_module" in done.out
    assert "build.log" in done.out
    assert done.err == f"1 error in 1 file: 1 dependency_error · stored in ~/{run.store.relative_to(run.home)}\n"
    assert run.store.is_file()


def test_seen_before_is_said_the_second_time(run: Program, log: Path) -> None:
    run("classify", log)
    shutil.copy(log, "second.log")
    with Path("second.log").open("a") as file:
        file.write("\n")
    done = run("classify", "second.log", "--format", "json")
    found = json.loads(done.out)
    assert found["summary"]["seen_before"] == 1
    assert found["errors"][0]["is_duplicate"] is True
    assert found["errors"][0]["occurrence_count"] == 2


def test_the_same_input_twice_is_counted_once(run: Program, log: Path) -> None:
    run("classify", log)
    (record,) = run("classify", log, "--format", "ndjson").records
    assert record["occurrence_count"] == 1


@pytest.mark.parametrize("format_", ["ndjson", "json", "markdown", "table"])
def test_formats_hold_the_same_error(run: Program, log: Path, format_: str) -> None:
    done = run("classify", "--no-store", "--format", format_, log)
    assert done.code == 0
    assert "dependency_error" in done.out
    assert not run.store.exists()


def test_json_is_one_object(run: Program, log: Path) -> None:
    Path("report.xml").write_text(JUNIT)
    found = json.loads(run("classify", "--no-store", "--format", "json", log, "report.xml", "missing.log").out)
    assert [report["source"] for report in found["reports"]] == ["build.log", "report.xml"]
    assert (found["reports"][1]["testcases"], found["reports"][1]["failed"]) == (3, 2)
    assert len(found["errors"]) == found["summary"]["errors"] == 3
    assert found["summary"]["stored"] is None
    assert [item["source"] for item in found["summary"]["skipped"]] == ["missing.log"]


@pytest.mark.parametrize("format_", ["ndjson", "table"])
def test_nothing_found_is_one_line(run: Program, format_: str) -> None:
    Path("green.xml").write_text('<testsuite tests="1"><testcase classname="c" name="ok"/></testsuite>')
    done = run("classify", "green.xml", "--format", format_)
    assert (done.code, done.out, done.err) == (0, "", "no errors found in 1 file\n")


def test_nothing_found_is_still_an_object(run: Program) -> None:
    done = run("classify", "-", "--format", "json", "--no-store", stdin="")
    assert json.loads(done.out)["errors"] == []


def test_standard_input(run: Program) -> None:
    (record,) = run("classify", "--no-store", "--format", "ndjson", stdin=MESSAGE).records
    assert (record["source"], record["primary_category"]) == ("<stdin>", "dependency_error")


def test_unreadable_files_are_named_and_the_rest_goes_on(run: Program, log: Path) -> None:
    done = run("classify", "missing.log", log, "--fail-on", "any", "--format", "ndjson")
    assert done.code == 3
    assert "not done: missing.log: No such file or directory" in done.err
    assert len(done.records) == 1


@pytest.mark.parametrize(
    ("gate", "code"),
    [("any", 1), ("dependency_error", 1), ("domain=code", 1), ("timeout", 0), ("domain=platform", 0), ("nonsense", 2)],
)
def test_fail_on(run: Program, log: Path, gate: str, code: int) -> None:
    assert run("classify", log, "--fail-on", gate).code == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--judges", "llm"], "without rules or model"),
        (["--judges", "rules,oracle"], "unknown judge 'oracle'"),
        (["--judges", ","], "no judge named"),
        (["--store", "opensearch"], "OPENSEARCH_URL is not set"),
        (["--store", "x.db", "--no-store"], "contradict"),
        (["--format", "xml"], "xml"),
        (["--max-error-length", "5"], "at least 200"),
        (["--attempt", "0"], "0"),
        (["--rules", "missing.toml"], "missing.toml"),
    ],
)
def test_usage_errors_say_what_is_wrong(run: Program, log: Path, arguments: list[str], said: str) -> None:
    done = run("classify", log, *arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_a_bad_variable_is_named(run: Program, log: Path) -> None:
    done = run("classify", log, BATCH_SIZE="many")
    assert done.code == 2
    assert "BATCH_SIZE" in done.err


def test_the_run_is_taken_from_the_options(run: Program, log: Path) -> None:
    options = ("--repo", "me/it", "--run", "7", "--attempt", "2", "--job", "build", "--branch", "main", "--commit", "abc")
    first = run("classify", log, *options, "--format", "ndjson").records[0]
    shutil.copy(log, "copy.log")
    second = run("classify", "copy.log", *options, "--format", "ndjson").records[0]
    assert first["job_name"] == "build"
    assert first["id"] == second["id"]
    assert second["occurrence_count"] == 1
    other = run("classify", "copy.log", *options, "--attempt", "3", "--format", "ndjson").records[0]
    assert other["occurrence_count"] == 2


def test_a_store_that_cannot_be_written_is_said_once_and_replaced_by_memory(run: Program, log: Path) -> None:
    (run.home / ".local").write_text("a file where a folder should be")
    done = run("classify", log)
    assert done.code == 0
    assert done.err.count("forgotten at the end") == 1
    assert "stored in" not in done.err


def test_without_a_home_memory_is_used(run: Program, log: Path) -> None:
    done = run("classify", log, HOME=None)
    assert done.code == 0
    assert "no home folder for the store" in done.err


def test_a_named_store_that_cannot_be_opened_is_an_error(run: Program, log: Path) -> None:
    Path("not-a-store.db").write_text("something else entirely, and long enough to look like a file" * 5)
    done = run("classify", log, "--store", "not-a-store.db")
    assert done.code == 3
    assert "not-a-store.db" in done.err
    assert Path("not-a-store.db").read_text().startswith("something else")


def test_own_rules_and_categories(run: Program) -> None:
    Path("own.toml").write_text(
        '[[category]]\nname = "licence_server"\nsubcategories = ["busy"]\n'
        '[[rule]]\nname = "own.flexlm"\npattern = "FLEXLM_CUSTOM busy"\ncategory = "licence_server"\nsubcategory = "busy"\n'
        'summary = "No licence is free"\nconfidence = 0.9\nhits = ["FLEXLM_CUSTOM busy"]\nnear_misses = ["FLEXLM idle"]\n'
    )
    options = ("--no-store", "--rules", "own.toml", "--fail-on", "licence_server")
    done = run("classify", *options, stdin="error: FLEXLM_CUSTOM busy now")
    assert done.code == 1
    assert "licence_server" in done.out


def test_source_type_overrides_what_is_seen(run: Program) -> None:
    Path("report.xml").write_text(JUNIT)
    (record,) = run("classify", "--no-store", "--format", "ndjson", "--source-type", "text", "report.xml").records
    assert record["source_type"] == "text"


def test_top_and_all(run: Program) -> None:
    Path("report.xml").write_text(JUNIT)
    short = run("classify", "--no-store", "report.xml", "--top", "1")
    assert "1 more error: --all shows it" in short.err
    assert "more groups" not in run("classify", "--no-store", "report.xml", "--top", "1", "--all").err


def test_quiet_leaves_the_product_alone(run: Program, log: Path) -> None:
    assert run("classify", log, "--quiet").err == ""
    assert run("--quiet", "classify", log).err == ""
    assert "missing.log" in run("classify", "missing.log", "-q").err


@pytest.mark.parametrize("columns", ["80", "140"])
def test_what_is_kept_nowhere_has_no_first_time(run: Program, log: Path, columns: str) -> None:
    assert "irst" not in run("classify", log, "--no-store", COLUMNS=columns).out
    assert "irst" in run("classify", log, COLUMNS=columns).out


def test_folders_with_other_things_in_them(run: Program, log: Path) -> None:
    Path("logs").mkdir()
    shutil.move(log, "logs/build.log")
    Path("logs/picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    os.mkfifo("logs/pipe")
    done = run("classify", "logs", "--no-store", "-v")
    assert done.code == 0
    assert "passed over: logs/pipe: a named pipe" in done.err
    assert "passed over: 1 binary files" in done.err
    assert "1 error in 1 file" in done.err


def test_secrets_of_the_environment_never_show(run: Program) -> None:
    secret = "tr0ub4dor-and-3"
    done = run("classify", "--format", "ndjson", stdin=f"ModuleNotFoundError: No module named '{secret}'", DEPLOY_TOKEN=secret)
    assert secret not in done.out
    assert "<redacted:" in done.out


def test_e_mail_addresses_are_taken_out_on_request(run: Program) -> None:
    text = "error: access of ada@mail.example denied"
    assert "ada@mail.example" in run("classify", "--no-store", "--format", "ndjson", stdin=text).out
    assert "ada@mail.example" not in run("classify", "--no-store", "--format", "ndjson", "--redact-emails", stdin=text).out
    Path(".error-classification.toml").write_text("redact_emails = true\n")
    assert "ada@mail.example" not in run("extract", "--format", "ndjson", stdin=text).out


def test_damaged_reports_are_warned_about(run: Program) -> None:
    Path("cut.xml").write_text(JUNIT[:-40])
    done = run("classify", "--no-store", "cut.xml")
    assert done.code == 0
    assert "warning: " in done.err
    assert "cut.xml" in done.err
