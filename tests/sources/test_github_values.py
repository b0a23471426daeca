"""The pure parts: limits from headers, records from any JSON, words that are safe to show, answers that are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.sources.github.etags import Answer, Answers
from error_classification.sources.github.limits import pause_after
from error_classification.sources.github.problems import message_of, plain
from error_classification.sources.github.records import Artifact, Job, Run, first_number, moment, text

NOW = 1_793_610_000.0
DATE = "Mon, 02 Nov 2026 09:00:00 GMT"
SECONDARY = "You have exceeded a secondary rate limit."
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("id", "name", "run_attempt", "actor", "triggering_actor", "created_at", "updated_at", "pull_requests", "size_in_bytes")


def spent(reset: float) -> dict[str, str]:
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{reset:.0f}"}


@pytest.mark.parametrize(
    ("status", "headers", "said", "pause"),
    [
        (403, {"retry-after": "30"}, SECONDARY, 30),
        (429, {"retry-after": "30"} | spent(NOW + 90), "", 30),
        (403, spent(NOW + 90), "", 91),
        (429, spent(NOW + 90), "", 91),
        (403, spent(NOW - 90), "", 1),
        (403, spent(NOW + 90) | {"date": DATE}, "", NOW + 90 - 1_793_610_000 + 1),
        (403, {"x-ratelimit-remaining": "17", "x-ratelimit-reset": "9"}, SECONDARY, 60),
        (403, {"x-ratelimit-remaining": "17"}, "Resource not accessible by integration", None),
        (403, {}, "", None),
        (429, {}, "", 60),
        (403, {"retry-after": "soon"}, SECONDARY, 60),
        (403, {"retry-after": "-5"}, "", None),
        (429, {"retry-after": "²"}, "", 60),
        (404, spent(NOW + 90), "", None),
        (500, {"retry-after": "30"}, "", None),
    ],
)
def test_when_to_ask_again(status: int, headers: dict[str, str], said: str, pause: float | None) -> None:
    assert pause_after(status, headers, said, NOW) == pause


@given(st.sampled_from([403, 429]), st.dictionaries(st.sampled_from(["retry-after", "date", *spent(0)]), st.text()))
def test_no_header_makes_a_pause_negative(status: int, headers: dict[str, str]) -> None:
    assert (pause_after(status, headers, "", NOW) or 0) >= 0


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_object_is_a_record(record: dict[str, object]) -> None:
    run, job, artifact = Run.of(record), Job.of(record), Artifact.of(record)  # type: ignore[arg-type]
    assert run.id == job.id == artifact.id >= 0
    assert run.attempt >= 1
    for word in (run.name, run.actor, run.pull_request):
        word.encode()


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("2026-11-02T09:00:00Z", "2026-11-02T09:00:00+00:00"),
        ("2026-11-02T09:00:00.123+02:00", "2026-11-02T07:00:00.123000+00:00"),
        ("2026-11-02T09:00:00", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        (7, None),
    ],
)
def test_times(told: str | int, utc: str | None) -> None:
    read = moment(told)
    assert (read and read.isoformat()) == utc


def test_half_characters_do_not_come_in() -> None:
    assert text("a\ud800b") == "a?b"


@pytest.mark.parametrize("value", [None, [], [7], [{}], [{"number": True}], [{"number": -1}], {"number": 1}])
def test_no_pull_request(value: object) -> None:
    assert first_number(value) == ""  # type: ignore[arg-type]


@given(st.text())
def test_what_is_shown_is_one_short_line(said: str) -> None:
    shown = plain(said)
    assert shown.isprintable()
    assert len(shown) <= 200
    assert shown == shown.strip()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"message": "Not Found"}', "Not Found"),
        (b"<html>", ""),
        (b'{"message": ["x"]}', ""),
        (b'["message"]', ""),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
    ],
)
def test_what_github_says(body: bytes, said: str) -> None:
    assert message_of(body) == said


def test_old_answers_make_room_for_new_ones() -> None:
    answers = Answers(most_bytes=10)
    for name in ("a", "b", "a", "c"):
        answers.keep(name, Answer(b"1234", tag="t"))
    assert [answers.of(name) is not None for name in ("a", "b", "c")] == [True, False, True]
    answers.keep("huge", Answer(b"x" * 11, tag="t"))
    assert [answers.of(name) for name in ("a", "c", "huge")] == [None] * 3
    answers.keep("d", Answer(b"1234567890", tag="t"))
    assert answers.of("d") is not None


def test_answers_without_a_tag_are_not_kept() -> None:
    answers = Answers()
    answers.keep("a", Answer(b"1", tag="t"))
    answers.keep("a", Answer(b"2"))
    assert answers.of("a") is None
