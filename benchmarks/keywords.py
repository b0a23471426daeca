"""The rival of everything here: the search for keywords that people make in a log."""

KEYWORDS = "error|fail|exception|fatal|panic"
"""For ``grep -iE``."""
