"""What ``label`` does besides labelling one error: ask about the most informative ones, write labels out, read them in."""
