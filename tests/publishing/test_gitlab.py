from __future__ import annotations

from collections.abc import Iterator

import pytest

from error_classification.publishing.comments import Done, marker, put_comment
from error_classification.publishing.gitlab import MergeRequest, merge_request_of
from error_classification.publishing.rest_api import GITLAB, ApiError, RestApi
from stand_ins.github import disconnect, garbage, server_error
from stand_ins.gitlab import GitLabServer, note

SHA, MARK = "c" * 40, marker("CI", "test")


@pytest.fixture
def server() -> Iterator[GitLabServer]:
    with GitLabServer() as started:
        yield started


def api_of(server: GitLabServer, token: str = GitLabServer.token) -> RestApi:
    return RestApi(server.url, token, seconds=lambda: 0.0, sleep=lambda _: None, deadline=10, dialect=GITLAB)


@pytest.fixture
def api(server: GitLabServer) -> Iterator[RestApi]:
    opened = api_of(server)
    yield opened
    opened.close()


@pytest.fixture
def board(api: RestApi, server: GitLabServer) -> MergeRequest:
    return MergeRequest(api, server.project, 12)


def test_a_note_is_made_once_and_then_updated(board: MergeRequest, server: GitLabServer) -> None:
    assert board.name == "merge request 12"
    assert put_comment(board, MARK, "gone", create=False) is Done.NOTHING
    assert put_comment(board, MARK, "first", create=True) is Done.CREATED
    assert put_comment(board, MARK, "second", create=True) is Done.UPDATED
    assert put_comment(board, MARK, "second", create=False) is Done.UNCHANGED
    assert put_comment(board, marker("CI", "lint"), "other", create=True) is Done.CREATED
    assert [each["body"] for each in server.notes] == [f"{MARK}\nsecond", f"{marker('CI', 'lint')}\nother"]
    assert {each["noteable_iid"] for each in server.notes} == {12}


def test_it_is_found_behind_hundreds_of_others_and_those_of_others_stay(board: MergeRequest, server: GitLabServer) -> None:
    server.notes += [note("mallory", f"{MARK}\nclaimed", 12, 1_000 + number) for number in range(250)]
    assert put_comment(board, MARK, "first", create=True) is Done.CREATED
    server.notes += [note("ann", "thanks", 12, 2_000), note(server.login, f"{MARK}\nof another", 13, 2_001)]
    assert put_comment(board, MARK, "second", create=True) is Done.UPDATED
    assert [each["body"] for each in server.notes if "second" in each["body"]] == [f"{MARK}\nsecond"]


@pytest.mark.parametrize("reply", [disconnect(), server_error(), garbage()])
def test_an_answer_that_does_not_come_makes_no_second_one(board: MergeRequest, server: GitLabServer, reply: object) -> None:
    server.script(reply, at="POST *")  # type: ignore[arg-type]
    assert put_comment(board, MARK, "first", create=True) in (Done.CREATED, Done.UNCHANGED)
    assert len(server.notes) == 1


def test_a_token_that_may_not_write_is_no_failure(board: MergeRequest, server: GitLabServer) -> None:
    server.may_write = False
    assert put_comment(board, MARK, "first", create=True) is Done.REFUSED
    stranger = api_of(server, "glpat-wrong")
    assert put_comment(MergeRequest(stranger, server.project, 12), MARK, "first", create=True) is Done.REFUSED
    assert put_comment(MergeRequest(stranger, "acme/other", 12), MARK, "first", create=True) is Done.REFUSED
    stranger.close()
    assert server.notes == []


@pytest.mark.parametrize("said", [b"[]", b'{"username": ""}', b'{"username": 7}'])
def test_who_does_not_know_whose_token_it_is_changes_nothing(board: MergeRequest, server: GitLabServer, said: bytes) -> None:
    put_comment(board, MARK, "first", create=True)
    server.script(garbage(said), garbage(said), at="GET */user")
    with pytest.raises(ApiError, match="whose token it is"):
        put_comment(board, MARK, "second", create=True)
    assert [each["body"] for each in server.notes] == [f"{MARK}\nfirst"]


@pytest.mark.parametrize(
    ("known", "commit", "number"),
    [
        ([{"iid": 4, "state": "merged"}, {"iid": 7, "state": "opened"}], SHA, 7),
        ([{"iid": "7", "state": "opened"}, "x"], SHA, 0),
        ([], SHA, 0),
        ([{"iid": 7, "state": "opened"}], "main", 0),
    ],
)
def test_the_merge_request_of_a_commit(
    api: RestApi, server: GitLabServer, known: list[dict[str, object]], commit: str, number: int
) -> None:
    server.merge_requests[SHA] = known
    assert merge_request_of(api, server.project, commit) == number
    assert merge_request_of(api, "acme/../other", SHA) == 0


def test_faults_are_told_in_its_name(api: RestApi, server: GitLabServer) -> None:
    server.script(*[server_error()] * 3)
    with pytest.raises(ApiError, match="GitLab answered 502 to GET"):
        merge_request_of(api, server.project, SHA)
