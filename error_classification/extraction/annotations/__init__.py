"""Annotations of GitHub checks: REST and GraphQL answers, workflow commands, problem-matcher output, index documents."""

from error_classification.extraction.annotations.detect import looks_like
from error_classification.extraction.annotations.read import extract

__all__ = ["extract", "looks_like"]
