"""What is the same about two failures: masks for what varies, the cause, its hash, and the identity of an occurrence."""

from error_classification.normalisation.cause import cause_of
from error_classification.normalisation.fingerprint import HASH_VERSION, error_hash, fingerprint
from error_classification.normalisation.identity import occurrence_id
from error_classification.normalisation.normalise import Normalised, normalise
from error_classification.normalisation.reading import Cause

__all__ = ["HASH_VERSION", "Cause", "Normalised", "cause_of", "error_hash", "fingerprint", "normalise", "occurrence_id"]
