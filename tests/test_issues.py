"""The life of issues: a store that time passes in, against a GitHub on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
from front_builders import HASH, HOSTILE, MISSING_MODULE, UNKNOWN, classified

from error_classification.models import RunContext, Verdict
from error_classification.publishing.github_issues import LABEL, IssueBoard
from error_classification.publishing.rest_api import ApiError, RestApi
from error_classification.reporting.issue_life import Action
from error_classification.storage.memory import MemoryStore
from error_classification.wiring.issues import MOST_CREATED, Keeper, Kept, Wanted
from stand_ins.claude import ManualClock
from stand_ins.github import GitHubServer, failure, forbidden, garbage
from stand_ins.github.request import JSON

REPO = "acme/shop"
OTHER = "f" * 16
DAY = 86_400.0


@dataclass(slots=True)
class Life:
    """A repository, its store and its issues; ``passes`` lets time go by."""

    server: GitHubServer
    clock: ManualClock
    store: MemoryStore = field(default_factory=MemoryStore)
    said: list[str] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=count)

    def fails(
        self, times: int = 3, error_hash: str = HASH, answer: object = MISSING_MODULE, repo: str = REPO, text: str = "boom"
    ) -> None:
        for _ in range(times):
            number = next(self._ids)
            item = classified(answer, text, error_hash, run=RunContext(repo=repo, workflow_id=str(number)))  # type: ignore[arg-type]
            now = self.clock.now()
            self.store.save([replace(item, error_id=f"{number:032x}", occurred_at=now, classified_at=now)])

    def passes(self, days: float) -> None:
        self.clock.advance(days * DAY)

    def keeper(self, **wanted: object) -> Keeper:
        api = RestApi(self.server.url, self.server.switches.token, seconds=lambda: 0.0, sleep=lambda _: None, deadline=100)
        chosen = Wanted(**({"threshold": 3} | wanted))  # type: ignore[arg-type]
        return Keeper(self.store, IssueBoard(api, REPO), REPO, chosen, "https://github.com", self.clock.now(), self.said.append)

    def run(self, **wanted: object) -> Kept:
        keeper = self.keeper(**wanted)
        keeper.run()
        return keeper.kept

    def done(self, **wanted: object) -> str:
        """The only thing that was done besides leaving alone, if any."""
        actions = [action for action in self.run(**wanted).actions.elements() if action is not Action.LEAVE]
        assert len(actions) <= 1
        return actions[0] if actions else ""

    @property
    def issues(self) -> list[JSON]:
        return list(self.server.world.issues.values())

    @property
    def issue(self) -> JSON:
        (only,) = self.issues
        return only

    @property
    def writes(self) -> int:
        return sum(request.method != "GET" for request in self.server.requests)

    def person_closes(self, reason: str) -> None:
        stamp = f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        self.issue.update(state="closed", state_reason=reason, closed_at=stamp)


@pytest.fixture
def life() -> Iterator[Life]:
    clock = ManualClock()
    with GitHubServer(REPO, clock=clock) as server:
        yield Life(server, clock)


def test_an_error_gets_one_issue_however_often_it_runs(life: Life) -> None:
    life.fails(2)
    assert life.done() == ""
    life.fails(1)
    assert life.done() == "create"
    assert life.said == ["created #1001: dependency_error/missing_module: The module numpy is not installed"]
    before = life.writes
    assert [life.done() for _ in range(3)] == ["", "", ""]
    assert life.writes == before
    assert (life.issue["state"], [label["name"] for label in life.issue["labels"]]) == ("open", [LABEL])


def test_a_dry_run_says_it_all_and_writes_nothing(life: Life) -> None:
    life.fails(3)
    kept = life.run(dry_run=True)
    assert kept.actions[Action.CREATE] == 1
    assert life.said[0].startswith("would create dependency_error/missing_module: ")
    assert life.writes == 0


def test_what_nobody_understands_gets_none(life: Life) -> None:
    life.fails(50, answer=UNKNOWN)
    assert life.run().groups == 0
    assert life.issues == []


def test_other_repositories_do_not_count(life: Life) -> None:
    life.fails(2)
    life.fails(50, repo="acme/secret")
    assert life.done() == ""
    life.fails(1)
    assert life.done() == "create"
    assert "acme/secret" not in life.issue["body"]
    assert "3 times in this repository" in life.issue["body"]


def test_what_is_long_ago_does_not_count(life: Life) -> None:
    life.fails(3)
    life.passes(8)
    assert life.done() == ""
    assert life.done(hours=24 * 9) == "create"


def test_it_is_renewed_at_most_once_a_day(life: Life) -> None:
    life.fails(3)
    life.done()
    life.fails(30)
    assert life.done() == ""
    life.passes(1)
    life.fails(1)
    assert life.done() == "update"
    assert "34 times in this repository" in life.issue["body"]
    assert life.done() == ""


def test_a_persons_answer_is_told_at_once(life: Life) -> None:
    life.fails(3)
    life.done()
    life.store.label(HASH, "network_error", "dns", "ada", life.clock.now())
    assert life.done() == "update"
    assert "`network_error/dns`" in life.issue["body"]
    assert life.issue["title"].startswith("dependency_error/")
    life.store.label(HASH, "unclassified", "", "ada", life.clock.now())
    assert life.done() == ""


def test_what_people_wrote_stays(life: Life) -> None:
    life.fails(3)
    life.done()
    life.issue["title"] = "numpy again"
    life.issue["body"] = f"See the wiki.\r\n\r\n{life.issue['body']}\r\n\r\nAda is on it."
    life.passes(2)
    life.fails(20)
    assert life.done() == "update"
    assert life.issue["title"] == "numpy again"
    assert life.issue["body"].startswith("See the wiki.\r\n\r\n<!-- error-classification:issue ")
    assert life.issue["body"].endswith("<!-- error-classification:end -->\r\n\r\nAda is on it.")
    assert "23 times" in life.issue["body"]


@pytest.mark.parametrize("lost", ["<!-- error-classification:end -->", None])
def test_where_our_part_is_gone_or_has_no_room_the_body_stays(life: Life, lost: str | None) -> None:
    life.fails(3)
    life.done()
    own = life.issue["body"]
    life.issue["body"] = own.replace(lost, "") if lost else own + "x" * (65_536 - len(own))
    life.passes(2)
    life.fails(2_000)
    assert life.done() == ("")
    life.passes(15)
    assert life.done() == "close"


def test_it_is_closed_when_quiet_and_opened_when_it_comes_back(life: Life) -> None:
    life.fails(3)
    life.done()
    life.passes(13)
    assert life.done() == ""
    life.passes(1)
    assert life.done() == "close"
    assert (life.issue["state"], life.issue["state_reason"]) == ("closed", "completed")
    assert life.done() == ""
    life.passes(1)
    life.fails(2)
    assert life.done() == ""
    life.fails(1)
    assert life.done() == "reopen"
    assert (life.issue["state"], len(life.issues)) == ("open", 1)
    bodies = [comment["body"] for comment in life.server.world.comments.values()]
    assert bodies[0].startswith("Not seen for 14 days (last on 2026-11-02): closed.")
    assert bodies[1] == "The error is back: seen 3 times since this was closed."


def test_what_a_person_mended_is_opened_only_by_what_came_later(life: Life) -> None:
    life.fails(10)
    life.done()
    life.passes(0.01)
    life.person_closes("completed")
    life.passes(0.01)
    life.fails(2)
    assert life.done() == ""
    life.fails(1)
    assert life.done() == "reopen"


@pytest.mark.parametrize("reason", ["not_planned", "duplicate"])
def test_what_a_person_does_not_want_is_left_alone(life: Life, reason: str) -> None:
    life.fails(3)
    life.done()
    life.person_closes(reason)
    life.passes(1)
    life.fails(500)
    before = life.writes
    assert life.done() == ""
    assert life.writes == before


def test_a_store_that_knows_nothing_closes_nothing(life: Life) -> None:
    life.fails(3)
    life.done()
    life.passes(30)
    life.store = MemoryStore()
    assert life.done() == ""
    assert life.issue["state"] == "open"


def test_what_was_pruned_is_quiet_only_where_it_was_not_seen_elsewhere(life: Life) -> None:
    life.fails(3)
    life.done()
    life.passes(20)
    life.fails(1, repo="acme/other")
    life.store.prune(life.clock.now() - timedelta(days=1))
    assert life.done() == ""
    life.passes(20)
    assert life.done() == "close"


def test_no_more_than_twenty_are_made_at_once(life: Life) -> None:
    for number in range(MOST_CREATED + 5):
        life.fails(3 + number, f"{number:016x}")
    kept = life.run()
    assert (kept.actions[Action.CREATE], kept.waiting) == (MOST_CREATED, 5)
    made = {issue["body"].split()[2] for issue in life.issues}
    assert f"{0:016x}" not in made, "the most frequent come first"
    assert life.run().actions[Action.CREATE] == 5
    assert life.run().actions[Action.CREATE] == 0


def test_hundreds_of_issues_are_known_again(life: Life) -> None:
    hashes = [f"{number:016x}" for number in range(300)]
    for error_hash in hashes:
        life.fails(1, error_hash)
    while life.run(threshold=1).waiting:
        pass
    assert len(life.issues) == 300
    assert life.run(threshold=1).actions == {Action.LEAVE: 300}


def test_two_at_once_leave_one_issue(life: Life) -> None:
    """Both have seen that there is none; the second notices when it looks again."""
    life.fails(3)
    life.run()
    life.server.script(garbage(b"[]"), at="GET */issues")
    second = life.run()
    assert [(issue["state"], issue["state_reason"]) for issue in life.issues] == [("open", None), ("closed", "not_planned")]
    assert second.doubles == 1
    assert life.done() == ""


def test_a_mark_that_somebody_else_wrote_is_not_ours(life: Life) -> None:
    life.fails(3)
    life.done()
    life.issue["user"] = {"login": "eve", "type": "User"}
    assert life.done() == "create"


def test_hostile_logs(life: Life) -> None:
    hostile = f"{HOSTILE} fixes #1 <!-- error-classification:end --> @all"
    life.fails(3, answer=Verdict("rules", "timeout", "step", 0.9, hostile), text=hostile * 20)
    assert life.done() == "create"
    life.passes(2)
    life.fails(30, answer=Verdict("rules", "timeout", "step", 0.9, hostile), text=hostile * 20)
    assert life.done() == "update"
    assert life.issue["body"].count("<!--") == 2
    assert "@\u200bsomeone" in life.issue["title"]


def test_one_issue_that_was_deleted_does_not_keep_the_others_back(life: Life) -> None:
    life.fails(3)
    life.fails(3, OTHER)
    life.run()
    life.passes(15)
    life.server.script(failure(410, "This issue was deleted"), at="PATCH *")
    kept = life.run()
    assert kept.actions[Action.CLOSE] == 1
    assert len(kept.skipped) == 1


def test_a_token_that_may_only_read_stops_it_all(life: Life) -> None:
    life.fails(3)
    life.server.script(forbidden(), at="POST */issues")
    keeper = life.keeper()
    with pytest.raises(ApiError, match="issues: write"):
        keeper.run()
    assert keeper.kept.actions == {}
