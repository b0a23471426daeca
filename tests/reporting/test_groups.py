from __future__ import annotations

from datetime import timedelta

import pytest
from front_builders import MISSING_MODULE, NOW, UNKNOWN, classified, error

from error_classification.models import Evidence, Outcome
from error_classification.reporting.groups import Place, headline, place, rows_of


def test_equal_hashes_are_one_row_with_their_counts_and_places() -> None:
    (row,) = rows_of([classified(count=2, source="a.log"), classified(count=3, source="b.log"), classified(source="b.log")])
    assert row.count == 6
    assert [item.input for item in row.places] == ["a.log:120", "b.log:120"]
    assert row.hidden_places == 0


def test_only_the_first_places_are_kept() -> None:
    (row,) = rows_of(classified(line_start=number) for number in range(1, 8))
    assert len(row.places) == 3
    assert row.hidden_places == 4


def test_the_cause_of_every_input_comes_first_and_the_unclassified_last() -> None:
    items = [
        classified(UNKNOWN, error_hash="a1", source="a", rank=1),
        classified(error_hash="a3", source="a", rank=3),
        classified(error_hash="a2", source="a", rank=2),
        classified(error_hash="b1", source="b", rank=1),
        classified(error_hash="c1", source="c", rank=1),
    ]
    assert [row.error_hash for row in rows_of(items)] == ["b1", "c1", "a2", "a3", "a1"]


def test_of_equal_rank_the_more_frequent_comes_first_and_the_best_rank_counts() -> None:
    items = [
        classified(error_hash="once", source="a", rank=1),
        classified(error_hash="often", source="a", rank=2),
        classified(error_hash="often", source="b", rank=1),
    ]
    assert [(row.error_hash, row.rank) for row in rows_of(items)] == [("often", 1), ("once", 1)]


def test_generic_errors_of_different_inputs_stay_apart() -> None:
    assert len(rows_of([error(generic=True, source="a"), error(generic=True, source="b"), error(generic=True, source="b")])) == 2


def test_what_a_row_says() -> None:
    (row,) = rows_of([classified()])
    assert (row.label, row.confidence, row.summary) == ("dependency_error/missing_module", 0.97, MISSING_MODULE.root_cause)
    assert row.evidence == MISSING_MODULE.evidence
    assert row.is_classified
    assert row.first_seen == NOW


def test_an_unclassified_row_shows_its_text_and_reason() -> None:
    (row,) = rows_of([classified(UNKNOWN, text="\nfirst\nERROR: second\nthird", headline="ERROR: second")])
    assert (row.label, row.summary, row.reason) == ("unclassified", "ERROR: second", "no rule matches")
    assert row.evidence == (Evidence(121, "ERROR: second"), Evidence(121, "third"))
    assert not row.is_classified


def test_frames_of_a_stack_are_no_excerpt() -> None:
    (row,) = rows_of([error(text="E: broken\n\tat a.b.C.d(C.java:7)\n  File \"x.py\", line 3\nbecause", headline="E: broken")])
    assert [item.text for item in row.evidence] == ["E: broken", "because"]


def test_a_row_is_flaky_only_where_all_its_errors_are() -> None:
    flaky, failed = classified(outcome=Outcome.FLAKY), classified(outcome=Outcome.FAILED)
    assert rows_of([flaky, flaky])[0].flaky
    assert not rows_of([flaky, failed])[0].flaky


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"test_name": "t::a", "step_name": "Run"}, Place("t::a", "", "build.log:120")),
        ({"job_name": "j", "step_name": "s", "target": "t"}, Place("j / s / t", "", "build.log:120")),
        ({"stage": "builder 3/7", "command": "make"}, Place("builder 3/7", "", "build.log:120")),
        ({"command": "make"}, Place("make", "", "build.log:120")),
        ({"file": "a.py", "line": 7}, Place("", "a.py:7", "build.log:120")),
        ({"file": "a.py", "line_start": 0}, Place("", "a.py", "build.log")),
    ],
)
def test_place(context: dict[str, object], expected: Place) -> None:
    assert place(error(**context).context) == expected


@pytest.mark.parametrize(
    ("text", "known", "expected"), [("\n  a \nb", "", "a"), ("a\nb", " b ", "b"), ("", "", ""), (" \n ", "", "")]
)
def test_headline(text: str, known: str, expected: str) -> None:
    assert headline(error(text, headline=known).context) == expected


def test_later_sightings_do_not_change_the_first() -> None:
    later = classified(first_seen=NOW + timedelta(days=1))
    assert rows_of([classified(), later])[0].first_seen == NOW
