"""What becomes of an issue: every case of the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.reporting.issue_life import Action, GroupState, IssueState, Policy, decide
from error_classification.reporting.issue_marks import Mark

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = Policy(threshold=10, quiet=14 * DAY)
GROUP = GroupState(True, "aaaaaaaa", 10, NOW - HOUR, 10)
UNKNOWN = replace(GROUP, is_classified=False)
QUIET = replace(GROUP, count=0, count_since_closing=0, last_seen=NOW - 14 * DAY)
RARE = replace(GROUP, count=9, count_since_closing=9)
MARK = Mark("0123456789abcdef", "aaaaaaaa", 10, NOW - 2 * DAY)
OPEN = IssueState(is_open=True, is_declined=False, can_update=True, mark=MARK)
CLOSED = replace(OPEN, is_open=False)


def told(count: int, days: float, answer: str = "aaaaaaaa") -> IssueState:
    """An open issue that told of ``count`` occurrences so many days ago."""
    return replace(OPEN, mark=Mark("0123456789abcdef", answer, count, NOW - days * DAY))


@pytest.mark.parametrize(
    ("group", "issue", "action"),
    [
        (None, None, Action.LEAVE),
        (None, OPEN, Action.LEAVE),
        (None, CLOSED, Action.LEAVE),
        # none yet
        (GROUP, None, Action.CREATE),
        (replace(GROUP, count=11), None, Action.CREATE),
        (RARE, None, Action.LEAVE),
        (UNKNOWN, None, Action.LEAVE),
        (replace(GROUP, last_seen=NOW - 14 * DAY), None, Action.LEAVE),
        (replace(GROUP, last_seen=NOW - 14 * DAY + HOUR), None, Action.CREATE),
        # open: quiet
        (QUIET, OPEN, Action.CLOSE),
        (replace(QUIET, is_classified=False), OPEN, Action.CLOSE),
        (QUIET, replace(OPEN, can_update=False), Action.CLOSE),
        (replace(QUIET, last_seen=NOW - 13 * DAY), OPEN, Action.LEAVE),
        (RARE, OPEN, Action.LEAVE),
        # open: the answer
        (GROUP, told(10, 0.01, "bbbbbbbb"), Action.UPDATE),
        (GROUP, told(0, 0, ""), Action.UPDATE),
        (UNKNOWN, told(10, 0.01, "bbbbbbbb"), Action.LEAVE),
        (GROUP, replace(told(10, 2, "bbbbbbbb"), can_update=False), Action.LEAVE),
        # open: the numbers
        (replace(GROUP, count=12), told(10, 2), Action.LEAVE),
        (replace(GROUP, count=13), told(10, 2), Action.UPDATE),
        (replace(GROUP, count=7), told(10, 2), Action.UPDATE),
        (replace(GROUP, count=130), told(10, 0.99), Action.LEAVE),
        (replace(GROUP, count=130), told(10, 1), Action.UPDATE),
        (replace(GROUP, count=10), told(10, 6.9), Action.LEAVE),
        (replace(GROUP, count=10), told(10, 7), Action.UPDATE),
        (replace(GROUP, count=2, last_seen=NOW - 8 * DAY), told(10, 7), Action.LEAVE),
        # closed
        (GROUP, CLOSED, Action.REOPEN),
        (GROUP, replace(CLOSED, can_update=False), Action.REOPEN),
        (replace(GROUP, count_since_closing=9), CLOSED, Action.LEAVE),
        (GROUP, replace(CLOSED, is_declined=True), Action.LEAVE),
        (UNKNOWN, CLOSED, Action.LEAVE),
        (QUIET, CLOSED, Action.LEAVE),
        (replace(GROUP, last_seen=NOW - 14 * DAY), CLOSED, Action.LEAVE),
    ],
)
def test_every_case(group: GroupState | None, issue: IssueState | None, action: Action) -> None:
    assert decide(group, issue, POLICY, NOW) is action


@given(
    st.builds(
        GroupState,
        st.booleans(),
        st.sampled_from(["aaaaaaaa", "bbbbbbbb"]),
        st.integers(0, 30),
        st.integers(0, 30).map(lambda days: NOW - days * DAY),
        st.integers(0, 30),
    ),
    st.none()
    | st.builds(
        IssueState,
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.builds(Mark, st.just("0" * 16), st.just("aaaaaaaa"), st.integers(0, 30), st.just(NOW - DAY)),
    ),
)
def test_what_is_done_need_not_be_done_again(group: GroupState, issue: IssueState | None) -> None:
    action = decide(group, issue, POLICY, NOW)
    mark = Mark("0" * 16, group.answer, group.count, NOW)
    before = issue or IssueState(is_open=True, is_declined=False, can_update=True, mark=mark)
    after = {
        Action.CREATE: before,
        Action.UPDATE: replace(before, mark=mark),
        Action.REOPEN: replace(before, is_open=True, is_declined=False, mark=mark),
        Action.CLOSE: replace(before, is_open=False, is_declined=False),
        Action.LEAVE: issue,
    }[action]
    then = replace(group, count_since_closing=0) if action is Action.CLOSE else group
    assert decide(then, after, POLICY, NOW) is Action.LEAVE
