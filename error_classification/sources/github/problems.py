"""What GitHub refuses, in words that are safe to show: one line, no token, no signed address."""

from __future__ import annotations

import json
import re
from datetime import datetime

from error_classification.errors import InputError

_LONGEST = 200
_TOKEN = re.compile(r"\b(?:gh[a-z]_\w{4,}|github_pat_\w{4,})")
_QUERY = re.compile(r"(\b[a-z]{1,10}://[^\s?]*)\?\S*")
_ADVICE = {
    401: "check the token, and that it has not expired",
    403: "the token needs read access to Actions, Checks and Pull requests of this repository",
    404: "check the name of the repository, and that the token may see it",
}


class GitHubError(InputError):
    """A request that came to nothing. ``status``: GitHub's answer, if there was one.

    ``passing`` is true where the same request may succeed some other time.
    """

    def __init__(self, message: str, advice: str = "", *, status: int | None = None, passing: bool = False) -> None:
        super().__init__(message, advice)
        self.status = status
        self.passing = passing


class RateLimitError(GitHubError):
    """GitHub wants no request before ``resets_at``, which is too far away to be waited for."""

    def __init__(self, resets_at: datetime) -> None:
        when = f"{resets_at:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(f"GitHub's rate limit is reached until {when}", "what is left is read by the next run", passing=True)
        self.resets_at = resets_at


def refusal(path: str, status: int, body: bytes) -> GitHubError:
    """The error that an answer with this status stands for."""
    said = message_of(body)
    words = f"GitHub answers {status} to {plain(path)}" + (f": {said}" if said else "")
    return GitHubError(words, _ADVICE.get(status, ""), status=status, passing=status >= 500)


def message_of(body: bytes) -> str:
    """What an error's body says, on one line; empty where it is not GitHub's own words."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    message = content.get("message") if isinstance(content, dict) else None
    return plain(message) if isinstance(message, str) else ""


def plain(text: str, longest: int = _LONGEST) -> str:
    """``text`` on one line, without control characters, tokens and the queries of addresses, cut to ``longest``."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * longest])
    harmless = _QUERY.sub(r"\1", _TOKEN.sub("***", printable))
    line = " ".join(harmless.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
