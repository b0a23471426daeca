#!/usr/bin/env python3
"""The hourly job: collects what failed, classifies it and stores it; options as those of ``error-classification batch``."""

import sys

from error_classification.cli import main

main(["batch", *sys.argv[1:]])
