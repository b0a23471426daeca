"""error_classification: finds, fingerprints, classifies and stores the errors of failed CI jobs."""

__version__ = "0.1.0"
