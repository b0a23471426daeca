"""Real outputs of real tools, to measure with: see README.md."""
