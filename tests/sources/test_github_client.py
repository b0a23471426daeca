"""The client: pages, tags, limits, failures, redirects. Everything over a socket."""

from __future__ import annotations

from datetime import datetime
from errno import ENOSPC
from io import BytesIO
from pathlib import Path

import pytest
from github_support import HOUR, START, Repository

from error_classification.sources.github import GitHubClient, GitHubError, RateLimitError
from stand_ins.github import (
    Reply,
    disconnect,
    failure,
    garbage,
    rate_limited,
    redirect,
    secondary_limit,
    server_error,
)
from stand_ins.github.replies import Instead
from stand_ins.github.response import Response

RUNS = "/repos/acme/shop/actions/runs"


def ids(client: GitHubClient, size: int = 100) -> list[object]:
    return [run["id"] for run in client.items(RUNS, "workflow_runs", {"per_page": str(size)})]


def test_a_list_is_read_over_all_its_pages(repo: Repository) -> None:
    runs = [repo.server.add_run() for _ in range(5)]
    assert sorted(map(str, ids(repo.client(), size=2))) == [str(run.id) for run in runs]
    assert [request.query.get("page") for request in repo.server.requests] == [None, "2", "3"]


def test_pages_are_fetched_when_they_are_asked_for(repo: Repository) -> None:
    for _ in range(3):
        repo.server.add_run()
    pages = repo.client().pages(RUNS, "workflow_runs", {"per_page": "1"})
    first = next(pages)
    assert (len(first.items), first.total, len(repo.server.requests)) == (1, 3, 1)


@pytest.mark.parametrize("host", ["https://elsewhere.example", "http://127.0.0.1:1"])
def test_of_the_next_page_only_the_query_counts(repo: Repository, host: str) -> None:
    link = {"link": f'<{host}/other?page=2&per_page=1>; rel="next"'}
    runs = [repo.server.add_run() for _ in range(2)]
    page = b'{"total_count": 2, "workflow_runs": [{"id": 1}]}'
    repo.server.script(_with_headers(page, link), at="GET */actions/runs")
    assert ids(repo.client(), size=1) == [1, runs[0].id]


def _with_headers(body: bytes, headers: dict[str, str]) -> Reply:
    return Instead(Response(200, body, headers))


def test_a_list_that_leads_back_to_itself_ends(repo: Repository) -> None:
    link = {"link": '<http://x/?page=2>; rel="next"'}
    page = _with_headers(b"[{}]", link)
    repo.server.script(page, page, page, at="GET */comments")
    assert len(list(repo.client().items("/repos/acme/shop/issues/1/comments"))) == 2


def test_what_did_not_change_is_not_sent_again(repo: Repository) -> None:
    repo.server.switches.requests_per_hour = 2
    run = repo.server.add_run()
    client = repo.client()
    first = client.get(f"{RUNS}/{run.id}")
    assert [client.get(f"{RUNS}/{run.id}") for _ in range(3)] == [first] * 3
    assert [bool(request.headers.get("if-none-match")) for request in repo.server.requests] == [False, True, True, True]
    run.conclusion = "success"
    changed = client.get(f"{RUNS}/{run.id}")
    assert isinstance(changed, dict)
    assert changed["conclusion"] == "success"


def test_the_pages_of_a_list_that_did_not_change_are_all_there(repo: Repository) -> None:
    for _ in range(5):
        repo.server.add_run()
    client = repo.client()
    assert ids(client, size=2) == ids(client, size=2)


@pytest.mark.parametrize(
    ("replies", "waits"),
    [
        ([server_error(502)], [1]),
        ([server_error(500), server_error(503), server_error(504)], [1, 2, 4]),
        ([disconnect()], [1]),
        ([disconnect(share=0.5)], [1]),
        ([garbage()], [1]),
        ([secondary_limit(retry_after=7)], [7]),
        ([secondary_limit(retry_after=7, status=429)], [7]),
        ([secondary_limit()], [60]),
        ([secondary_limit(status=429)], [60]),
        ([rate_limited((START + 24 * HOUR).timestamp() + 30)], [31]),
        ([rate_limited((START + 24 * HOUR).timestamp() + 30, 429)], [31]),
        ([server_error(), secondary_limit(retry_after=3), disconnect()], [1, 3, 2]),
    ],
)
def test_what_passes_is_waited_for(repo: Repository, replies: list[Reply], waits: list[float]) -> None:
    run = repo.server.add_run()
    repo.server.script(*replies, at="GET */actions/runs")
    assert ids(repo.client()) == [run.id]
    assert repo.waits == waits


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (server_error(502), "answers 502"),
        (disconnect(), "connection to 127.0.0.1 fails"),
        (disconnect(share=0.3), "connection to 127.0.0.1 fails"),
        (garbage(b"<html>"), "is no JSON"),
    ],
)
def test_what_does_not_pass_is_said_and_may_be_tried_later(repo: Repository, reply: Reply, said: str) -> None:
    repo.server.script(*[reply] * 4)
    with pytest.raises(GitHubError, match=said) as raised:
        ids(repo.client())
    assert raised.value.passing
    assert repo.waits == [1, 2, 4]
    assert len(repo.server.requests) == 4


@pytest.mark.parametrize(
    "reply", [secondary_limit(retry_after=600), rate_limited((START + 25 * HOUR).timestamp()), rate_limited(4e9)]
)
def test_a_limit_that_ends_late_is_named_and_then_kept(repo: Repository, reply: Reply) -> None:
    repo.server.script(reply)
    client = repo.client()
    for _ in range(3):
        with pytest.raises(RateLimitError, match=r"rate limit is reached until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"):
            ids(client)
    assert (len(repo.server.requests), repo.waits) == (1, [])


def test_requests_begin_again_when_the_limit_has_ended(repo: Repository) -> None:
    repo.server.script(secondary_limit(retry_after=600))
    client = repo.client()
    with pytest.raises(RateLimitError) as raised:
        ids(client)
    assert raised.value.resets_at == repo.clock.now() + HOUR / 6
    repo.clock.advance(600)
    assert ids(client) == []


def test_a_secondary_limit_that_stays_is_given_up(repo: Repository) -> None:
    repo.server.script(*[secondary_limit()] * 9)
    with pytest.raises(RateLimitError):
        ids(repo.client())
    assert repo.waits == [60]


def test_short_limits_are_not_waited_for_without_end(repo: Repository) -> None:
    repo.server.script(*[secondary_limit(retry_after=1)] * 9)
    with pytest.raises(RateLimitError):
        ids(repo.client())
    assert repo.waits == [1, 2, 4]


def test_after_the_last_request_of_an_hour_none_is_refused(repo: Repository) -> None:
    repo.server.switches.requests_per_hour = 2
    client = repo.client(patience=4_000)
    run = repo.server.add_run()
    for number in range(5):
        run.sha = f"{number:040d}"  # another answer, which costs a request
        client.get(f"{RUNS}/{run.id}")
    assert len(repo.server.requests) == 5
    assert [round(wait) for wait in repo.waits] == [3601, 3601]


def test_waits_go_by_the_servers_clock(repo: Repository) -> None:
    """Ours is a day late; the reset is twenty seconds ahead for the server."""
    repo.server.script(rate_limited(repo.seconds() + 20))
    client = GitHubClient("ghs_standInToken", repo.server.url, seconds=lambda: repo.seconds() - 86_400, sleep=repo.sleep)
    ids(client)
    assert repo.waits == [21]


@pytest.mark.parametrize(
    ("token", "private", "path", "status", "said"),
    [
        ("wrong", True, RUNS, 401, "Bad credentials.*check the token"),
        ("", True, RUNS, 404, "Not Found.*check the name"),
        (None, True, "/repos/acme/other/actions/runs", 404, "check the name"),
        ("", False, "/repos/acme/shop/actions/jobs/1/logs", 403, "Must have admin rights.*needs read access"),
    ],
)
def test_refusals_say_what_to_do(repo: Repository, token: str | None, private: bool, path: str, status: int, said: str) -> None:
    repo.server.switches.private = private
    with pytest.raises(GitHubError, match=said) as raised:
        repo.client(token).get(path)
    assert (raised.value.status, raised.value.passing, repo.waits) == (status, False, [])


def test_what_a_server_says_is_one_line_without_secrets(repo: Repository) -> None:
    said = f"no\n\x1b[31m for {repo.server.switches.token} or ghp_{'a' * 36} at https://x.example/y?sig=secret {'z' * 999}"
    repo.server.script(failure(422, said))
    with pytest.raises(GitHubError) as raised:
        ids(repo.client())
    words = str(raised.value)
    assert words.isprintable()
    assert len(words) < 300
    assert not any(secret in words for secret in (repo.server.switches.token, "ghp_", "sig=", "secret"))


def download(repo: Repository, longest: int = 1 << 20) -> tuple[bool, bytes]:
    """The log of a new job."""
    _, job = repo.failed(log=b"the whole log")
    target = BytesIO(b"something longer that was there before")
    return repo.client().download(f"/repos/acme/shop/actions/jobs/{job.id}/logs", target, longest), target.getvalue()


def test_the_token_stays_with_its_host(repo: Repository) -> None:
    assert download(repo) == (True, b"the whole log")
    assert [request.token for request in repo.server.requests] == [repo.server.switches.token]
    assert [sorted({"authorization", "x-github-api-version"} & set(request.headers)) for request in repo.server.downloads] == [[]]


def test_the_token_goes_along_where_the_host_stays(repo: Repository) -> None:
    run = repo.server.add_run()
    repo.server.script(redirect(f"{repo.server.url}{RUNS}/{run.id}", 301))
    repo.client().get(f"{RUNS}/9")
    assert [request.token for request in repo.server.requests] == [repo.server.switches.token] * 2


def test_a_netrc_has_no_say(repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert download(repo) == (True, b"the whole log")
    assert repo.server.requests[0].token == repo.server.switches.token


def test_a_download_has_a_longest(repo: Repository) -> None:
    assert download(repo, longest=9) == (False, b"the whole")
    assert download(repo, longest=13) == (True, b"the whole log")


class FullDisk(BytesIO):
    def write(self, content: object) -> int:
        raise OSError(ENOSPC, "No space left on device")


def test_a_disk_that_is_full_is_said_and_may_have_room_later(repo: Repository) -> None:
    _, job = repo.failed()
    with pytest.raises(GitHubError, match="can't be kept: No space left on device") as raised:
        repo.client().download(f"/repos/acme/shop/actions/jobs/{job.id}/logs", FullDisk(), 1 << 20)
    assert raised.value.passing


@pytest.mark.parametrize("share", [None, 0.0, 0.5])
def test_a_cut_download_begins_anew(repo: Repository, share: float | None) -> None:
    repo.server.script(disconnect(share), at="GET /logs/*")
    assert download(repo) == (True, b"the whole log")
    assert (repo.asked("/logs"), len(repo.server.downloads), repo.waits) == (2, 2, [1])


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/api/v3/repos/acme/shop/actions/runs", "in circles"),
        ("file:///etc/passwd", "where nothing is read from"),
        ("ftp://127.0.0.1/x?sig=secret", "where nothing is read from"),
        ("https://", "where nothing is read from"),
        ("http://[::1", "can't be asked"),
    ],
)
def test_redirects_that_lead_nowhere(repo: Repository, location: str, said: str) -> None:
    repo.server.script(*[redirect(location)] * 20, at="GET */actions/runs")
    with pytest.raises(GitHubError, match=said) as raised:
        ids(repo.client())
    assert "secret" not in str(raised.value)
    assert len(repo.server.requests) <= 6


def test_nobody_there() -> None:
    waits: list[float] = []
    client = GitHubClient("t", "http://127.0.0.1:9/api/v3", seconds=lambda: 0.0, sleep=waits.append)
    with pytest.raises(GitHubError, match=r"connection to 127\.0\.0\.1 fails: Connection refused") as raised:
        client.get("/x")
    assert raised.value.passing
    assert waits == [1, 2, 4]


def test_the_reset_is_told_in_utc() -> None:
    error = RateLimitError(datetime.fromisoformat("2026-11-02T10:00:00+00:00"))
    assert str(error).startswith("GitHub's rate limit is reached until 2026-11-02 10:00:00 UTC")
