#!/usr/bin/env python3
"""Metrics of workflows, jobs and steps; options as those of ``error-classification metrics``."""

import sys

from error_classification.cli import main

main(["metrics", *sys.argv[1:]])
