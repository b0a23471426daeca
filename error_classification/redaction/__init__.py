"""Secrets leave the text here, before anything is hashed, stored, shown or sent."""

from error_classification.redaction.redactor import Redacted, Redactor, marker

__all__ = ["Redacted", "Redactor", "marker"]
