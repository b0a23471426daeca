"""The upload of metrics, from a stand-in for GitHub: as printed by a dry run, and in a real OpenSearch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_runner import Outcome, Program
from opensearch_node.node import Node

from error_classification.storage.lock import locked
from error_classification.storage.opensearch.connection import Endpoint, connect
from stand_ins.claude import ClaudeServer, message
from stand_ins.github import GitHubServer, Run, annotation, failure, forbidden, server_error

REPO = "acme/shop"
FOLDER = Path(".local", "share", "error-classification")
INDICES = {"WORKFLOW_INDEX": "runs", "JOB_INDEX": "jobs", "STEPS_INDEX": "steps"}
KNOWN = "ModuleNotFoundError: No module named 'numpy'"
OTHER = "fatal: unable to access 'https://git.example/': Could not resolve host: git.example"
STRANGE = "the flux is out of gluons"


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer(REPO) as server:
        yield server


def stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}"


def step(number: int, name: str, conclusion: str, began: datetime, seconds: int = 60) -> dict[str, Any]:
    """As GitHub lists it; those of a job follow one another."""
    first, last = (stamp(began + timedelta(seconds=seconds * each)) + "Z" for each in (number - 1, number))
    told = {"number": number, "name": name, "status": "completed", "conclusion": conclusion}
    return told | {"started_at": first, "completed_at": last}


def log(began: datetime, *errors: str, seconds: int = 60) -> bytes:
    """Each error is that of a step of its own, the first of them the second one of the job."""
    lines = []
    for number, said in enumerate(errors, 1):
        at = stamp(began + timedelta(seconds=seconds * number))
        script = ("##[group]Run ./run", "##[endgroup]", f"##[error]{said}", "##[error]Process completed with exit code 1.")
        lines += [f"{at}.1234567Z {line}" for line in script]
    return "\n".join([*lines, "Cleaning up orphan processes", ""]).encode()


def passed(github: GitHubServer, **more: Any) -> Run:
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    run = github.add_run(created_at=began, conclusion="success", **more)
    github.add_job(run, "lint", conclusion="success", steps=[step(1, "Run ruff check", "success", began)])
    return run


def failed(github: GitHubServer, *errors: str, hours_ago: float = 2, **more: Any) -> Run:
    """A run with a job whose second step and those that follow failed, each with its own error; the last one was skipped."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours_ago)
    run = github.add_run(created_at=began, **more)
    steps = [step(1, "Set up job", "success", began)]
    steps += [step(number, f"Part {number}", "failure", began) for number in range(2, 2 + len(errors))]
    steps += [step(len(steps) + 1, "Publish", "skipped", began)]
    notes = [annotation("deprecated", level="warning"), annotation("it broke")]
    github.add_job(run, "test", log=log(began, *errors), steps=steps, annotations=notes)
    return run


def metrics(run: Program, github: GitHubServer, *options: str, **more: str) -> Outcome:
    known = {"REPO": REPO, "GITHUB_TOKEN": github.switches.token, "GITHUB_API_URL": github.url}
    return run("metrics", *options, **(known | more))


def printed(run: Program, github: GitHubServer, *options: str, **more: str) -> dict[str, dict[str, Any]]:
    """The documents of a dry run by identifier."""
    done = metrics(run, github, "--dry-run", *options, **more)
    assert done.code == 0, done.err
    return {each["id"]: each["document"] for each in done.records}


def of_kind(documents: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [document for document in documents.values() if document["s_kind"] == kind]


CLASSIFY = {"ENABLE_ERROR_CLASSIFICATION": "true"}
FIELDS = {"s_error_type", "s_error_summary", "f_error_confidence"}


def test_a_dry_run_prints_runs_jobs_and_steps_and_leaves_nothing(run: Program, github: GitHubServer) -> None:
    broken = failed(github, KNOWN)
    passed(github)
    found = printed(run, github)
    job = broken.jobs[0].id
    assert {kind: len(of_kind(found, kind)) for kind in ("workflow", "job", "step")} == {"workflow": 2, "job": 2, "step": 4}
    assert found[f"github-workflow-{broken.id}-attempt-1"]["l_jobs_failure"] == 1
    assert found[f"github-job-{job}-attempt-1"]["s_annotation_messages"] == "it broke | deprecated"
    assert found[f"github-step-{job}_2-attempt-1"]["f_duration_seconds"] == 60.0
    assert "f_duration_seconds" not in found[f"github-step-{job}_3-attempt-1"], "it was skipped"
    assert not any(FIELDS & document.keys() for document in found.values())
    assert not (run.home / FOLDER).exists()


def test_only_kinds_with_an_index(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    assert {each["s_kind"] for each in printed(run, github, JOB_INDEX="jobs").values()} == {"job"}


def test_jobs_without_annotations_cost_no_question_of_their_own(run: Program, github: GitHubServer) -> None:
    whole = passed(github)
    github.add_job(whole, "more", conclusion="success")
    assert {job["l_annotation_count"] for job in of_kind(printed(run, github), "job")} == {0}
    assert [request.path for request in github.requests if request.path.endswith("/annotations")] == []


def test_what_failed_is_told_with_its_reason(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    passed(github)
    without, told = printed(run, github), printed(run, github, **CLASSIFY)
    with_reason = {name for name, document in told.items() if "s_error_type" in document}
    assert with_reason == {name for name, each in told.items() if each["s_kind"] != "workflow" and each["s_status"] == "failure"}
    for name, document in told.items():
        assert {key: value for key, value in document.items() if key not in FIELDS} == without[name]
    reasons = {(told[name]["s_error_type"], told[name]["f_error_confidence"] > 0.5) for name in with_reason}
    assert reasons == {("dependency_error", True)}
    assert all("numpy" in told[name]["s_error_summary"] for name in with_reason)
    assert len([request for request in github.downloads if request.method == "GET"]) == 1, "one log, read once"


def test_each_of_several_steps_has_its_own_reason(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN, OTHER)
    steps = of_kind(printed(run, github, **CLASSIFY), "step")
    found = {each["l_step_number"]: each.get("s_error_type") for each in steps}
    assert found == {1: None, 2: "dependency_error", 3: "network_error", 4: None}


def test_the_log_that_is_gone_costs_no_document(run: Program, github: GitHubServer) -> None:
    gone = failed(github, KNOWN)
    gone.jobs[0].log_status, gone.jobs[0].annotations = 410, []
    done = metrics(run, github, "--dry-run", **CLASSIFY)
    assert (done.code, len(done.records)) == (3, 5)
    assert not any(FIELDS & each["document"].keys() for each in done.records)
    assert "not done: " in done.err
    assert "expired" in done.err


def test_a_store_that_fails_costs_no_document(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    Path("store").write_bytes(b"not a database" * 100)
    away = {"JOB_INDEX": "jobs", "OPENSEARCH_URL": "http://127.0.0.1:1"}
    done = metrics(run, github, ERROR_CLASSIFICATION_STORE="store", **away, **CLASSIFY)
    assert done.code == 3
    skipped = {each["source"] for each in json.loads(done.out)["skipped"]}
    assert skipped == {"classification", "http://127.0.0.1:1/jobs"}, "the index was tried all the same"


def test_an_error_that_batch_has_stored_is_neither_judged_nor_counted_again(
    run: Program, github: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("error_classification.wiring.clock.SystemClock.sleep", lambda self, seconds: None)
    failed(github, KNOWN)
    store = {"ERROR_CLASSIFICATION_STORE": str(run.store)}
    run("batch", REPO=REPO, GITHUB_TOKEN=github.switches.token, GITHUB_API_URL=github.url, **store)
    metrics(run, github, JOB_INDEX="jobs", OPENSEARCH_URL="http://127.0.0.1:1", **store, **CLASSIFY)
    assert len([request for request in github.downloads if "/logs/" in request.path]) == 2, "both have read the log"
    assert json.loads(run("stats", "--format", "json", **store).out)["occurrences"] == 1


def test_all_attempts_of_a_run(run: Program, github: GitHubServer) -> None:
    again = failed(github, KNOWN, attempt=3, conclusion="success")
    first = again.jobs[0]
    first.attempt = 1
    github.add_job(again, "test", attempt=2, conclusion=None)
    github.add_job(again, "test", attempt=3, conclusion="success")
    found = printed(run, github, **CLASSIFY)
    assert [(each["l_attempt"], each["s_status"]) for each in of_kind(found, "workflow")] == [
        (1, "failure"),
        (2, "success"),
        (3, "success"),
    ]
    assert [(each["l_attempt"], each.get("s_error_type")) for each in of_kind(found, "job")] == [
        (1, "dependency_error"),
        (3, None),
    ], "what has not ended is left out"


def test_an_attempt_that_is_gone_takes_its_jobs_along(run: Program, github: GitHubServer) -> None:
    again = failed(github, KNOWN, attempt=2)
    again.jobs[0].attempt = 1
    github.add_job(again, "test", conclusion="success")
    github.script(failure(404, "Not Found"), at="GET */attempts/1")
    done = metrics(run, github, "--dry-run")
    assert [each["id"].rpartition("-")[2] for each in done.records] == ["2", "2"]
    assert "attempt 1 is gone" in done.err


def test_a_token_that_may_not_see_the_runs(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    done = metrics(run, github, "--dry-run", GITHUB_TOKEN="wr0ng-token")
    assert (done.code, done.records) == (3, [])
    assert "not done: " in done.err
    assert "wr0ng-token" not in done.err + done.out


def test_runs_in_progress_and_old_ones_are_left_for_others(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN, conclusion=None)
    failed(github, KNOWN, hours_ago=30)
    assert printed(run, github) == {}


def test_pull_requests_from_forks(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN, event="pull_request", sha="a" * 40)
    failed(github, KNOWN, event="pull_request", sha="a" * 40)
    github.world.pull_requests["a" * 40] = [17]
    assert {each["s_pr_id"] for each in printed(run, github).values()} == {"17"}
    assert len([request for request in github.requests if request.path.endswith("/pulls")]) == 1


def test_secrets_stay_here(run: Program, github: GitHubServer) -> None:
    broken = failed(github, KNOWN)
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    broken.jobs[0].steps[0]["name"] = f"Run curl -H 'Authorization: Bearer {secret}'"
    broken.jobs[0].annotations.append(annotation(f"denied for {secret}"))
    done = metrics(run, github, "--dry-run")
    assert "denied for " in done.out
    assert secret not in done.out + done.err


def test_annotations_that_may_not_be_read(run: Program, github: GitHubServer) -> None:
    failed(github, KNOWN)
    github.script(forbidden(), at="GET */check-runs")
    github.script(forbidden(), at="GET */annotations")
    done = metrics(run, github, "--dry-run")
    assert (done.code, len(done.records)) == (0, 5)
    assert "warning: acme/shop: annotations can't be read" in done.err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "no repository is configured: GITHUB_TOKEN is not set ("),
        ({"REPO": "../../user", "GITHUB_TOKEN": "x"}, "is no repository"),
        ({}, "no index is configured"),
        ({"JOB_INDEX": "jobs"}, "OPENSEARCH_URL is not set"),
        ({"JOB_INDEX": "https://host:9200"}, "JOB_INDEX is neither the name of an index nor its address"),
    ],
)
def test_what_lacks_is_said(run: Program, github: GitHubServer, variables: dict[str, str], said: str) -> None:
    options = () if "GITHUB_TOKEN" not in variables else ("--dry-run",)
    done = metrics(run, github, *options, **variables)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.fixture
def target(opensearch_node: Node, index_name: str) -> dict[str, str]:
    """Settings for indices of this test's own."""
    names = {name: f"{index_name}-{value}" for name, value in INDICES.items()}
    return names | {"OPENSEARCH_URL": opensearch_node.url, "ERROR_CLASSIFICATION_INDEX": index_name}


class Stored:
    """What lies in the indices."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._client = connect(Endpoint(settings["OPENSEARCH_URL"]))
        self._names = {name: settings[name] for name in INDICES}

    def search(self, name: str, query: dict[str, Any], **more: Any) -> dict[str, Any]:
        self._client.indices.refresh(index=self._names[name])
        body = {"query": query, "size": 1_000, "track_total_hits": True} | more
        found: dict[str, Any] = self._client.search(index=self._names[name], body=body)
        return found

    def ids(self, name: str, query: dict[str, Any] | None = None) -> set[str]:
        return {hit["_id"] for hit in self.search(name, query or {"match_all": {}})["hits"]["hits"]}

    def everything(self) -> dict[str, dict[str, Any]]:
        hits = [hit for name in INDICES for hit in self.search(name, {"match_all": {}})["hits"]["hits"]]
        return {hit["_id"]: hit["_source"] for hit in hits}

    def mapping(self, name: str) -> dict[str, Any]:
        answer = self._client.indices.get_mapping(index=self._names[name])
        found: dict[str, Any] = answer[self._names[name]]["mappings"]
        return found


def summary(done: Outcome) -> dict[str, Any]:
    (line,) = done.out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.opensearch
def test_the_questions_of_old_dashboards(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    known, strange = failed(github, KNOWN), failed(github, STRANGE)
    failed(github, OTHER)
    passed(github)
    done = metrics(run, github, **target, **CLASSIFY)
    assert done.code == 0, done.err
    assert summary(done)["written"] == {"workflow": 4, "job": 4, "step": 10}
    assert summary(done)["jobs_classified"] == 3
    stored = Stored(target)
    job, step = f"github-job-{known.jobs[0].id}-attempt-1", f"github-step-{known.jobs[0].id}_2-attempt-1"
    assert stored.ids("JOB_INDEX", {"term": {"s_error_type": "dependency_error"}}) == {job}
    assert stored.ids("STEPS_INDEX", {"term": {"s_error_type": "dependency_error"}}) == {step}
    terms = stored.search("JOB_INDEX", {"match_all": {}}, aggs={"types": {"terms": {"field": "s_error_type"}}})
    counted = {bucket["key"]: bucket["doc_count"] for bucket in terms["aggregations"]["types"]["buckets"]}
    assert counted == {"dependency_error": 1, "network_error": 1, "unclassified": 1}
    sure = stored.ids("JOB_INDEX", {"range": {"f_error_confidence": {"gte": 0.5}}})
    unsure = f"github-job-{strange.jobs[0].id}-attempt-1"
    assert len(sure) == 2
    assert job in sure - {unsure}
    assert stored.ids("JOB_INDEX", {"exists": {"field": "s_error_summary"}}) == sure
    assert stored.ids("JOB_INDEX", {"range": {"f_error_confidence": {"lt": 0.5}}}) == {unsure}


@pytest.mark.opensearch
def test_written_again_it_is_the_same(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    failed(github, KNOWN, OTHER)
    passed(github)
    metrics(run, github, **target, **CLASSIFY)
    stored = Stored(target)
    first = stored.everything()
    again = metrics(run, github, **target, **CLASSIFY)
    assert summary(again)["written"] == {"workflow": 2, "job": 2, "step": 5}
    assert stored.everything() == first
    assert stored.mapping("JOB_INDEX")["dynamic"] == "strict"
    assert first == printed(run, github, **CLASSIFY)


@pytest.mark.opensearch
def test_a_missed_hour_is_caught_up(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    failed(github, KNOWN, hours_ago=5)
    assert summary(metrics(run, github, "--hours", "6", **target))["runs"] == 1
    failed(github, KNOWN, hours_ago=4)
    assert summary(metrics(run, github, "--hours", "1", **target))["runs"] == 0, "all before now was read"


@pytest.mark.opensearch
def test_what_could_not_be_read_is_read_by_the_next_run(
    run: Program, github: GitHubServer, target: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("error_classification.wiring.clock.SystemClock.sleep", lambda self, seconds: None)
    failed(github, KNOWN, hours_ago=5)
    failed(github, KNOWN, hours_ago=3)
    github.script(*[server_error(502)] * 4, at="GET */jobs")
    done = metrics(run, github, "--hours", "6", **target)
    assert (done.code, summary(done)["runs"], len(summary(done)["skipped"])) == (3, 1, 1)
    later = metrics(run, github, "--hours", "1", **target)
    assert (later.code, summary(later)["runs"]) == (0, 2)


@pytest.mark.opensearch
def test_an_index_that_was_there_keeps_its_mapping(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    client = connect(Endpoint(target["OPENSEARCH_URL"]))
    old = {"properties": {"s_error_type": {"type": "keyword"}, "l_jobs": {"type": "boolean"}}}
    client.indices.create(index=target["WORKFLOW_INDEX"], body={"mappings": old})
    failed(github, KNOWN)
    done = metrics(run, github, **target)
    assert (done.code, summary(done)["refused"]) == (3, 1)
    assert summary(done)["written"] == {"workflow": 0, "job": 1, "step": 3}
    assert Stored(target).mapping("WORKFLOW_INDEX")["properties"]["l_jobs"] == {"type": "boolean"}
    (letter,) = (run.home / FOLDER / "opensearch-dead-letters.ndjson").read_text().splitlines()
    assert json.loads(letter)["document"]["s_kind"] == "workflow"
    assert summary(metrics(run, github, "--hours", "1", **target))["runs"] == 0, "what is refused does not hold up the rest"


@pytest.mark.opensearch
def test_what_an_index_rolls_over_to_has_its_mapping(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    failed(github, KNOWN)
    metrics(run, github, **target)
    client = connect(Endpoint(target["OPENSEARCH_URL"]))
    following = f"{target['STEPS_INDEX']}-000002"
    client.indices.create(index=following)
    assert client.indices.get_mapping(index=following)[following]["mappings"] == Stored(target).mapping("STEPS_INDEX")


@pytest.mark.opensearch
def test_one_server_that_is_away_does_not_keep_the_others_waiting(
    run: Program, github: GitHubServer, target: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("error_classification.wiring.clock.SystemClock.sleep", lambda self, seconds: None)
    failed(github, KNOWN, hours_ago=5)
    done = metrics(run, github, "--hours", "6", **(target | {"JOB_INDEX": "http://127.0.0.1:1/jobs"}))
    assert (done.code, summary(done)["written"]) == (3, {"workflow": 1, "job": 0, "step": 3})
    assert summary(metrics(run, github, "--hours", "6", **target))["written"] == {"workflow": 1, "job": 1, "step": 3}


@pytest.mark.opensearch
def test_indices_by_their_addresses(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    failed(github, KNOWN)
    url = target["OPENSEARCH_URL"]
    addresses = {name: f"{url}/{target[name]}" for name in INDICES} | {"OPENSEARCH_URL": ""}
    done = metrics(run, github, **addresses)
    assert summary(done)["written"] == {"workflow": 1, "job": 1, "step": 3}
    assert summary(done)["stored"]["job"] == addresses["JOB_INDEX"]


@pytest.mark.opensearch
def test_claude_is_asked_where_a_key_is_configured(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    said = {"evidence": [STRANGE], "reason": "it says so", "root_cause": "The gluons ran out", "subcategory": ""}
    failed(github, STRANGE)
    with ClaudeServer(lambda request: message(said | {"category": "resource_exhaustion", "confidence": 0.9})) as claude:
        key = {"ANTHROPIC_API_KEY": "test-key", "API_BASE_URL": claude.url, "ERROR_CLASSIFICATION_STORE": "store"}
        printed(run, github, **CLASSIFY, **key)
        assert claude.asked == [], "a dry run costs nothing"
        for _ in range(2):
            assert metrics(run, github, **target, **CLASSIFY, **key).code == 0
        assert len(claude.asked) == 1, "answers are kept"
    (job,) = Stored(target).search("JOB_INDEX", {"match_all": {}})["hits"]["hits"]
    assert job["_source"]["s_error_summary"] == "The gluons ran out"


@pytest.mark.opensearch
def test_one_run_at_a_time(run: Program, github: GitHubServer, target: dict[str, str]) -> None:
    (run.home / FOLDER).mkdir(parents=True)
    with locked(run.home / FOLDER / "metrics.lock", 0.0) as taken:
        assert taken
        done = metrics(run, github, **target)
    assert (done.code, summary(done)) == (0, {"skipped": "another run is at work"})
