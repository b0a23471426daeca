"""What can be read: runs, jobs, logs, annotations, artifacts, pull requests."""

from __future__ import annotations

from datetime import datetime

from stand_ins.github import rendering
from stand_ins.github.request import JSON, Request
from stand_ins.github.response import RefusedError, Response, json_response
from stand_ins.github.service import Service, found
from stand_ins.github.world import Job, Run


def runs(service: Service, request: Request) -> Response:
    world = service.world
    fitting = [run for run in world.runs.values() if _fits(run, request)]
    fitting.sort(key=lambda run: (run.created_at, run.id), reverse=True)
    rendered = [rendering.run_json(run, service.url, service.repo) for run in fitting]
    filtered = {"created", "status", "branch", "event", "head_sha"} & set(request.query)
    shown = rendered[: service.switches.most_found] if filtered else rendered
    return service.page(request, shown, "workflow_runs", total=len(rendered if service.switches.honest else shown))


def _fits(run: Run, request: Request) -> bool:
    wanted = request.query.get("status")
    if wanted is not None and wanted not in (run.conclusion, rendering.status_of(run.conclusion)):
        return False
    for name, value in (("branch", run.branch), ("event", run.event), ("head_sha", run.sha)):
        if request.query.get(name, value) != value:
            return False
    return _is_within(run.created_at, request.query.get("created", ""))


def _is_within(moment: datetime, period: str) -> bool:
    """``A..B``, ``>=A`` or ``<=B``, as GitHub's searches have them; either end may be ``*``, both are included."""
    if period.startswith((">=", "<=")):
        period = f"{period[2:]}..*" if period[0] == ">" else f"*..{period[2:]}"
    first, _, last = period.partition("..")
    if first not in ("", "*") and moment < datetime.fromisoformat(first):
        return False
    return last in ("", "*") or moment <= datetime.fromisoformat(last)


def run(service: Service, request: Request, number: int) -> Response:
    return json_response(rendering.run_json(found(service.world.runs.get(number)), service.url, service.repo))


def attempt(service: Service, request: Request, number: int, attempt: int) -> Response:
    run = found(service.world.runs.get(number))
    if not 1 <= attempt <= run.attempt:
        raise RefusedError(404, "Not Found")
    return json_response(rendering.run_json(run, service.url, service.repo, attempt))


def jobs(service: Service, request: Request, number: int) -> Response:
    run = found(service.world.runs.get(number))
    latest = request.query.get("filter", "latest") != "all"
    return _jobs(service, request, run, [job for job in run.jobs if not latest or job.attempt == run.attempt])


def attempt_jobs(service: Service, request: Request, number: int, attempt: int) -> Response:
    run = found(service.world.runs.get(number))
    return _jobs(service, request, run, [job for job in run.jobs if job.attempt == attempt])


def _jobs(service: Service, request: Request, run: Run, chosen: list[Job]) -> Response:
    rendered = [rendering.job_json(run, job, service.url, service.repo) for job in chosen]
    return service.page(request, rendered, "jobs")


def job(service: Service, request: Request, number: int) -> Response:
    run, job = found(service.world.job(number))
    return json_response(rendering.job_json(run, job, service.url, service.repo))


def job_log(service: Service, request: Request, number: int) -> Response:
    _, job = found(service.world.job(number))
    if job.log_status != 200:
        raise RefusedError(job.log_status, "Gone" if job.log_status == 410 else "Not Found")
    return service.stored(f"logs/{job.id}.txt", job.next_log(), "text/plain")


def artifacts(service: Service, request: Request, number: int) -> Response:
    run = found(service.world.runs.get(number))
    rendered = [rendering.artifact_json(run, artifact, service.url, service.repo) for artifact in run.artifacts]
    return service.page(request, rendered, "artifacts")


def artifact(service: Service, request: Request, number: int) -> Response:
    artifact = found(service.world.artifact(number))
    if artifact.expired:
        raise RefusedError(410, "Artifact has expired")
    return service.stored(f"artifacts/{artifact.id}.zip", artifact.content, "application/zip")


def check_annotations(service: Service, request: Request, number: int) -> Response:
    """Of a job, of a check run that a client made, or of one beside the jobs."""
    checks = [check for run in service.world.runs.values() for check in run.suite_checks if check["id"] == number]
    if known := service.world.job(number):
        listed = known[1].annotations
    else:
        listed = found(service.world.check_runs.get(number) or next(iter(checks), None))["annotations"]
    return service.page(request, listed)


def suite_checks(service: Service, request: Request, number: int) -> Response:
    run = found(service.world.runs.get(number - 1_000_000))
    jobs: list[JSON] = [rendering.job_check_json(job) for job in run.jobs if job.attempt == run.attempt]
    return service.page(request, jobs + [rendering.check_json(check) for check in run.suite_checks], "check_runs")


def pull_requests(service: Service, request: Request, sha: str) -> Response:
    numbers = service.world.pull_requests.get(sha, [])
    return service.page(request, [{"number": number, "state": "open", "head": {"sha": sha}} for number in numbers])
