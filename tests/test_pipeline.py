"""The one way through, over ports in memory: nothing lost, nothing counted twice, earlier answers reused where they may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from error_classification.errors import InputError, StoreError
from error_classification.models import (
    Abstention,
    Artefact,
    ErrorClassification,
    Evidence,
    FingerprintedError,
    Group,
    Report,
    RunContext,
    Verdict,
)
from error_classification.pipeline import Event, Policy, Skipped, find, run
from error_classification.redaction import Redactor
from error_classification.storage.memory import MemoryStore

NOW = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
NO_RUN = RunContext()
POLICY = Policy()
TRACEBACK = b"Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nKeyError: 'name'\n"
OTHER = b'Traceback (most recent call last):\n  File "b.py", line 9, in g\nValueError: no such colour\n'


class FixedClock:
    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


class CountingJudge:
    """Answers everything alike, and remembers what it was asked."""

    name = "rules"

    def __init__(self, confidence: float = 0.9, category: str = "runtime_error") -> None:
        self.asked: list[str] = []
        self._confidence, self._category = confidence, category

    def judge(self, error: FingerprintedError) -> Verdict | Abstention:
        self.asked.append(error.error_hash)
        line = error.context.headline or error.context.text
        return Verdict(
            self.name, self._category, "", self._confidence, "It broke", evidence=(Evidence(error.context.line_start, line),)
        )


class FullStore(MemoryStore):
    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        raise StoreError("the disk is full", "make room")


def artefact(data: bytes, name: str = "job.log", digest: str = "d1", run_context: RunContext = NO_RUN) -> Artefact:
    return Artefact(name, lambda: iter([data]), lambda: digest, run_context)


def broken(name: str = "gone.log") -> Artefact:
    def opened() -> Iterator[bytes]:
        raise FileNotFoundError(2, "No such file or directory", name)
        yield b""

    return Artefact(name, opened, lambda: "")


def classify(
    *artefacts: Artefact,
    store: MemoryStore | None = None,
    judge: CountingJudge | None = None,
    now: datetime = NOW,
    policy: Policy = POLICY,
) -> list[Event]:
    return list(
        run(
            artefacts,
            redactor=Redactor(secret_values=["hunter2hunter2"]),
            judges=[judge or CountingJudge()],
            store=store or MemoryStore(),
            clock=FixedClock(now),
            policy=policy,
        )
    )


def classified(events: list[Event]) -> list[ErrorClassification]:
    return [event for event in events if isinstance(event, ErrorClassification)]


def test_the_errors_of_an_artefact_come_before_its_report() -> None:
    events = classify(artefact(TRACEBACK, "one"), artefact(OTHER, "two"))
    assert [type(event) for event in events] == [ErrorClassification, Report, ErrorClassification, Report]


def test_what_cannot_be_read_is_named_and_the_rest_goes_on() -> None:
    events = classify(broken(), artefact(TRACEBACK))
    assert isinstance(events[0], Skipped)
    assert "gone.log: No such file or directory" in str(events[0].error)
    assert len(classified(events)) == 1


def test_an_input_that_breaks_off_while_it_is_read_is_skipped_not_half_done() -> None:
    def opened() -> Iterator[bytes]:
        yield TRACEBACK
        raise OSError(5, "Input/output error")

    (event,) = classify(Artefact("disk.log", opened, lambda: ""))
    assert isinstance(event, Skipped)


def test_the_same_input_twice_changes_nothing() -> None:
    store = MemoryStore()
    first = classified(classify(artefact(TRACEBACK), store=store))
    again = classified(classify(artefact(TRACEBACK), store=store, now=NOW + timedelta(hours=1)))
    assert again[0].error_id == first[0].error_id
    assert again[0].occurrence_count == 1
    assert again[0].is_duplicate


def test_the_same_failure_elsewhere_is_recognised_and_not_judged_again() -> None:
    store, judge = MemoryStore(), CountingJudge()
    classify(artefact(TRACEBACK, digest="d1"), store=store, judge=judge)
    (event,) = classified(classify(artefact(b"\n\n" + TRACEBACK, digest="d2"), store=store, judge=judge))
    assert (event.is_duplicate, event.occurrence_count) == (True, 2)
    assert len(judge.asked) == 1
    assert event.answer.evidence[0].line == 5  # type: ignore[union-attr]


def test_equal_errors_of_one_batch_are_judged_once() -> None:
    judge = CountingJudge()
    events = classified(classify(artefact(TRACEBACK, "a", "d1"), artefact(TRACEBACK, "b", "d2"), judge=judge))
    assert [event.is_duplicate for event in events] == [False, True]
    assert len(judge.asked) == 1


def test_equal_errors_of_one_log_are_one_error_with_their_count() -> None:
    log = (
        b"curl: (6) Could not resolve host: a.example\ncurl: (6) Could not resolve host: a.example\n"
        + b"make: *** [all] Error 6\n"
    )
    (event,) = classified(classify(artefact(log)))
    assert event.error.context.count == 2
    assert event.occurrence_count == 2


def test_two_tests_that_fail_alike_in_one_log_are_two_failures_and_the_earliest_place_counts() -> None:
    def failed(name: str) -> str:
        return f"=== RUN   {name}\n    a_test.go:3: the queue is not empty\n--- FAIL: {name} (0.00s)\n"

    log = (failed("TestA") + failed("TestB") + "FAIL\n").encode()
    one, two = classified(classify(artefact(log)))
    assert (one.error.context.test_name, two.error.context.test_name) == ("TestA", "TestB")
    assert one.error.error_hash == two.error.error_hash
    assert (one.error.context.rank, two.error.context.rank) == (1, 2)


def test_junit_gives_one_event_for_each_failing_case() -> None:
    case = '<testcase classname="c" name="{}"><failure message="AssertionError: assert 1 == 2"/></testcase>'
    report = f"<testsuite>{''.join(case.format(name) for name in 'abc')}</testsuite>".encode()
    events = classified(classify(artefact(report)))
    assert [event.error.context.test_name for event in events] == ["c::a", "c::b", "c::c"]
    assert len({event.error.error_hash for event in events}) == 1
    assert len({event.error_id for event in events}) == 3
    assert events[-1].occurrence_count == 3


def test_secrets_are_gone_before_anybody_sees_them() -> None:
    log = artefact(b"fatal: could not log in with hunter2hunter2\n")
    for event in classify(log) + list(find([log], Redactor(secret_values=["hunter2hunter2"]))):
        assert "hunter2hunter2" not in repr(event)


def test_texts_without_a_cause_do_not_join_each_other() -> None:
    wrapper = b"##[error]Process completed with exit code 1.\n"
    one, two = classified(classify(artefact(wrapper, digest="d1"), artefact(wrapper, digest="d2")))
    assert one.error.generic
    assert one.error.error_hash != two.error.error_hash


def test_a_store_that_fails_loses_no_answer() -> None:
    events = classify(artefact(TRACEBACK), store=FullStore())
    assert len(classified(events)) == 1
    assert any(isinstance(event, Skipped) and "disk is full" in str(event.error) for event in events)


def test_in_ci_the_run_identifies_an_occurrence_and_the_digest_is_not_asked_for() -> None:
    def digest() -> str:
        raise AssertionError("not needed")

    context = RunContext(repo="a/b", workflow_id="1", job_id="2", ended_at=NOW - timedelta(days=3))
    (event,) = classified(classify(Artefact("x", lambda: iter([TRACEBACK]), digest, context)))
    assert event.occurred_at == NOW - timedelta(days=3)


def test_a_long_text_is_cut_but_keeps_its_cause() -> None:
    log = b"\n".join([b"make: *** [all] Error 1"] + [b"E   " + b"x" * 90] * 200) + b"\nerror: the end\n"
    for event in classified(classify(artefact(log), policy=Policy(max_error_length=1000))):
        assert len(event.error.context.text) < 1500


def test_an_input_that_is_gone_when_its_digest_is_wanted_is_skipped_and_the_rest_goes_on() -> None:
    def gone() -> str:
        raise InputError("gone.log: No such file or directory")

    first = Artefact("gone.log", lambda: iter([TRACEBACK]), gone)
    skipped, report, *rest = classify(first, artefact(OTHER))
    assert isinstance(skipped, Skipped)
    assert skipped.source == "gone.log"
    assert isinstance(report, Report)
    assert [type(event) for event in rest] == [ErrorClassification, Report]


class CountingStore(MemoryStore):
    """Remembers how many occurrences each transaction had."""

    def __init__(self) -> None:
        super().__init__()
        self.transactions: list[int] = []

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        self.transactions.append(len(classifications))
        return super().save(classifications)


def test_what_nobody_waits_for_is_stored_together_and_given_out_in_order() -> None:
    artefacts = [artefact(TRACEBACK if number % 2 else OTHER, f"{number}.log", f"d{number}") for number in range(7)]
    apart, together = CountingStore(), CountingStore()
    plain = classify(*artefacts, store=apart)
    events = classify(*artefacts, store=together, policy=Policy(together=4))
    assert (apart.transactions, together.transactions) == ([1] * 7, [4, 3])
    assert [type(event) for event in events] == [ErrorClassification, Report] * 7
    assert [event.error.context.source for event in classified(events)] == [f"{number}.log" for number in range(7)]
    assert [event.is_duplicate for event in classified(events)] == [event.is_duplicate for event in classified(plain)]
    assert classified(events)[-1].occurrence_count == classified(plain)[-1].occurrence_count


def test_what_a_store_refuses_together_is_given_out_all_the_same() -> None:
    artefacts = [artefact(TRACEBACK, f"{number}.log", f"d{number}") for number in range(3)]
    events = classify(*artefacts, store=FullStore(), policy=Policy(together=2))
    assert len(classified(events)) == 3
    assert {event.source for event in events if isinstance(event, Skipped)} == {"0.log", "1.log", "2.log"}
