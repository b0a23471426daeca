"""Makes real tools fail, on purpose, and records what they print: for the samples (``samples/``) and the corpus (``corpus/``)."""
