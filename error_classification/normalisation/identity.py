"""The identity of an occurrence: the same error of the same job, read twice, has one id."""

from __future__ import annotations

import hashlib

from error_classification.models import FingerprintedError, RunContext

ID_LENGTH = 32


def occurrence_id(run: RunContext, error: FingerprintedError, digest: str, position: int) -> str:
    """32 hexadecimal digits.

    Where CI is known: of repository, run, attempt, job, step, test and hash; elsewhere of the input and the error's place in it.
    ``digest`` is that of the input's raw bytes; ``position`` the ordinal of the error in the input.
    """
    known = bool(run.repo and (run.workflow_id or run.job_id))
    place = _place_in_ci(run, error) if known else ("input", digest, str(position))
    return hashlib.sha256("\0".join((*place, error.error_hash)).encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def _place_in_ci(run: RunContext, error: FingerprintedError) -> tuple[str, ...]:
    context = error.context
    job = run.job_id or run.job_name or context.job_name
    step = run.step_id or context.step_name
    return ("ci", run.repo, run.workflow_id, str(run.attempt), job, step, context.test_name)
