"""Issues of the stand-in for GitHub, as GitHub has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from stand_ins.claude import ManualClock
from stand_ins.github import GitHubServer


@pytest.fixture
def github(clock: ManualClock) -> Iterator[GitHubServer]:
    with GitHubServer(clock=clock) as started:
        yield started


def ask(github: GitHubServer, method: str, path: str, body: object = None) -> requests.Response:
    headers = {"authorization": f"Bearer {github.switches.token}"}
    return requests.request(method, f"{github.url}/{path}", headers=headers, json=body, timeout=5)


def make(github: GitHubServer, title: str, *labels: str) -> int:
    number: int = ask(github, "POST", "repos/acme/shop/issues", {"title": title, "labels": labels}).json()["number"]
    return number


def listed(github: GitHubServer, query: str) -> list[str]:
    return [issue["title"] for issue in ask(github, "GET", f"repos/acme/shop/issues?{query}").json()]


def test_issues_are_listed_by_label_state_and_creator(github: GitHubServer, clock: ManualClock) -> None:
    make(github, "first", "ours")
    clock.advance(1)
    second = make(github, "second", "ours", "bug")
    make(github, "third")
    github.switches.login = "ada"
    make(github, "fourth", "ours")
    ask(github, "PATCH", f"repos/acme/shop/issues/{second}", {"state": "closed"})
    assert listed(github, "labels=ours&direction=asc") == ["first", "fourth"]
    assert listed(github, "labels=ours&state=all&direction=asc&per_page=2") == ["first", "second"]
    assert listed(github, "labels=ours,bug&state=closed") == ["second"]
    assert listed(github, "creator=ada") == ["fourth"]


def test_an_issue_is_closed_and_opened_again(github: GitHubServer) -> None:
    path = f"repos/acme/shop/issues/{make(github, 'it')}"
    assert ask(github, "PATCH", path, {"state": "closed"}).json()["state_reason"] == "completed"
    assert ask(github, "PATCH", path, {"state": "closed", "state_reason": "not_planned"}).json()["state_reason"] == "completed"
    assert ask(github, "GET", path).json()["closed_at"]
    again = ask(github, "PATCH", path, {"state": "open", "body": "more"}).json()
    assert (again["state"], again["closed_at"], again["body"]) == ("open", None, "more")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"title": " "}, 422), ({"title": "x" * 257}, 422), ({"title": "x", "body": "x" * 65_537}, 422), ({"title": "x"}, 201)],
)
def test_what_is_refused(github: GitHubServer, body: object, status: int) -> None:
    assert ask(github, "POST", "repos/acme/shop/issues", body).status_code == status


def test_where_issues_are_disabled(github: GitHubServer) -> None:
    github.switches.has_issues = False
    assert ask(github, "GET", "repos/acme/shop/issues").status_code == 410


def test_labels_come_with_the_issue_or_not(github: GitHubServer) -> None:
    assert ask(github, "GET", "repos/acme/shop/labels/ours").status_code == 404
    make(github, "it", "ours")
    assert ask(github, "GET", "repos/acme/shop/labels/ours").json()["name"] == "ours"
    assert ask(github, "POST", "repos/acme/shop/labels", {"name": "ours"}).status_code == 422
    github.switches.may_label = False
    make(github, "unlabelled", "ours")
    assert listed(github, "labels=ours") == ["it"]
    assert ask(github, "POST", "repos/acme/shop/labels", {"name": "theirs"}).status_code == 403


def test_only_people_are_told_who_they_are(github: GitHubServer) -> None:
    assert ask(github, "GET", "user").status_code == 403
    github.switches.login = "ada"
    assert ask(github, "GET", "user").json()["login"] == "ada"
