from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from error_classification.classification.parameters import MOST_CHARACTERS, with_parameters
from error_classification.classification.parameters.shapes import SHAPES
from error_classification.classification.parameters.tables import EXTRACTORS, FROM_CONTEXT, SYNONYMS
from error_classification.models import Abstention, ErrorContext, Evidence, SourceType, Verdict
from error_classification.taxonomy import BY_NAME, SUBCATEGORIES


def found(label: str, text: str, given: dict[str, str] | None = None, **context: str) -> dict[str, str]:
    category, _, subcategory = label.partition("/")
    verdict = Verdict("model", category, subcategory, 0.8, "", parameters=given or {})
    answer = with_parameters(verdict, ErrorContext(SourceType.TEXT, "x", text, **context))
    assert isinstance(answer, Verdict)
    return dict(answer.parameters)


@pytest.mark.parametrize(
    ("label", "text", "wanted"),
    [
        ("dependency_error/missing_module", "E   ModuleNotFoundError: No module named 'ledger.core'", {"module": "ledger.core"}),
        ("dependency_error/missing_module", "Error: Cannot find module '@acme/ui'", {"module": "@acme/ui"}),
        ("dependency_error/missing_module", "a.go:3:2: no required module provides package x.org/y;", {"module": "x.org/y"}),
        ("dependency_error/missing_module", "cannot load such file -- sidekiq (LoadError)", {"module": "sidekiq"}),
        ("dependency_error/missing_module", "error: package org.joda.time does not exist", {"module": "org.joda.time"}),
        (
            "dependency_error/package_not_found",
            "ERROR: No matching distribution found for shelf==9.9",
            {"package": "shelf==9.9", "version": "==9.9"},
        ),
        (
            "dependency_error/package_not_found",
            "npm error notarget No matching version found for left@^7.0.0.",
            {"package": "left", "version": "^7.0.0"},
        ),
        ("dependency_error/package_not_found", "E: Unable to locate package libfoo-dev", {"package": "libfoo-dev"}),
        ("dependency_error/missing_system_library", "a.c:1:10: fatal error: zlib.h: No such file", {"package": "zlib.h"}),
        ("dependency_error/missing_system_library", "/usr/bin/ld: cannot find -lssl: No such", {"package": "ssl"}),
        ("dependency_error/tool_missing", "build.sh: line 3: protoc: command not found", {"tool": "protoc"}),
        ("network_error/dns", "curl: (6) Could not resolve host: get.example.org", {"host": "get.example.org"}),
        ("network_error/dns", "Error: getaddrinfo ENOTFOUND db.local", {"host": "db.local"}),
        ("network_error/connection", "connect ECONNREFUSED 10.0.0.7:5432", {"host": "10.0.0.7", "port": "5432"}),
        (
            "network_error/connection",
            'connection to server at "db.example.org", port 5433 failed: Connection refused',
            {"host": "db.example.org", "port": "5433"},
        ),
        ("network_error/connection", "dial tcp [::1]:6379: connect: refused", {"host": "::1", "port": "6379"}),
        ("network_error/http_5xx", "GET https://user@repo.example.org/a failed: 502", {"host": "repo.example.org"}),
        ("network_error/connection", "ssh: connect to host git.acme.org port 22: no", {"host": "git.acme.org", "port": "22"}),
        ("network_error/connection", "the server localhost:8080 was refused", {"host": "localhost", "port": "8080"}),
        ("compilation_error/undefined_symbol", "Can't resolve './ui/Bar' in '/w/src'", {"file": "./ui/Bar"}),
        ("configuration_error/invalid_config", '  File "/v/site-packages/yaml/a.py", line 9\n  in "ci.yml"', {"file": "ci.yml"}),
        ("compilation_error/types", "src/a.ts(3,7): error TS2322: no", {"file": "src/a.ts"}),
        ("compilation_error/types", "error[E0308]: mismatched types\n  --> src/lib.rs:3:5", {"file": "src/lib.rs"}),
        ("compilation_error/link", "main.o: undefined reference to `ns::run(int)'", {"symbol": "ns::run(int)"}),
        (
            "compilation_error/undefined_symbol",
            "x/y.c:2:3: error: ‘tally’ undeclared (first use)",
            {"file": "x/y.c", "symbol": "tally"},
        ),
        ("configuration_error/missing_file", "cat: conf/app.yaml: No such file or directory", {"file": "conf/app.yaml"}),
        ("configuration_error/missing_file", "FileNotFoundError: No such file or directory: 'a.csv'", {"file": "a.csv"}),
        ("configuration_error/missing_variable", "deploy.sh: line 2: S3_URL: unbound variable", {"variable": "S3_URL"}),
        ("configuration_error/missing_variable", "KeyError: 'TOKEN'", {"variable": "TOKEN"}),
        ("configuration_error/bad_argument", "Error: No such option: --colour", {"option": "--colour"}),
        ("configuration_error/bad_reference", 'Failed to pull image "reg.io/a:v9": not found', {"image": "reg.io/a:v9"}),
        ("assertion_failure/test_assertion", "--- FAIL: TestSum (0.00s)", {"test": "TestSum"}),
        ("assertion_failure/test_assertion", "FAILED a/test_b.py::test_c[1] - assert 1 == 2", {"test": "a/test_b.py::test_c[1]"}),
        ("assertion_failure/test_assertion", "  ● cart › adds up\n\n    expect", {"test": "adds up"}),
        ("timeout/test", " 3/9 Test  #3: player.seek ......***Timeout   2.01 sec", {"test": "player.seek"}),
        ("timeout/job", "The job has exceeded the maximum execution time of 30 minutes", {"limit": "30 minutes"}),
        ("flaky_test/data_race", "WARNING: DATA RACE\n  app.com/x.TestPut.func1()\n", {"test": "TestPut"}),
    ],
)
def test_what_is_found(label: str, text: str, wanted: dict[str, str]) -> None:
    assert found(label, text) == wanted


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("runtime_error/uncaught_exception", "No module named 'x'"),
        ("dependency_error/missing_module", "No module of the test was named"),
        ("network_error/connection", "the connection was reset by peer"),
        ("network_error/connection", "failed after 3 of 10 tries: version 1.2.3"),
        ("configuration_error/missing_variable", "a secret is needed"),
        ("configuration_error/missing_file", "nothing is where it was"),
        ("compilation_error/types", "the types do not fit"),
        ("timeout/job", "it took too long"),
        ("assertion_failure/test_assertion", "expected 3 got 4"),
        ("dependency_error/missing_module", ""),
    ],
)
def test_what_is_not_there_is_not_found(label: str, text: str) -> None:
    assert found(label, text) == {}


def test_what_the_judge_gave_stays_and_is_not_said_twice() -> None:
    text = "connect ECONNREFUSED 10.0.0.7:5432 to https://db.example.org"
    assert found("network_error/connection", text, {"host": "db"}) == {"host": "db", "port": "5432"}
    assert found("network_error/connection", text, {"host": "db:99"}) == {"host": "db", "port": "99"}
    assert found("configuration_error/missing_file", "cat: a/b.c: No such file", {"path": "a"}) == {"path": "a"}
    assert found("dependency_error/missing_module", "No module named x", {"package": "y"}) == {"package": "y"}


def test_the_lines_that_the_verdict_rests_on_come_first() -> None:
    text = "No module named 'early'\nNo module named 'late'"
    assert found("dependency_error/missing_module", text) == {"module": "early"}
    assert found("dependency_error/missing_module", text, headline="No module named 'late'") == {"module": "late"}
    verdict = Verdict("llm", "dependency_error", "missing_module", 0.9, "", evidence=(Evidence(2, "No module named 'late'"),))
    answer = with_parameters(verdict, ErrorContext(SourceType.TEXT, "x", text))
    assert isinstance(answer, Verdict)
    assert answer.parameters == {"module": "late"}


def test_what_the_extraction_knows_comes_before_the_text() -> None:
    label, text = "assertion_failure/test_assertion", "--- FAIL: TestOther (0.00s)"
    assert found(label, text, test_name="pkg.Suite::TestMine") == {"test": "TestMine"}
    assert found("compilation_error/types", "a.c:3:4: error: x", file="src/b.c") == {"file": "src/b.c"}


def test_the_dockerfile_is_not_what_fails_to_compile() -> None:
    context = ErrorContext(SourceType.BUILDKIT, "x", "a.c:3:4: error: x", file="Dockerfile")
    answer = with_parameters(Verdict("model", "compilation_error", "types", 0.8, ""), context)
    assert isinstance(answer, Verdict)
    assert answer.parameters == {"file": "a.c"}


def test_an_abstention_stays() -> None:
    abstention = Abstention("rules", "no rule matches the text")
    assert with_parameters(abstention, ErrorContext(SourceType.TEXT, "x", "No module named 'x'")) is abstention


def test_nothing_is_copied_where_nothing_is_found() -> None:
    verdict = Verdict("model", "runtime_error", "panic", 0.8, "")
    assert with_parameters(verdict, ErrorContext(SourceType.TEXT, "x", "panic: lost")) is verdict


def test_what_lies_far_behind_is_not_read() -> None:
    assert found("dependency_error/missing_module", "\n" * MOST_CHARACTERS + "No module named 'x'") == {}


@pytest.mark.parametrize("name", EXTRACTORS)
def test_every_extractor_is_sound(name: str) -> None:
    extractor = EXTRACTORS[name]
    known = {*BY_NAME, *(f"{category}/{sub}" for category, sub in SUBCATEGORIES)}
    assert extractor.labels <= known
    assert name in SHAPES
    for pattern in extractor.patterns:
        compiled = re2.compile(f"(?m){pattern}")
        assert compiled.groups >= 1, pattern
        assert compiled.search("") is None, pattern


def test_synonyms_and_known_facts_are_of_extractors() -> None:
    assert {other for others in SYNONYMS.values() for other in others} | set(FROM_CONTEXT) <= set(EXTRACTORS)


FORMS = ["No module named '", "ECONNREFUSED ", "--- FAIL: ", "undefined reference to `", "error: ", ":3:4: ", "KeyError: '"]
HOSTILE = st.lists(st.one_of(st.sampled_from(FORMS), st.text(max_size=12)), max_size=8).map("".join)


@given(HOSTILE, st.sampled_from(sorted(SUBCATEGORIES)))
def test_any_text_gives_values_of_their_kind(text: str, label: tuple[str, str]) -> None:
    values = found("/".join(label), text)
    assert all(SHAPES[name](value) and "\n" not in value and len(value) <= 200 for name, value in values.items())
