"""The words of an issue, and the place that they have in its body."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from front_builders import HASH, HOSTILE, MISSING_MODULE, NOW, UNKNOWN, classified
from hypothesis import given
from hypothesis import strategies as st

from error_classification.models import Evidence, Group, RunContext, Verdict
from error_classification.reporting.issue import Recurring, closing, doubling, label_of, reopening, text, title
from error_classification.reporting.issue_marks import Mark, answer_of, mark_in, marked, replaced

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MARK = Mark(HASH, answer_of("timeout/step"), 12, AT)
RUN = RunContext(repo="acme/shop", workflow_id="42", workflow_name="CI", job_name="test", branch="main", commit_sha="a" * 40)
ACTING = "@someone fixes #12, closes acme/shop#3 GH-7 https://github.com/acme/shop/issues/1 <b>x</b> <!-- [a](b) ![p](q)"


def recurring(answer: Verdict | None = MISSING_MODULE, lines: str = "boom", **run: object) -> Recurring:
    group = Group(HASH, answer or UNKNOWN, 120, NOW - timedelta(days=9), NOW, NOW)
    own = replace(RUN, **run)  # type: ignore[arg-type]
    newest = [classified(answer or UNKNOWN, lines, run=own, file="src/app.py", line=3, test_name="t::it")]
    return Recurring("acme/shop", group, 12, 168, newest, "https://github.com")


def prose(markdown: str) -> str:
    """What is not code, without backticks that are none."""
    return re.sub(r"(`+)text\n.*?\n\1|(`+)(?!`).+?(?<!`)\2(?!`)", "", markdown.replace(r"\`", ""), flags=re.DOTALL)


def test_all_that_is_known_is_told() -> None:
    told = text(recurring())
    for part in (
        "### The module numpy is not installed",
        "`dependency_error/missing_module` (97%, said by rules)",
        "12 times in this repository in the last 7 days",
        "**First seen:** 2026-01-22 08:30 UTC",
        "**Last seen:** 2026-01-31 08:30 UTC",
        "no: running it again will not help",
        "```text\nModuleNotFoundError: No module named 'numpy'\n```",
        "- `CI` · `test` · `t::it` · `src/app.py:3` (1×)",
        "[run 42](https://github.com/acme/shop/actions/runs/42) · `main` · `aaaaaaaaaa`",
        f"`error-classification label {HASH} CATEGORY/SUBCATEGORY`",
    ):
        assert part in told
    assert title(recurring()) == "dependency_error/missing_module: The module numpy is not installed"


def test_a_later_attempt_has_its_own_link() -> None:
    assert "[run 42, attempt 2](https://github.com/acme/shop/actions/runs/42/attempts/2)" in text(recurring(attempt=2))


def test_what_is_no_number_is_no_link() -> None:
    assert "](" not in text(recurring(workflow_id="../../evil"))
    assert "](" not in text(replace(recurring(), web=""))


def test_without_an_occurrence_or_an_answer() -> None:
    bare = replace(recurring(None), newest=[])
    assert label_of(bare.group) == "unclassified"
    assert title(bare) == f"unclassified: error {HASH}"
    assert "Last seen" not in text(bare)
    assert "Retryable" not in text(bare)


def test_places_and_runs_are_few() -> None:
    many = [classified(run=replace(RUN, workflow_id=str(number)), test_name=f"t::{number}") for number in range(40)]
    told = text(replace(recurring(), newest=many))
    assert "- and 35 more" in told
    assert told.count("](https://") == 5


def test_the_evidence_is_that_of_this_repository() -> None:
    elsewhere = replace(MISSING_MODULE, evidence=(Evidence(1, "a secret of another repository"),))
    error = recurring()
    assert "another repository" not in text(replace(error, group=replace(error.group, answer=elsewhere)))


FENCED, ENDING = "```\n@someone #12\n```", "<!-- error-classification:end -->"


@pytest.mark.parametrize("hostile", [ACTING, HOSTILE, FENCED, ENDING, f"`{ACTING}"])
def test_what_a_log_says_does_not_act(hostile: str) -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, hostile, evidence=(Evidence(1, hostile),))
    told = text(recurring(answer, hostile, branch=hostile, workflow_name=hostile, job_name=hostile, workflow_id=hostile))
    assert not re.search(r"@someone|#12|#3|GH-7|https?://(?!github\.com/acme)|<[bs!]>|<script|(?<!\\)\[a\]\(", prose(told))
    whole = marked(MARK, told)
    assert whole.count("<!--") == 2
    assert not re.search(r"@someone|#\d|GH-\d|://\w", title(recurring(answer)))
    assert len(title(recurring(answer))) <= 256


def test_the_title_is_never_too_long() -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, "@a#b" * 500)
    assert len(title(recurring(answer))) == 256


def test_the_body_is_never_too_long() -> None:
    wide = "x" * 20_000
    answer = Verdict("rules", "timeout", "step", 0.9, wide, evidence=tuple(Evidence(n, wide) for n in range(99)))
    run = replace(RUN, workflow_name=wide, branch=wide)
    runs = [classified(answer, wide, run=run, test_name=f"{wide}{number}") for number in range(99)]
    assert len(text(replace(recurring(answer), newest=runs))) < 10_000


def test_a_mark_is_read_as_it_was_written() -> None:
    assert mark_in(marked(MARK, "text")) == MARK
    assert mark_in(f"people\r\nwrote\r\n\r\n{marked(MARK, 'text')}".replace("\n", "\r\n")) == MARK


@pytest.mark.parametrize("body", ["", "nothing", f"quoted: {marked(MARK, 'x')}", "<!-- error-classification:issue xyz -->"])
def test_what_is_no_mark(body: str) -> None:
    assert mark_in(body) is None
    assert replaced(body, "new") is None


@pytest.mark.parametrize("facts", ["", " rubbish", " answer=1 count=2 at=3", " answer=0123abcd count=2 at=2026-02-30T00:00:00Z"])
def test_a_mark_that_people_changed_is_one_of_no_facts(facts: str) -> None:
    mark = mark_in(f"<!-- error-classification:issue {HASH}{facts} -->")
    assert mark is not None
    assert (mark.error_hash, mark.answer, mark.count) == (HASH, "", 0)


def test_what_people_wrote_around_it_stays() -> None:
    old, new = marked(MARK, "old"), marked(replace(MARK, count=13), "new")
    assert replaced(f"above\r\n\r\n{old}\r\nbelow @ada #1", new) == f"above\r\n\r\n{new}\r\nbelow @ada #1"
    assert replaced(old.replace("<!-- error-classification:end -->", ""), new) is None


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_out_of_its_place(above: str, told: str, below: str) -> None:
    above = f"{above.replace('<!--', '')}\n" if above else ""
    body = f"{above}{marked(MARK, told)}{below}"
    assert mark_in(body) == MARK
    assert replaced(body, "new") == f"{above}new{below}"


def test_comments() -> None:
    assert "Not seen for 14 days (last on 2026-11-02)" in closing(AT, 14)
    assert "seen 12 times" in reopening(12)
    assert "#7" in doubling(7)
