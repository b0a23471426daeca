"""The world in GitHub's JSON."""

from __future__ import annotations

from datetime import datetime

from stand_ins.github.request import JSON
from stand_ins.github.world import Artifact, Job, Run


def stamp(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def status_of(conclusion: str | None) -> str:
    return "in_progress" if conclusion is None else "completed"


def run_json(run: Run, base: str, repo: str, attempt: int | None = None) -> JSON:
    """``attempt``: as it was then, with its own conclusion."""
    conclusion = run.conclusion
    if attempt not in (None, run.attempt):
        jobs = [job for job in run.jobs if job.attempt == attempt]
        conclusion = "failure" if any(job.conclusion == "failure" for job in jobs) else "success"
    return {
        "id": run.id,
        "name": run.name,
        "display_title": f"{run.name} of {run.branch}",
        "path": ".github/workflows/ci.yml",
        "head_branch": run.branch,
        "head_sha": run.sha,
        "event": run.event,
        "status": status_of(conclusion),
        "conclusion": conclusion,
        "workflow_id": 7,
        "check_suite_id": run.id + 1_000_000,
        "run_number": run.id,
        "run_attempt": attempt or run.attempt,
        "pull_requests": [{"number": number} for number in run.pull_requests],
        "created_at": stamp(run.created_at),
        "run_started_at": stamp(run.created_at),
        "updated_at": stamp(run.updated_at),
        "actor": {"login": run.actor},
        "triggering_actor": {"login": run.actor},
        "repository": {"full_name": repo},
        "url": f"{base}/repos/{repo}/actions/runs/{run.id}",
    }


def job_json(run: Run, job: Job, base: str, repo: str) -> JSON:
    return {
        "id": job.id,
        "run_id": run.id,
        "run_attempt": job.attempt,
        "name": job.name,
        "workflow_name": run.name,
        "head_branch": run.branch,
        "head_sha": run.sha,
        "status": status_of(job.conclusion),
        "conclusion": job.conclusion,
        "created_at": stamp(job.started_at),
        "started_at": stamp(job.started_at),
        "completed_at": stamp(job.completed_at),
        "steps": job.steps,
        "labels": ["ubuntu-latest"],
        "runner_name": "runner-1",
        "check_run_url": f"{base}/repos/{repo}/check-runs/{job.id}",
    }


def artifact_json(run: Run, artifact: Artifact, base: str, repo: str) -> JSON:
    return {
        "id": artifact.id,
        "name": artifact.name,
        "size_in_bytes": len(artifact.content) if artifact.claimed_size is None else artifact.claimed_size,
        "expired": artifact.expired,
        "created_at": stamp(artifact.created_at),
        "archive_download_url": f"{base}/repos/{repo}/actions/artifacts/{artifact.id}/zip",
        "workflow_run": {"id": run.id, "head_branch": run.branch, "head_sha": run.sha},
    }


def job_check_json(job: Job) -> JSON:
    """The check run that stands for a job."""
    output = {"title": None, "summary": None, "annotations_count": len(job.annotations)}
    return {"id": job.id, "name": job.name, "status": status_of(job.conclusion), "conclusion": job.conclusion, "output": output}


def check_json(check: JSON) -> JSON:
    """A check run without its annotations, whose number it tells."""
    shown = {name: value for name, value in check.items() if name != "annotations"}
    output = dict(check.get("output") or {}) | {"annotations_count": len(check["annotations"])}
    return shown | {"output": output}
