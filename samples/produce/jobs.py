"""Whole job logs: several steps run one after the other and recorded as a CI system would show them."""

from __future__ import annotations

from provocations import Provocation


def record(sample: Provocation) -> tuple[str, int]:
    """The job's log and the exit code of its first failing step."""
    raise LookupError(f"{sample.id}: no format {sample.format!r}")
