#!/usr/bin/env python3
"""A report on recent failures; options as those of ``error-classification analyze``."""

import sys

from error_classification.cli import main

main(["analyze", *sys.argv[1:]])
