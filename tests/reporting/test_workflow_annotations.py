from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from front_builders import HOSTILE, MISSING_MODULE, NOW, UNKNOWN, classified
from hypothesis import given
from hypothesis import strategies as st

from error_classification.models import Abstention, Outcome, Verdict
from error_classification.reporting.annotations import (
    Annotation,
    annotations_of,
    check_annotation,
    inert,
    inert_json,
    workflow_command,
    workflow_commands,
)
from error_classification.reporting.findings import Finding, Findings, Past


def findings_of(answer: Verdict | Abstention = MISSING_MODULE, past: Past | None = None, **context: object) -> list[Finding]:
    findings = Findings()
    findings.add(classified(answer, occurrence_count=9, **context))
    return findings.sorted(str, lambda error_hash, now: past, "", 9)


def test_an_error_beside_its_line() -> None:
    (found,) = annotations_of(findings_of(past=Past(3, NOW), file="src/app.py", line=12))
    assert found == Annotation(
        "error",
        "dependency_error/missing_module (97%)",
        "The module numpy is not installed · seen 3 times since 2026-01-31 in this repository",
        "src/app.py",
        12,
    )
    assert workflow_command(found) == (
        "::error file=src/app.py,line=12,title=dependency_error/missing_module (97%25)::"
        "The module numpy is not installed · seen 3 times since 2026-01-31 in this repository"
    )
    assert check_annotation(found) == {
        "path": "src/app.py",
        "start_line": 12,
        "end_line": 12,
        "annotation_level": "failure",
        "title": "dependency_error/missing_module (97%)",
        "message": "The module numpy is not installed · seen 3 times since 2026-01-31 in this repository",
    }


def test_what_passed_on_retry_is_a_warning() -> None:
    (found,) = annotations_of(findings_of(outcome=Outcome.FLAKY))
    assert workflow_command(found).startswith("::warning title=dependency_error/missing_module")
    assert found.message.endswith(" · running it again may help")


def test_a_file_without_a_line_is_annotated_at_its_beginning() -> None:
    (found,) = annotations_of(findings_of(file="src/app.py"))
    assert check_annotation(found)["start_line"] == 1
    assert ",line=" not in workflow_command(found)


@pytest.mark.parametrize(("file", "count"), [("", 0), ("src/app.py", 1)])
def test_what_nobody_knows_needs_a_place(file: str, count: int) -> None:
    assert len(annotations_of(findings_of(UNKNOWN, file=file))) == count


def test_ten_of_a_step() -> None:
    assert len(workflow_commands([Annotation("error", "t", "m")] * 30)) == 10


@pytest.mark.parametrize(
    ("annotation", "command"),
    [
        (Annotation("error", "a,b:c%d\n", "m%\r\nn::x,y"), "::error title=a%2Cb%3Ac%25d%0A::m%25%0D%0An::x,y"),
        (Annotation("error", "", "", "a,line=9:b.py", 1), "::error file=a%2Cline=9%3Ab.py,line=1::"),
        (Annotation("warning", "t", "::add-mask::x"), "::warning title=t::: :add-mask::x"),
        (Annotation("warning", "t", "see ##[add-mask]x"), "::warning title=t::see # #[add-mask]x"),
    ],
)
def test_escaping(annotation: Annotation, command: str) -> None:
    assert workflow_command(annotation) == command


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::add-mask::x", ": :add-mask::x"),
        ("  \t::error::x", "  \t: :error::x"),
        ("one\n::stop-commands::y\n  ::z::", "one\n: :stop-commands::y\n  : :z::"),
        ("\u00a0::error::", "\u00a0: :error::"),
        ("a ##[error]b", "a # #[error]b"),
        ("##vso[task.setvariable variable=x]y", "# #vso[task.setvariable variable=x]y"),
        ("##teamcity[buildStop]", "# #teamcity[buildStop]"),
        ("###[x]", "## #[x]"),
        ("## Title [x]", "## Title [x]"),
        ("tests::test_one", "tests::test_one"),
        ("::::", ": :::"),
        ("a: b", "a: b"),
    ],
)
def test_nothing_commands_a_ci_system(text: str, expected: str) -> None:
    assert inert(text) == expected
    assert inert(expected) == expected


def commands_of(output: str) -> list[str]:
    """What GitHub's runner would obey: it looks for ``::`` at the beginning of a trimmed line, for ``##[`` anywhere."""
    return [line for line in output.split("\n") if line.strip().startswith("::") or re.search(r"##\w*\[", line)]


@given(st.text(alphabet="#:[]% \n\taé\u00a0", max_size=40))
def test_no_text_commands_anything(text: str) -> None:
    assert commands_of(inert(text)) == []


@given(st.text(alphabet="#:[],%= \r\n\x1b\u2028aé", max_size=40))
def test_a_command_is_one_line_and_the_only_one(text: str) -> None:
    verdict = replace(MISSING_MODULE, root_cause=text or "x")
    (command,) = workflow_commands(annotations_of(findings_of(verdict, file=f"src/{text}", line=3)))
    assert "\n" not in command
    assert "\r" not in command
    assert re.match(r"::error file=[^,]*,line=3,title=[^,:]*::", command)
    assert "##[" not in command


def test_hostile_text_is_harmless() -> None:
    (found,) = annotations_of(findings_of(replace(MISSING_MODULE, root_cause=HOSTILE), file=HOSTILE, line=1))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", workflow_command(found))


@given(st.text(alphabet="#[]\\\"u0023a", max_size=30))
def test_json_says_the_same_in_other_words(text: str) -> None:
    line = inert_json(json.dumps({"text": text}))
    assert json.loads(line) == {"text": text}
    assert "##" not in line
