"""Issues on a GitHub that pages, refuses and fails."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from error_classification.publishing.github_issues import LABEL, IssueBoard, concerns_one, web_address
from error_classification.publishing.rest_api import ApiError, RestApi
from stand_ins.claude import ManualClock
from stand_ins.github import GitHubServer, disconnect, failure, forbidden, garbage, rate_limited, secondary_limit, server_error

REPO = "acme/shop"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with GitHubServer(REPO, clock=ManualClock()) as server:
        yield server


@pytest.fixture
def board(server: GitHubServer) -> Iterator[IssueBoard]:
    api = RestApi(server.url, server.switches.token, seconds=lambda: 0.0, sleep=lambda seconds: None, deadline=100)
    yield IssueBoard(api, REPO)
    api.close()


def add(server: GitHubServer, body: str = "", login: str = "github-actions[bot]", **more: object) -> int:
    number = next(server.world.numbers)
    user = {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}
    issue = {"number": number, "user": user, "labels": [{"name": LABEL}], "body": body, "state": "open", "state_reason": None}
    times = {"created_at": "2026-11-01T00:00:00Z", "closed_at": None}
    server.world.issues[number] = issue | times | more
    return number


def test_an_issue_is_made_with_our_label_and_found_again(board: IssueBoard, server: GitHubServer) -> None:
    number = board.create("title", "body")
    (issue,) = board.ours()
    assert (issue.number, issue.body, issue.is_open, issue.is_declined, issue.closed_at) == (number, "body", True, False, None)
    assert server.world.labels[LABEL]["description"]
    board.create("second", "body")
    assert sum(request.path.endswith("/labels/" + LABEL) for request in server.requests) == 1


def test_it_is_changed_closed_and_opened(board: IssueBoard, server: GitHubServer) -> None:
    number = board.create("title", "body")
    board.update(number, "other")
    board.close(number, "quiet")
    (issue,) = board.ours()
    assert (issue.body, issue.is_open, issue.is_declined) == ("other", False, False)
    assert issue.closed_at == server.clock.now()
    board.reopen(number, "again", "it is back")
    board.close(number, "double", planned=False)
    (issue,) = board.ours()
    assert (issue.body, issue.is_open, issue.is_declined) == ("again", False, True)
    assert [comment["body"] for comment in server.world.comments.values()] == ["quiet", "it is back", "double"]


def test_three_hundred_are_read_to_the_last(board: IssueBoard, server: GitHubServer) -> None:
    numbers = [add(server, str(index)) for index in range(300)]
    assert [issue.number for issue in board.ours()] == numbers


def test_what_is_not_ours_is_not_listed(board: IssueBoard, server: GitHubServer) -> None:
    add(server, login="eve")
    add(server, pull_request={"url": "..."})
    add(server, labels=[{"name": "bug"}])
    assert board.ours() == []


def test_the_user_of_a_personal_token_knows_their_own(board: IssueBoard, server: GitHubServer) -> None:
    server.switches.login = "ada"
    add(server, login="eve")
    own = add(server, login="ada")
    assert [issue.number for issue in board.ours()] == [own]


def test_a_list_without_an_end_is_not_taken_for_all(
    board: IssueBoard, server: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("error_classification.publishing.github_issues._MOST_PAGES", 2)
    for index in range(201):
        add(server, str(index))
    with pytest.raises(ApiError, match="more than 200 issues"):
        board.ours()


@pytest.mark.parametrize("body", [b"{}", b"[1, 2", b"null"])
def test_a_list_that_cannot_be_read_is_not_an_empty_one(board: IssueBoard, server: GitHubServer, body: bytes) -> None:
    server.script(garbage(body))
    with pytest.raises(ApiError):
        board.ours()


def test_odd_issues_are_read_as_far_as_they_go(board: IssueBoard, server: GitHubServer) -> None:
    bot = {"user": {"login": "x[bot]"}}
    odd = [{"number": 1, "closed_at": "yesterday", **bot}, {"number": 2, "body": 3, "closed_at": "2026-11-01T00:00:00", **bot}]
    server.script(garbage(json.dumps([*odd, {"number": "x", **bot}, bot, {"number": 3, "user": None}, {}, 7]).encode()))
    assert [(issue.body, issue.closed_at) for issue in board.ours()] == [("", None), ("", None)]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (failure(410, "Issues are disabled for this repo"), r"410 .*issues are disabled in acme/shop"),
        (failure(404, "Not Found"), r"404 .*the token may not see it"),
        (forbidden(), r"403 .*needs the permission `issues: write` in acme/shop"),
        (failure(401, "Bad credentials"), r"401 .*needs the permission"),
        (rate_limited(9e9), r"403 to GET: API rate limit exceeded for installation ID 1\.$"),
        (secondary_limit(), r"403 to GET: You have exceeded a secondary rate limit"),
    ],
)
def test_what_is_refused_is_said_in_words(board: IssueBoard, server: GitHubServer, reply: object, said: str) -> None:
    server.script(reply, at="GET */issues")  # type: ignore[arg-type]
    with pytest.raises(ApiError, match=said):
        board.ours()


def test_nothing_is_made_by_a_token_that_may_not_label(board: IssueBoard, server: GitHubServer) -> None:
    server.switches.may_label = False
    with pytest.raises(ApiError, match="permission"):
        board.create("title", "body")
    assert server.world.issues == {}


def test_an_issue_without_our_label_is_closed_again(board: IssueBoard, server: GitHubServer) -> None:
    server.world.labels[LABEL] = {"name": LABEL}
    server.switches.may_label = False
    with pytest.raises(ApiError, match="may not put labels") as raised:
        board.create("title", "body")
    assert not concerns_one(raised.value)
    assert [issue["state"] for issue in server.world.issues.values()] == ["closed"]


def test_another_may_make_the_label_meanwhile(board: IssueBoard, server: GitHubServer) -> None:
    server.script(failure(422, "already_exists"), at="POST */labels")
    assert board.create("title", "body")


@pytest.mark.parametrize("reply", [disconnect(), server_error(502)])
def test_what_may_have_been_made_is_not_made_twice(board: IssueBoard, server: GitHubServer, reply: object) -> None:
    server.script(reply, at="POST */issues")  # type: ignore[arg-type]
    with pytest.raises(ApiError):
        board.create("title", "body")
    assert len(server.world.issues) <= 1


def test_which_failures_are_those_of_one_issue() -> None:
    assert [status for status in (0, 401, 403, 404, 410, 422, 429, 500) if concerns_one(ApiError("", status))] == [410, 422]


@pytest.mark.parametrize("repo", ["", "acme", "acme/../x", "a/b/c"])
def test_only_repositories_are_asked_about(server: GitHubServer, repo: str) -> None:
    api = RestApi(server.url, "", seconds=lambda: 0.0, sleep=lambda seconds: None, deadline=1)
    with pytest.raises(ApiError, match="name of a repository"):
        IssueBoard(api, repo)
    assert server.requests == []


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://git.acme.example/api/v3", "https://git.acme.example"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("https://api.example.com", ""),
        ("https://proxy.example.com/github", ""),
        ("", ""),
    ],
)
def test_the_pages_that_belong_to_an_api(api: str, web: str) -> None:
    assert web_address(api) == web
