#!/usr/bin/env python3
"""For the CI step that runs when a job has failed: what the usual folders, or the arguments, hold, as Markdown."""

import sys

from error_classification.cli import main

main(["ci", "--format", "markdown", *sys.argv[1:]])
