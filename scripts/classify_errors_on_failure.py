#!/usr/bin/env python3
"""For the CI step that runs when a job has failed: what the usual folders, or the arguments, hold, as Markdown."""

import sys

from error_classification.cli import main

main(["classify", "--no-store", "--format", "markdown", "--time-limit", "20", *(sys.argv[1:] or ["test-results", "build-logs"])])
