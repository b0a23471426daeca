"""Is this the log of an image build, and not of a whole CI job that has one in it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from error_classification.extraction.buildkit import grammar
from error_classification.extraction.buildkit.output import Line
from error_classification.extraction.buildkit.outside import is_tool_error
from error_classification.extraction.buildkit.wrapping import unprefixed
from error_classification.extraction.numbered import cleaned_lines

_JOB = re.compile(
    rb"Current runner version: |##\[(?:group|section|command)\]|^::group::|Running with gitlab-runner|section_start:\d+:"
    rb"|^Started by |\[Pipeline\] |travis_(?:fold|time):|\[taskcluster|~~~ Preparing|Starting: .*\r?\n=====",
    re.MULTILINE,
)
_BUILD_MARK = re.compile(
    rb"#\d+ |=> |Step \d+/\d+ : |STEP \d+|failed to solve|INFO\[|executor failed|did not complete|[Ee]rror|ERROR|[Dd]ocker"
)
_NEWS = re.compile(
    r"\[[^\]]{1,120}\] |\.\.\.$|$|(?:sha256:|docker-image:|docker\.io|https?:|git:|local:)"
    r"|(?:transferring|resolv\w+|extracting|naming|writing|exporting|importing|pushing|preparing|load\w*|copying|merg\w+"
    r"|sending|unpacking|building|creating|inferred|could not|no |reading|setting|starting|waiting|pulling|auth|cache) ?"
)
"""What a step is called, and what BuildKit reports of one."""
_FEW_LINES = 40
_SHARE = 0.25


def looks_like(head: bytes) -> bool:
    """True if the input that begins with ``head`` is mostly the output of an image builder."""
    if not _BUILD_MARK.search(head) or _JOB.search(head):
        return False
    shapes = list(_shapes(head))
    own, outcome = shapes.count("build"), shapes.count("outcome")
    if not own and not outcome:
        return False
    if "classic" in shapes:
        return True
    return own >= max(2, _SHARE * len(shapes)) or (outcome > 0 and (own > 0 or len(shapes) <= _FEW_LINES))


def _shapes(head: bytes) -> Iterator[str]:
    """What each line that is not blank is: of a build, its outcome, a step of a classic builder, or other."""
    for line in unprefixed(Line(number, text) for number, text in cleaned_lines([head])):
        text = line.text.rstrip()
        if not text:
            continue
        if grammar.STEP.match(text) or grammar.BUILDAH_STEP.match(text) or grammar.KANIKO_STEP.match(text):
            yield "classic"
            yield "build"
        elif _is_progress(text) or grammar.TTY_ANY.match(text) or text == grammar.RULE or grammar.QUOTED_OUTPUT.match(text):
            yield "build"
        elif grammar.FINAL.match(text) or grammar.CLASSIC_FAILURE.match(text) or _is_daemon_error(text):
            yield "outcome"
        else:
            yield "other"


def _is_progress(text: str) -> bool:
    """A line ``#12 ...`` of a build, and no frame of a backtrace, which is numbered alike."""
    news = grammar.progress(text)
    if news is None or news.kind not in (grammar.Kind.TEXT, grammar.Kind.PAUSED):
        return news is not None
    return bool(_NEWS.match(news.text))


def _is_daemon_error(text: str) -> bool:
    return "ocker" in text and is_tool_error(text)
