"""How specific a pattern is: the fewest characters that stand for themselves in any text that it matches."""

from __future__ import annotations

from functools import cache

from error_classification.classification.rules.syntax import tokens


@cache
def specificity(pattern: str) -> int:
    """The fewest literal characters in a match of ``pattern``.

    Of alternatives the smallest counts; what is optional counts nothing, and neither does what a named group holds: that varies.
    """
    branches, named, last = [[0]], [False], 0
    for kind, text in tokens(pattern):
        if kind in ("open", "named"):
            branches.append([0])
            named.append(kind == "named")
        elif kind == "either":
            branches[-1].append(0)
        elif kind == "close" and len(branches) > 1:
            inner = min(branches.pop())
            last = 0 if named.pop() else inner
            branches[-1][-1] += last
        elif kind == "optional":
            branches[-1][-1] -= last
            last = 0
        elif kind in ("any", "literal"):
            last = len(text) if kind == "literal" else 0
            branches[-1][-1] += last
    return min(branches[0])
