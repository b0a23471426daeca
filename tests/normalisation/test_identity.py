"""An occurrence read twice is one occurrence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from error_classification.models import ErrorContext, FingerprintedError, RunContext, SourceType
from error_classification.normalisation import fingerprint, occurrence_id

RUN = RunContext(repo="a/b", workflow_id="1", job_id="2", step_id="3", branch="main")
ERROR = fingerprint(ErrorContext(SourceType.JOB_LOG, "a.log", "ValueError: x", test_name="t::a"))


def with_test(name: str) -> FingerprintedError:
    return replace(ERROR, context=replace(ERROR.context, test_name=name))


def test_in_ci_the_input_does_not_count() -> None:
    assert occurrence_id(RUN, ERROR, "d1", 0) == occurrence_id(RUN, ERROR, "d2", 7)
    assert occurrence_id(RUN, ERROR, "d", 0) == occurrence_id(replace(RUN, branch="dev"), ERROR, "d", 0)


@pytest.mark.parametrize("changed", [{"repo": "c/d"}, {"workflow_id": "9"}, {"job_id": "9"}, {"step_id": "9"}, {"attempt": 2}])
def test_in_ci_the_place_counts(changed: dict[str, str]) -> None:
    assert occurrence_id(RUN, ERROR, "d", 0) != occurrence_id(replace(RUN, **changed), ERROR, "d", 0)


def test_test_and_hash_count() -> None:
    ids = {occurrence_id(RUN, error, "d", 0) for error in (ERROR, with_test("t::b"), replace(ERROR, error_hash="0" * 16))}
    assert len(ids) == 3


@pytest.mark.parametrize("run", [RunContext(), RunContext(repo="a/b"), RunContext(workflow_id="1", job_id="2")])
def test_elsewhere_the_input_and_the_position_count(run: RunContext) -> None:
    ids = {occurrence_id(run, ERROR, digest, position) for digest in ("d1", "d2") for position in (0, 1)}
    assert len(ids) == 4
    assert occurrence_id(run, ERROR, "d1", 0) in ids


def test_an_id_has_thirty_two_digits() -> None:
    assert len(occurrence_id(RUN, ERROR, "", 0)) == 32
    assert int(occurrence_id(RUN, ERROR, "", 0), 16) >= 0
