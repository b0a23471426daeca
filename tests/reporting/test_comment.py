from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from front_builders import HOSTILE, MISSING_MODULE, NOW, UNKNOWN, classified
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from error_classification.models import Abstention, Evidence, Outcome, Verdict
from error_classification.reporting.comment import Heading, comment, nothing_left
from error_classification.reporting.findings import Finding, Findings, Past

HEADING = Heading("test", "77", 2, "c0ffee1234567890", "https://git.example/acme/app/actions/runs/77")
DNS = replace(MISSING_MODULE, category="network_error", subcategory="dns", root_cause="No such host")


def findings_of(*answers: Verdict | Abstention, past: Past | None = None, **context: object) -> list[Finding]:
    findings = Findings()
    for number, answer in enumerate(answers):
        findings.add(classified(answer, error_hash=f"{number:016}", occurrence_count=9_999, **context))
    return findings.sorted(lambda name: name, lambda error_hash, now: past, "https://git.example/acme/app/blob/c0ffee", 999)


def test_an_error_is_told_in_full() -> None:
    text = comment(findings_of(MISSING_MODULE, past=Past(1_200, NOW), file="src/app.py", line=3, test_name="t::one"), HEADING)
    assert text == (
        "### 1 error in `test`\n\n"
        "#### 1. `dependency_error/missing_module` · 97%\n\n"
        "The module numpy is not installed\n\n"
        "[`src/app.py:3`](https://git.example/acme/app/blob/c0ffee/src/app.py#L3) · `t::one` · "
        "seen 1,200 times since 2026-01-31 in this repository · running it again will not help · hash `0000000000`\n\n"
        "```text\nModuleNotFoundError: No module named 'numpy'\n```\n\n"
        "<sub>Found in [run 77, attempt 2](https://git.example/acme/app/actions/runs/77) of `c0ffee1234`.</sub>\n"
    )


def test_it_is_silent_where_there_is_nothing() -> None:
    assert comment([], HEADING) == ""


def test_what_the_past_and_a_retry_are_is_said_only_where_it_is_known() -> None:
    own = replace(MISSING_MODULE, category="billing", subcategory="")
    text = comment(findings_of(own), Heading())
    assert "seen" not in text
    assert "running" not in text
    assert text.startswith("### 1 error\n")
    assert "<sub>" not in text


@pytest.mark.parametrize(
    ("verdict", "outcome", "said"),
    [
        (DNS, Outcome.FAILED, "running it again may help"),
        (MISSING_MODULE, Outcome.FAILED, "running it again will not help"),
        (MISSING_MODULE, Outcome.FLAKY, "passed on retry"),
    ],
)
def test_whether_it_may_pass_again(verdict: Verdict, outcome: Outcome, said: str) -> None:
    assert f" · {said} · " in comment(findings_of(verdict, outcome=outcome), HEADING)


def test_what_nobody_knows_is_folded() -> None:
    text = comment(findings_of(MISSING_MODULE, UNKNOWN, UNKNOWN, text="the flux is out of gluons"), HEADING)
    assert text.startswith("### 3 errors in `test`")
    folded = text[text.index("<details>") : text.index("</details>")]
    assert "2 errors that no judge knows" in folded
    assert folded.count("the flux is out of gluons") == 2
    assert "numpy" not in folded


def test_ten_in_full_and_the_others_in_a_list() -> None:
    text = comment(findings_of(*[MISSING_MODULE] * 150), HEADING)
    assert len(re.findall(r"^#### \d+\. ", text, re.MULTILINE)) == 10
    assert len(re.findall(r"^- `dependency_error/missing_module` 97% · ", text, re.MULTILINE)) == 100
    assert "\n- 40 errors not shown\n" in text


@pytest.mark.parametrize("limit", [65_000, 20_000, 5_000, 600])
def test_it_keeps_to_its_limit(limit: int) -> None:
    long = replace(MISSING_MODULE, root_cause="ü" * 900, evidence=tuple(Evidence(n, "🧨" * 900) for n in range(9)))
    text = comment(findings_of(*[long] * 300, file="f" * 900), HEADING, limit)
    assert "300 errors" in text
    assert len(text.encode()) <= limit
    assert text.count("```") % 2 == 0


def test_where_nothing_fits_nothing_is_said() -> None:
    assert comment(findings_of(MISSING_MODULE), HEADING, 10) == ""


def test_an_earlier_comment_ends() -> None:
    text = nothing_left(HEADING)
    assert text.startswith("### No errors found any more in `test`\n\n<sub>Found in [run 77, attempt 2](https://git.example/")
    assert nothing_left(Heading()) == "### No errors found any more\n"


def tokens(text: str) -> Iterator[Token]:
    """As GitHub would read it, apart from tables and mentions."""
    for token in MarkdownIt("commonmark").parse(text):
        yield from token.children or [token]


OWN_TAGS = {"<details>", "</details>", "<sub>", "</sub>"}
OWN_ADDRESS = "https://git.example/acme/app/"


@pytest.mark.parametrize(
    "text", [HOSTILE, "```\n# @all\n</details><img src=x>", "` @someone `` <script>", "]( javascript:x )[a](b)"]
)
def test_hostile_text_stays_text(text: str) -> None:
    verdict = Verdict("rules", "dependency_error", "missing_module", 0.9, text, text, (Evidence(1, text), Evidence(2, "```")))
    place = {"text": text, "headline": text, "file": text, "line": 1, "test_name": text, "job_name": text}
    drawn = comment(findings_of(verdict, UNKNOWN, **place), replace(HEADING, job=text, run_id=text))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", drawn)
    for token in tokens(drawn):
        if token.type in ("html_inline", "html_block"):
            assert set(re.findall("<[^>]*>", token.content)) <= OWN_TAGS | {"<summary>", "</summary>"}
        if token.type == "text":
            assert not re.search(r"@\w|#\d|://", token.content)
        assert str(token.attrs.get("href", OWN_ADDRESS)).startswith(OWN_ADDRESS)
        assert token.type not in ("image", "strong_open", "blockquote_open")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_leaves_its_code_block(cause: str, line: str) -> None:
    verdict = replace(MISSING_MODULE, root_cause=cause or "x", evidence=(Evidence(1, line),))
    drawn = comment(findings_of(verdict), HEADING)
    (fence,) = (token for token in tokens(drawn) if token.type == "fence")
    assert fence.content.count("\n") == 1
    assert drawn.count("<sub>") == 1


@pytest.mark.parametrize("cause", ["/close", "/usr/bin/ld is missing", "/merge now"])
def test_no_cause_commands_gitlab(cause: str) -> None:
    """Its quick actions are lines that begin with a slash, outside of code."""
    text = comment(findings_of(replace(MISSING_MODULE, root_cause=cause)), HEADING)
    outside = re.sub(r"(?s)```text\n.*?\n```", "", text)
    assert [line for line in outside.splitlines() if line.lstrip().startswith("/")] == []
    assert f"<p>{cause}</p>" in MarkdownIt("commonmark").render(text)
