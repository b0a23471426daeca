from __future__ import annotations

import re
from dataclasses import fields

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from error_classification.learning.anonymising import (
    STRUCTURAL,
    Anonymiser,
    identifying,
    public_vocabulary,
    vocabulary_of,
)
from error_classification.models import ErrorContext, RunContext, SourceType

PUBLIC = Anonymiser(vocabulary_of(["Could not resolve host: the connection was refused by peer", "no module named x", "package"]))


def parts(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("Could not resolve host: git.acme.example", "Could not resolve host: <name>"),
        ("connection refused by billing-db:5432", "connection refused by <name>:5432"),
        ("no module named 'acme_ledger'", "no module named '<name>'"),
        ("AcmeLedgerError: the package was refused", "<name>Error: the package was refused"),
        ("ledger_spec.rb not refused", "<name>.rb not refused"),
        ("/home/ada/acme/ledger.py:12: refused", "<path>/<name>.py:<line>: refused"),
        ("mail ada@acme.example refused", "<name> <email> refused"),
        ("java.lang.NullPointerException: refused", "java.lang.NullPointerException: refused"),
        ("java.io.IOException:AcmeLedger std::bad_alloc:acme", "java.io.IOException:<name> <name>::<name>:<name>"),
        ("std::vector::at java.util.Optional", "std::vector::at java.util.Optional"),
        ("com.acme.LedgerException", "<name>Exception"),
        ("E0308 TS2307 ACME-1234 LEDGER12", "E0308 TS2307 <name> <name>"),
        ("refused 503 of 12.5 in 300s, 98765432 left", "refused 503 <name> 12.5 <name> <duration>, <name> <name>"),
        ("<acme> <path> <redacted:acme> <redacted:jwt>", "<<name>> <path> <<name>:<name>> <redacted:jwt>"),
        ("^^^~~ --- ● refused", "^^^~~ --- ● refused"),
        ("Größe refused", "<name> refused"),
        ("", ""),
    ],
)
def test_only_public_words_stay(text: str, shared: str) -> None:
    assert PUBLIC.anonymised(text) == shared


def test_a_public_word_goes_where_the_context_says_that_it_is_a_name() -> None:
    context = ErrorContext(SourceType.JOB_LOG, "build.log", "the host", test_name="tests.peer::test_host")
    names = identifying(context, RunContext(repo="acme/resolve", user_alias="Package"))
    assert names == {"acme", "resolve", "peer", "package"}
    assert PUBLIC.anonymised("Could not Resolve host, not the PACKAGE of my-peer", names) == (
        "Could not <name> host, not the <name> <name> <name>"
    )


def test_numbers_of_few_digits_and_structural_words_identify_nobody() -> None:
    run = RunContext(pr_id="42", workflow_id="4711", job_name="test / build (3.11, x)", branch="main")
    assert identifying(ErrorContext(SourceType.TEXT, "error.log", ""), run) == {"4711"}


def test_the_public_vocabulary_knows_errors_and_no_names_of_the_rules_syntax() -> None:
    words = public_vocabulary()
    assert {"modulenotfounderror", "traceback", "enospc", "segmentation", "refused", "goroutine", "floatingpointerror"} <= words
    assert not any("\n" in word or " " in word or "<" in word for word in words)


NAMES = st.one_of(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
    st.sampled_from(["refused", "Host", "error", "PEER", "py", "path", "redacted", "12345", "straße", "İx"]),
)
CONTEXT_FIELDS = ["source", "test_name", "file", "job_name", "step_name", "stage", "target"]
RUN_FIELDS = [field.name for field in fields(RunContext) if field.name not in ("attempt", "ended_at")]
GLUE = st.sampled_from([" ", "/", "-", "_", ".", ":", "::", "@", "Error ", ".py ", "\n", "'", "<", ">", "=", "\\", "", "…", "~"])


@given(st.data(), st.lists(NAMES, min_size=1, max_size=5))
@example(None, ["straße", "STRASSE"])
def test_no_identifying_word_of_the_context_survives(data: st.DataObject | None, names: list[str]) -> None:
    if data is None:
        context, run, text = ErrorContext(SourceType.TEXT, "", ""), RunContext(repo=names[0]), " ".join(names)
    else:
        draw = data.draw
        own = {name: draw(st.sampled_from(names)) for name in draw(st.sets(st.sampled_from(CONTEXT_FIELDS)))}
        text = "".join(draw(st.sampled_from(names)) + draw(GLUE) for _ in range(draw(st.integers(0, 12))))
        context = ErrorContext(SourceType.TEXT, own.pop("source", ""), text, **own)
        named = draw(st.sets(st.sampled_from(RUN_FIELDS), min_size=1))
        run = RunContext(**{name: draw(st.sampled_from(names)) for name in named})
    wanted = identifying(context, run)
    shared = PUBLIC.anonymised(text, wanted)
    assert parts(shared).isdisjoint(wanted)
    public = STRUCTURAL | {part for word in PUBLIC.vocabulary for part in parts(word)}
    assert all(part in public or len(part) <= 5 for part in parts(shared))


@given(st.text(max_size=200))
def test_any_text_can_be_anonymised_and_only_gets_fewer_lines(text: str) -> None:
    shared = PUBLIC.anonymised(text)
    assert shared.count("\n") <= text.count("\n") + text.count("\r")
    assert PUBLIC.anonymised(shared) == shared
