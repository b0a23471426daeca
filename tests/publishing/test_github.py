from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from error_classification.publishing.comments import Done, marker, put_comment
from error_classification.publishing.github import PullRequest, pull_request_of, put_check
from error_classification.publishing.rest_api import ApiError, RestApi
from stand_ins.github import GitHubServer, Reply, disconnect, failure, forbidden, garbage, server_error

REPO, SHA = "acme/shop", "c" * 40
MARK = marker("CI", "test")
CHECK = {"name": "Errors", "title": "1 error", "summary": "it broke"}
COMMENTS = "POST */comments"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with GitHubServer(REPO) as server:
        yield server


@pytest.fixture
def api(server: GitHubServer) -> Iterator[RestApi]:
    api = RestApi(server.url, server.switches.token, seconds=lambda: 0.0, sleep=lambda seconds: None, deadline=10)
    yield api
    api.close()


def bodies(server: GitHubServer) -> list[str]:
    return [comment["body"] for comment in server.world.comments.values()]


def write(server: GitHubServer, login: str, body: str, issue: int = 3) -> None:
    number = next(server.world.numbers)
    server.world.comments[number] = {"id": number, "issue": issue, "user": {"login": login, "type": "User"}, "body": body}


def test_markers_are_told_apart_and_invisible() -> None:
    marks = {marker("CI", "test"), marker("CI", "lint"), marker("CI test", ""), marker("CItest"), marker("-->", "@all \ud800")}
    assert len(marks) == 5
    assert all(mark.startswith("<!-- error-classification:") and mark.count("-->") == 1 for mark in marks)


def test_a_comment_is_made_once_and_then_updated(api: RestApi, server: GitHubServer) -> None:
    assert put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True) is Done.CREATED
    assert put_comment(PullRequest(api, REPO, 3), MARK, "second", create=True) is Done.UPDATED
    assert put_comment(PullRequest(api, REPO, 3), MARK, "second", create=False) is Done.UNCHANGED
    assert put_comment(PullRequest(api, REPO, 3), marker("CI", "lint"), "other", create=True) is Done.CREATED
    assert bodies(server) == [f"{MARK}\nsecond", f"{marker('CI', 'lint')}\nother"]


def test_none_is_made_where_none_is_wanted(api: RestApi, server: GitHubServer) -> None:
    assert put_comment(PullRequest(api, REPO, 3), MARK, "gone", create=False) is Done.NOTHING
    assert bodies(server) == []


def test_it_is_found_behind_hundreds_of_others(api: RestApi, server: GitHubServer) -> None:
    for number in range(250):
        write(server, "ada", f"comment {number}")
    put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True)
    assert put_comment(PullRequest(api, REPO, 3), MARK, "second", create=True) is Done.UPDATED
    assert len(bodies(server)) == 251


def test_what_somebody_else_wrote_is_left_alone(api: RestApi, server: GitHubServer) -> None:
    forged = f"{MARK}\nall is well"
    write(server, "eve", forged)
    write(server, "app[bot]", f"quoted: {MARK}")
    assert put_comment(PullRequest(api, REPO, 3), MARK, "it broke", create=True) is Done.CREATED
    assert bodies(server)[0] == forged
    assert put_comment(PullRequest(api, REPO, 3), MARK, "it broke again", create=True) is Done.UPDATED
    assert bodies(server)[0] == forged


def test_the_user_of_a_personal_token_knows_their_own(api: RestApi, server: GitHubServer) -> None:
    write(server, "eve", f"{MARK}\nall is well")
    write(server, "ada", f"{MARK}\nfirst")
    server.script(garbage(b'{"login": "ada"}'), at="GET /user")
    assert put_comment(PullRequest(api, REPO, 3), MARK, "second", create=True) is Done.UPDATED
    assert bodies(server) == [f"{MARK}\nall is well", f"{MARK}\nsecond"]


@pytest.mark.parametrize("reply", [disconnect(), server_error(502)])
def test_a_failure_in_between_makes_no_second_one(api: RestApi, server: GitHubServer, reply: Reply) -> None:
    server.script(reply, at=COMMENTS)
    assert put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True) in (Done.CREATED, Done.UNCHANGED)
    assert bodies(server) == [f"{MARK}\nfirst"]


def test_a_comment_that_is_deleted_meanwhile_is_made_anew(api: RestApi, server: GitHubServer) -> None:
    put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True)
    listed = [None, garbage(b"[]")]
    server.script(*listed, at="GET */comments")
    server.script(failure(404, "Not Found"), at="PATCH *")
    assert put_comment(PullRequest(api, REPO, 3), MARK, "second", create=True) is Done.CREATED


def test_a_token_that_may_only_read_is_no_failure(api: RestApi, server: GitHubServer) -> None:
    server.switches.read_only = True
    assert put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True) is Done.REFUSED
    assert not put_check(api, REPO, SHA, CHECK, [])


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_even_read_is_none_either(api: RestApi, server: GitHubServer, status: int) -> None:
    server.script(*[failure(status, "no")] * 2)
    assert put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True) is Done.REFUSED


def test_a_list_that_cannot_be_read_is_not_an_empty_one(api: RestApi, server: GitHubServer) -> None:
    server.script(*[garbage(b"{}")] * 2, at="GET */comments")
    with pytest.raises(ApiError):
        put_comment(PullRequest(api, REPO, 3), MARK, "first", create=True)
    assert bodies(server) == []


@pytest.mark.parametrize("repo", ["", "acme", "acme/../secret", "../x", "a/b/c", "acme/shop?x", "acme/sh op"])
def test_only_repositories_are_asked_about(api: RestApi, server: GitHubServer, repo: str) -> None:
    with pytest.raises(ApiError, match="repository"):
        put_comment(PullRequest(api, repo, 3), MARK, "x", create=True)
    assert pull_request_of(api, repo, SHA) == 0
    assert not put_check(api, repo, SHA, CHECK, [])
    assert server.requests == []


def test_the_pull_request_of_a_commit(api: RestApi, server: GitHubServer) -> None:
    server.world.pull_requests[SHA] = [7, 8]
    assert pull_request_of(api, REPO, SHA) == 7
    assert pull_request_of(api, REPO, "d" * 40) == 0
    assert pull_request_of(api, REPO, "main") == 0
    server.script(garbage(b'[{"number": 5, "state": "closed"}, 3, {"number": 6, "state": "open"}]'))
    assert pull_request_of(api, REPO, SHA) == 6


@pytest.mark.parametrize("reply", [forbidden(), failure(404, "Not Found"), failure(422, "No commit found")])
def test_a_commit_that_may_not_be_asked_about(api: RestApi, server: GitHubServer, reply: Reply) -> None:
    server.script(reply)
    assert pull_request_of(api, REPO, SHA) == 0


def annotation(number: int) -> dict[str, Any]:
    place = {"path": "src/app.py", "start_line": number, "end_line": number}
    return {**place, "annotation_level": "failure", "title": "boom", "message": "it broke"}


def test_a_check_run_turns_nothing_red_and_holds_fifty(api: RestApi, server: GitHubServer) -> None:
    assert put_check(api, REPO, SHA, CHECK, [annotation(number) for number in range(1, 61)])
    (check,) = server.world.check_runs.values()
    assert (check["conclusion"], check["head_sha"], check["output"]["summary"]) == ("neutral", SHA, "it broke")
    assert [item["start_line"] for item in check["annotations"]] == list(range(1, 51))


def test_a_check_run_that_fails_is_said(api: RestApi, server: GitHubServer) -> None:
    server.script(server_error(502), at="POST *")
    with pytest.raises(ApiError, match="502"):
        put_check(api, REPO, SHA, CHECK, [])
