"""What is to be done about an issue: the whole decision, from what the store and GitHub say, without a call to either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from error_classification.reporting.issue_marks import Mark

_NOTABLE = 0.2
"""Share by which a count changes before it is worth an update."""
_LEAST_BETWEEN, _STALE = timedelta(days=1), timedelta(days=7)
"""No two updates for numbers alone within the first; after the second they are renewed whatever they are."""


class Action(StrEnum):
    """What becomes of an issue."""

    CREATE = "create"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which groups have an issue: those with ``threshold`` occurrences in the window, until they are ``quiet`` for so long."""

    threshold: int
    quiet: timedelta


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group as one repository sees it; ``count`` is that of the window, ``answer`` as marks have it."""

    is_classified: bool
    answer: str
    count: int
    last_seen: datetime
    """Not later than this."""
    count_since_closing: int = 0
    """Of ``count``, after the issue was closed."""


@dataclass(frozen=True, slots=True)
class IssueState:
    """``is_declined``: a person closed it as not planned. ``can_update``: our part of it is still there."""

    is_open: bool
    is_declined: bool
    can_update: bool
    mark: Mark


def decide(group: GroupState | None, issue: IssueState | None, policy: Policy, now: datetime) -> Action:
    """``group`` is None where the store does not know it, which says nothing about how often it occurs."""
    if group is None:
        return Action.LEAVE
    is_quiet = now - group.last_seen >= policy.quiet
    if issue is None:
        is_due = group.is_classified and group.count >= policy.threshold
        return Action.CREATE if is_due and not is_quiet else Action.LEAVE
    if issue.is_open:
        if is_quiet:
            return Action.CLOSE
        return Action.UPDATE if group.is_classified and issue.can_update and _is_news(group, issue.mark, now) else Action.LEAVE
    is_back = group.is_classified and group.count_since_closing >= policy.threshold
    return Action.REOPEN if is_back and not is_quiet and not issue.is_declined else Action.LEAVE


def _is_news(group: GroupState, mark: Mark, now: datetime) -> bool:
    if group.answer != mark.answer:
        return True
    if now - mark.at < _LEAST_BETWEEN or group.last_seen <= mark.at:
        return False
    return abs(group.count - mark.count) > _NOTABLE * mark.count or now - mark.at >= _STALE
