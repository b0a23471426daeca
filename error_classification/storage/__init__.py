"""Where classifications are kept: in one SQLite file, or in memory. Both are ``ports.Archive`` and pass one conformance suite."""
