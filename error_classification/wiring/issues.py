"""Recurring errors of a repository and their issues on GitHub: one is brought in line with the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from error_classification.config import Config
from error_classification.errors import StoreError, UsageError
from error_classification.models import UNCLASSIFIED, ErrorClassification, Group
from error_classification.ports import Archive, TopGroup
from error_classification.publishing.github import is_repository
from error_classification.publishing.github_issues import LONGEST_BODY, Issue, IssueBoard, concerns_one, web_address
from error_classification.publishing.rest_api import ApiError, RestApi
from error_classification.reporting import issue as wording
from error_classification.reporting.issue_life import Action, GroupState, IssueState, Policy, decide
from error_classification.reporting.issue_marks import Mark, answer_of, mark_in, marked, replaced
from error_classification.wiring.clock import SystemClock

LOCK = "issues.lock"
"""Held by the run that keeps issues, one on a machine: see ``collecting.alone``."""
MOST_CREATED = 20
"""Issues that one run makes; the next one goes on."""
_MOST_GROUPS, _MOST_READ = 1_000, 1_000
"""The most frequent groups that are looked at, and the newest occurrences that are read of each."""
_PATIENCE = 300.0
"""Seconds for all that is said to GitHub."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which errors have an issue: those with ``threshold`` occurrences in ``hours``, until ``quiet_days`` pass without one."""

    threshold: int = 10
    hours: int = 168
    quiet_days: int = 14
    dry_run: bool = False


@dataclass(slots=True)
class Kept:
    """What was done, or would be; ``waiting`` errors get their issue from the next run."""

    groups: int = 0
    actions: Counter[Action] = field(default_factory=Counter)
    doubles: int = 0
    waiting: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """An issue and the mark in it."""

    issue: Issue
    mark: Mark


@dataclass(frozen=True, slots=True)
class _Case:
    """An error, its issue if there is one, and the body that this is to have; None: the one it has must stay.

    It must where its place is gone, and where nothing is left to be told of what it tells.
    """

    error: wording.Recurring
    state: GroupState
    known: _Known | None
    body: str | None

    @property
    def issue(self) -> Issue | None:
        return self.known.issue if self.known else None

    @property
    def issue_state(self) -> IssueState | None:
        known = self.known
        return IssueState(known.issue.is_open, known.issue.is_declined, self.body is not None, known.mark) if known else None


def check(config: Config) -> None:
    """Raises ``UsageError`` where the configuration names no repository, or no token for it."""
    if not config.repo:
        raise UsageError("no repository is named", "use --repo OWNER/NAME, or set REPO")
    if not is_repository(config.repo):
        raise UsageError(f"{config.repo[:80]!r} is not the name of a repository", "it looks like OWNER/NAME")
    if not config.github_token:
        raise UsageError("GITHUB_TOKEN is not set", "issues need a token with the permission `issues: write`")


def keep(config: Config, archive: Archive, wanted: Wanted, now: datetime, say: Callable[[str], None]) -> Kept:
    """Makes, updates, closes and opens the issues of ``config.repo``; each change is said. What fails is in ``skipped``."""
    clock = SystemClock()
    api = RestApi(
        config.github_api_url,
        config.github_token,
        seconds=clock.seconds,
        sleep=clock.sleep,
        deadline=clock.seconds() + _PATIENCE,
    )
    keeper = Keeper(archive, IssueBoard(api, config.repo), config.repo, wanted, web_address(config.github_api_url), now, say)
    try:
        keeper.run()
    except (ApiError, StoreError) as error:
        keeper.kept.skipped.append((config.repo, str(error)))
    finally:
        api.close()
    return keeper.kept


class Keeper:
    """One run. ``kept`` says what it did, also where it was cut short."""

    def __init__(
        self,
        archive: Archive,
        board: IssueBoard,
        repo: str,
        wanted: Wanted,
        web: str,
        now: datetime,
        say: Callable[[str], None],
    ) -> None:
        self.kept = Kept()
        self._archive, self._board, self._repo, self._web = archive, board, repo, web
        self._wanted, self._now, self._say = wanted, now, say
        self._since = now - timedelta(hours=wanted.hours)
        self._policy = Policy(wanted.threshold, timedelta(days=wanted.quiet_days))

    def run(self) -> None:
        """Raises ``ApiError`` or ``StoreError`` where it makes no sense to go on."""
        known = self._known()
        frequent = {item.group.error_hash: item.occurrences for item in self._frequent()}
        self.kept.groups = len(frequent)
        opened = [error_hash for error_hash, each in known.items() if each.issue.is_open and error_hash not in frequent]
        groups = self._archive.groups([*frequent, *opened])
        for error_hash in (*frequent, *opened):
            if error_hash in groups:
                self._consider(groups[error_hash], frequent.get(error_hash), known.get(error_hash))
        if self.kept.actions[Action.CREATE] and not self._wanted.dry_run:
            self._known()  # another machine may have made the same meanwhile

    def _frequent(self) -> Iterator[TopGroup]:
        for item in self._archive.stats(self._since, None, self._repo, _MOST_GROUPS).top:
            if item.occurrences >= self._wanted.threshold and wording.label_of(item.group) != UNCLASSIFIED:
                yield item

    def _known(self) -> dict[str, _Known]:
        """The oldest issue of each error. Another that is open tells of a run at the same time elsewhere, and is closed."""
        first: dict[str, _Known] = {}
        for issue in self._board.ours():
            mark = mark_in(issue.body)
            if mark is None:
                continue
            kept = first.setdefault(mark.error_hash, _Known(issue, mark))
            if kept.issue is not issue and issue.is_open:
                self._close_double(issue, kept.issue)
        return first

    def _close_double(self, issue: Issue, first: Issue) -> None:
        self.kept.doubles += 1
        self._tell(Action.CLOSE, f"#{issue.number}: the same error as #{first.number}")
        if not self._wanted.dry_run:
            self._board.close(issue.number, wording.doubling(first.number), planned=False)

    def _consider(self, group: Group, count: int | None, known: _Known | None) -> None:
        """``count`` is None for an error that is not frequent (any more)."""
        read = self._archive.occurrences(group.error_hash, _MOST_READ)
        newest = [item for item in read if item.run.repo == self._repo]
        number = _times(newest, self._since) if count is None else count
        error = wording.Recurring(self._repo, group, number, self._wanted.hours, newest, self._web)
        state = self._state(error, read, known)
        part = marked(Mark(group.error_hash, state.answer, state.count, self._now), wording.text(error))
        case = _Case(error, state, known, _body(known, part) if newest or not known else None)
        action = decide(state, case.issue_state, self._policy, self._now)
        if action is Action.CREATE and self.kept.actions[action] >= MOST_CREATED:
            self.kept.waiting += 1
        else:
            self._do(action, case)

    def _state(self, error: wording.Recurring, read: Sequence[ErrorClassification], known: _Known | None) -> GroupState:
        """Where nothing of this repository was read, only what holds for all of them is known."""
        last_seen = read[-1].occurred_at if len(read) >= _MOST_READ else error.group.last_seen
        if error.newest:
            last_seen = error.newest[0].occurred_at
        closed_at = known.issue.closed_at if known else None
        since_closing = _times(error.newest, closed_at) if closed_at and closed_at > self._since else error.count
        return GroupState(error.label != UNCLASSIFIED, answer_of(error.label), error.count, last_seen, since_closing)

    def _do(self, action: Action, case: _Case) -> None:
        """One failure that is an issue's own does not keep the others from being done."""
        try:
            number = 0 if self._wanted.dry_run else self._perform(action, case)
        except ApiError as error:
            if not concerns_one(error):
                raise
            self.kept.skipped.append((f"issue of {case.error.group.error_hash}", str(error)))
            return
        self.kept.actions[action] += 1
        if action is not Action.LEAVE:
            number = number or (case.issue.number if case.issue else 0)
            self._tell(action, f"{f'#{number}: ' if number else ''}{wording.title(case.error)}")

    def _perform(self, action: Action, case: _Case) -> int:
        """The number of an issue that was made."""
        if action is Action.CREATE:
            return self._board.create(wording.title(case.error), case.body or "")
        if case.issue is None:
            return 0
        number, body = case.issue.number, case.body or case.issue.body
        if action is Action.UPDATE:
            self._board.update(number, body)
        elif action is Action.REOPEN:
            self._board.reopen(number, body, wording.reopening(case.state.count_since_closing))
        elif action is Action.CLOSE:
            self._board.close(number, wording.closing(case.state.last_seen, self._wanted.quiet_days))
        return 0

    def _tell(self, action: Action, what: str) -> None:
        done = f"would {action}" if self._wanted.dry_run else f"{action.removesuffix('e')}ed"
        self._say(f"{done} {what}")


def _body(known: _Known | None, part: str) -> str | None:
    """The whole body with ``part`` in it; None where people took its place away, or left no room."""
    body = replaced(known.issue.body, part) if known else part
    return body if body is not None and len(body) <= LONGEST_BODY else None


def _times(items: Iterable[ErrorClassification], since: datetime) -> int:
    return sum(item.error.context.count for item in items if item.occurred_at >= since)
