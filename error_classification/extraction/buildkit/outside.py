"""Errors that stand outside of a build's steps: the client, the daemon, a registry, or what ran after the build."""

from __future__ import annotations

import re2

from error_classification.extraction.buildkit.failure import Failure
from error_classification.extraction.buildkit.output import Line, collected

_TRAIN = 20
"""Lines after an error outside of a build that are kept with it."""

_TOOL_ERRORS = (
    r"^(\S{1,40}: )?((?i:error)|ERROR:|FATAL|fatal)(\[\d+\])?: ",
    r"^Error response from daemon: |^error during connect: |^error getting credentials",
    r"^(ERROR: )?(Cannot connect to the Docker daemon|(Got )?permission denied while trying to connect)",
    r"^(pull access denied for|manifest for .* not found|manifest unknown|denied: |unauthorized: |toomanyrequests: )",
    r"^(no basic auth credentials|invalid reference format|unable to prepare context|error pulling image)",
    r"^failed to (read|parse|load|create|process|push|pull|fetch|compute|resolve|do request|copy|export)",
    r"^unknown ((shorthand )?flag|command): |^unknown docker command",
    r"^(the Dockerfile|Dockerfile) (\(\S+\) )?(cannot be empty|must be within)|^dockerfile parse error",
    r'^time="[^"]*" level=(error|fatal) |level=(error|fatal) msg=|^(ERRO|FATA)\[',
    r'^service "[^"]*" (has neither|refers to|depends on)|^no configuration file provided|^(validating )?\S+\.ya?ml: |^yaml: ',
    r"^no such service: |^invalid (compose|spec|interpolation)",
    r"^(Get|Head|Post|Put|Patch) \"?https?://\S+: |^received unexpected HTTP status|^unexpected (status|EOF)",
    r"dial tcp .*: |net/http: TLS handshake",
    r"OCI runtime (create|exec) failed|^docker: |^standard_init_linux\.go|no space left on device",
    r"^[Ss]ervice '?\"?[\w.-]+'?\"? failed to build|Cannot (start|create) (service|container)|dependency failed to start",
    r"^\S+ exited with code [1-9]",
    r"^name: invalid|^http: server gave HTTP response to HTTPS client|x509: ",
)
_PROGRAM_ERRORS = (
    r"^Traceback \(most recent call last\):|^npm (ERR!|error) |^panic: |^thread '.*' panicked at|^FAILED \S+::|^--- FAIL: ",
    r"^fatal error: |^Segmentation fault|: (command )?not found$|: No such file or directory$|: Permission denied$",
    r"^Killed$|^Exception in thread ",
    r"^\w+(\.\w+)*(Error|Exception): ",
)
_WRAPPERS = (
    r"(?i:process completed with exit code|exit (code|status):? \d+\.?$|returned (a )?non-zero)",
    r"(?i:^make(\[\d+\])?: \*\*\*|command failed with exit code|^ERROR: Job failed|^error: script returned)",
    r"(?i:failed to build ?:?( Build failed)?$|^(error: )?build failed|buildx (build )?failed with|^error: failed to \w+$)",
)
_HARMLESS = (
    r"^Error(: | response from daemon: )No such (container|image|network|volume|object)",
    r"(?i:^\W*warning)|WARN\[|level=warning",
    r"Can't (add file|close tar) .*read/write on closed pipe",
)
_RECOVERED = (r"^\S+: digest: sha256:[0-9a-f]{64} size: \d+$",)


def _compiled(*tables: tuple[str, ...]) -> re2._Regexp[str]:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    return re2.compile("|".join(f"(?:{expression})" for table in tables for expression in table), options)


_TOOL = _compiled(_TOOL_ERRORS)
_ANY = _compiled(_TOOL_ERRORS, _PROGRAM_ERRORS)
_WRAPPER = _compiled(_WRAPPERS)
_PASSED_OVER = _compiled(_HARMLESS)
_MENDED = _compiled(_RECOVERED)


def is_tool_error(text: str) -> bool:
    """True for a line in which docker, compose, a registry or one of their kind reports an error of its own."""
    return bool(_TOOL.search(text[:600])) and not _PASSED_OVER.search(text[:600])


class OutsideReader:
    """Takes the lines that belong to no build; ``failures`` has the one that ended the log, if one did."""

    def __init__(self) -> None:
        self._error: Line | None = None
        self._wrapper: Line | None = None
        self._following: list[Line] = []

    def feed(self, line: Line) -> None:
        """Takes a line that stands outside of all steps."""
        text = line.text.strip()[:600]
        if not text:
            return
        if _MENDED.search(text):
            self.forget()
        elif _WRAPPER.search(text):
            self._wrapper = self._wrapper or line
        elif self._error is None and _ANY.search(text) and not _PASSED_OVER.search(text):
            self._error = line
        elif self._error and len(self._following) < _TRAIN:
            self._following.append(line)

    def forget(self) -> None:
        """What came before was no failure, since the work went on."""
        self._error = self._wrapper = None
        self._following = []

    def failures(self, build_failed: bool) -> list[Failure]:
        """The error outside; a mere exit code counts only where no build failed either."""
        first = self._error or (None if build_failed else self._wrapper)
        if first is None:
            return []
        return [Failure([], output=collected([Line(first.number, first.text.strip()), *self._following]), whole=True)]
