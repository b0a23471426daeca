"""The identity of a cause: equal wherever, whenever and in whatever format it shows."""

from __future__ import annotations

import hashlib

from error_classification.models import ErrorContext, FingerprintedError
from error_classification.normalisation.cause import cause_of
from error_classification.normalisation.reading import Cause

HASH_VERSION = 1
"""Changes whenever the same text may get another hash; stored beside every hash."""
HASH_LENGTH = 16


def fingerprint(context: ErrorContext, place: str = "") -> FingerprintedError:
    """The error with its hash. ``context`` must be redacted: what is hashed and stored here may be shown to anyone.

    A generic error ("exit code 1") says nothing of its cause. Its hash holds its source, position, job, step and test too, and
    ``place``, which names the input as no other is named (its digest, or run and job): it never joins the group of another input.
    """
    cause = cause_of(context.text, context.headline)
    generic_part = ""
    if cause.generic:
        position = f"{context.line_start}-{context.line_end}"
        generic_part = "\0".join((place or context.source, position, context.job_name, context.step_name, context.test_name))
    return FingerprintedError(
        context=context,
        normalized_text=cause.text,
        error_hash=_digest(cause, generic_part),
        hash_version=HASH_VERSION,
        generic=cause.generic,
    )


def error_hash(text: str) -> str:
    """The hash of a bare text: 16 hexadecimal digits."""
    return _digest(cause_of(text), "")


def _digest(cause: Cause, generic_part: str) -> str:
    """Surefire's summary cuts "Exception" and "Error" off a type: so does the hash."""
    kind = cause.kind.removesuffix("Exception").removesuffix("Error") or cause.kind
    parts = (str(HASH_VERSION), kind, cause.message, cause.frame, generic_part)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LENGTH]
