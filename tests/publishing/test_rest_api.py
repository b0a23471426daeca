from __future__ import annotations

from collections.abc import Iterator

import pytest

from error_classification.publishing.rest_api import ApiError, RestApi
from stand_ins.github import (
    GitHubServer,
    Reply,
    disconnect,
    failure,
    forbidden,
    garbage,
    rate_limited,
    redirect,
    secondary_limit,
    server_error,
    stall,
)

COMMENTS = "/repos/acme/shop/issues/3/comments"


class Time:
    """Passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def seconds(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with GitHubServer("acme/shop") as server:
        yield server


@pytest.fixture
def api(server: GitHubServer, time: Time) -> Iterator[RestApi]:
    api = RestApi(f"{server.url}/", server.switches.token, seconds=time.seconds, sleep=time.sleep, deadline=10)
    yield api
    api.close()


def test_a_call_and_its_answer(api: RestApi, server: GitHubServer) -> None:
    made = api.call("POST", COMMENTS, {"body": "héllo"})
    assert made.status == 201
    assert isinstance(made.body, dict)
    assert made.body["body"] == "héllo"
    (request,) = server.requests
    assert request.token == server.switches.token
    assert request.headers["x-github-api-version"] == "2022-11-28"


def test_pages_follow_one_another(api: RestApi) -> None:
    for number in range(3):
        api.call("POST", COMMENTS, {"body": str(number)})
    first = api.call("GET", f"{COMMENTS}?per_page=2")
    assert isinstance(first.body, list)
    assert [item["body"] for item in first.body] == ["0", "1"]
    second = api.call("GET", first.next_page)
    assert isinstance(second.body, list)
    assert [item["body"] for item in second.body] == ["2"]
    assert second.next_page == ""


@pytest.mark.parametrize(
    ("replies", "slept"),
    [
        ([server_error(502)], [0.5]),
        ([server_error(500), server_error(503)], [0.5, 2.0]),
        ([disconnect()], [0.5]),
        ([disconnect(share=0.5)], [0.5]),
        ([secondary_limit(3)], [3.0]),
        ([failure(429, "slow down", {"retry-after": "1"}), server_error(502)], [1.0, 2.0]),
    ],
)
def test_what_passes_is_tried_again(
    api: RestApi, server: GitHubServer, time: Time, replies: list[Reply], slept: list[float]
) -> None:
    server.script(*replies)
    assert api.call("GET", COMMENTS).body == []
    assert time.slept == slept


@pytest.mark.parametrize(
    ("replies", "status", "requests"),
    [
        ([server_error(502)] * 3, 502, 3),
        ([disconnect()] * 3, 0, 3),
        ([forbidden()], 403, 1),
        ([failure(404, "Not Found")], 404, 1),
        ([secondary_limit(60)], 403, 1),
        ([rate_limited(9e9)], 403, 1),
        ([redirect("https://elsewhere.example/")], 302, 1),
        ([failure(422, "x" * 10_000)], 422, 1),
        ([garbage(b"<html>")], 200, 1),
        ([garbage(b"[" * 100_000)], 200, 1),
    ],
)
def test_what_does_not_pass_is_said(
    api: RestApi, server: GitHubServer, replies: list[Reply], status: int, requests: int
) -> None:
    server.script(*replies)
    with pytest.raises(ApiError) as raised:
        api.call("GET", COMMENTS)
    assert raised.value.status == status
    assert len(str(raised.value)) < 300
    assert len(server.requests) == requests


@pytest.mark.parametrize("reply", [server_error(502), disconnect()])
def test_what_may_have_been_made_is_not_made_again(api: RestApi, server: GitHubServer, reply: Reply) -> None:
    server.script(reply, at="POST *")
    with pytest.raises(ApiError):
        api.call("POST", COMMENTS, {"body": "once"})
    assert len(server.requests) == 1


def test_what_was_surely_not_made_is_tried_again(api: RestApi, server: GitHubServer) -> None:
    server.script(secondary_limit(1), at="POST *")
    assert api.call("POST", COMMENTS, {"body": "once"}).status == 201
    assert len(server.world.comments) == 1


def test_nothing_is_begun_when_the_time_is_up(api: RestApi, server: GitHubServer, time: Time) -> None:
    time.sleep(9.9)
    with pytest.raises(ApiError, match="time"):
        api.call("GET", COMMENTS)
    assert server.requests == []


def test_a_silent_server_is_not_waited_for(server: GitHubServer, time: Time) -> None:
    server.script(stall(60), at="*")
    api = RestApi(server.url, "t", seconds=time.seconds, sleep=time.sleep, deadline=0.3)
    with pytest.raises(ApiError, match="no answer"):
        api.call("GET", COMMENTS)
    api.close()


@pytest.mark.parametrize("address", ["not an address", "http://", "ftp://127.0.0.1", "http://127.0.0.1:1"])
def test_an_address_that_leads_nowhere(address: str, time: Time) -> None:
    api = RestApi(address, "secret", seconds=time.seconds, sleep=time.sleep, deadline=10)
    with pytest.raises(ApiError) as raised:
        api.call("POST", COMMENTS, {})
    assert raised.value.status == 0
    assert "secret" not in str(raised.value)
    api.close()
