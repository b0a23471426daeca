"""Which lines of a failure's text name a cause, and which are only the wrapper's way to say "it failed".

The wordings are those that test frameworks and their report writers print themselves; a line is added where a tool is.
"""

from __future__ import annotations

import re

from error_classification.extraction.junit.text import Lines

_NOISE = re.compile(
    r"(?:"
    r"(?:the )?(?:tests?|steps?|command|process|assertion|scenario)?[ :]*(?:has |have )?(?:failed|failures?|fail|errored|error)"
    r"|none|null|nonetype|undefined|unknown|n/a|no message|no reason given|\(no message\)"
    r"|(?:[\w./-]+ )?(?:test )?(?:failure |failed )?(?:has )?(?:exited|exit|failed|terminated|returned|finished)?(?: test)?"
    r" ?(?:with )?(?:a )?(?:non-?zero )?(?:error |exit |return )?(?:code|status|value)[ :=]*-?\d*"
    r"|=== (?:RUN|PAUSE|CONT|NAME)\s.*|--- (?:FAIL|PASS|SKIP): .*|FAIL(?:\s.*)?|exit status \d+"
    r"|generated test\.(?:log|err)\b.*|-+ ?captured (?:log|out|err)\w*(?: (?:call|setup|teardown))? ?-+|[-=_*#~ ]+"
    r")[.!]?",
    re.IGNORECASE,
)
_WRAPPER = re.compile(
    r"(?:collection failure|collection error|test setup failure|test teardown failure|failed on (?:setup|teardown) with\b.*"
    r"|[^\s:]+:\d+(?::\d+)?(?: .*)?|\[XPASS.*)",
)
_MESSAGE_AFTER_PLACE = re.compile(r"[^\s:]+:\d+(?::\d+)?: \S")
_EXCEPTION = re.compile(
    r"\s*(?:E\s+|Uncaught |Unhandled |Unexpected |Exception in thread \S+ )?"
    r"(?:[A-Za-z_][\w.$:\\]*(?:Error|Exception|Failure|Failed|Timeout|Interrupt|Fault|Exit)\b(?!/)"
    r"|[Ee]rror(?:\[\w+\])?: |panic: |fatal error: |thread '|Test timeout of |Test timed out|Failed asserting that "
    r"|\S+_test\.go:\d+: \S|Expected equality of these values|Value of: |Segmentation fault)"
)
_PYTEST_LINE = re.compile(r"\s*E\s+\S")
_PYTHON_TRACEBACK = "Traceback (most recent call last)"
_TROUBLE = re.compile(
    r"(?:Error|Exception)(?::|$| \[|\()|AssertionError|(?:^|[\s\[])(?:ERROR|FATAL|FAILED|CRITICAL)\b"
    r"|(?:^|[\s:\]])(?:error|fatal|panic|fatal error|failure)(?::|\[E?\d|$)|: Failure$|^not ok |CMake Error"
    r"|panicked at|Segmentation fault|[Ss]egfault|core dumped|terminate called|^Killed$|^Aborted|Assertion .{0,200}failed"
    r"|undefined (?:reference|symbol)|[Nn]o such file|[Cc]ommand not found|[Uu]nable to |[Cc]annot (?:open|find|load|allocate)"
    r"|[Pp]ermission denied|[Cc]onnection refused|timed out|[Tt]imeout (?:of|after|exceeded)|[Oo]ut of memory"
)
_WINDOW_BEFORE, _WINDOW_AFTER, _TRACEBACK_REACH = 12, 15, 120
_TAIL = 30


def is_noise(line: str) -> bool:
    """Whether a line says no more than that something failed."""
    text = line.strip()
    return not text or (len(text) <= 200 and _NOISE.fullmatch(text) is not None)


def has_cause(texts: list[str]) -> bool:
    """Whether any line says more than "it failed"."""
    return any(not is_noise(text) for text in texts)


def is_wrapper(message: str) -> bool:
    """Whether a message only introduces the cause (a phase, a test's place), which the body then names."""
    return is_noise(message) or (_WRAPPER.match(message[:500]) is not None and not _MESSAGE_AFTER_PLACE.match(message[:500]))


def headline(texts: list[str], message: str) -> str:
    """The line of ``texts`` that names exception and message; empty where nobody can tell.

    In a chain of Java exceptions it is the last cause; otherwise the line that carries the report's own ``message``
    (pytest's ``E`` lines before the source lines that look like it); otherwise the last exception of a Python traceback
    or the first that any other text names.
    """
    root = next((text for text in reversed(texts) if text.lstrip().startswith("Caused by: ")), "")
    if root:
        return root
    raised = [text for text in texts if _PYTEST_LINE.match(text)]
    if message and not is_wrapper(message):
        found = next((text for text in raised or texts if message in text), "")
        if found:
            return found
    in_python = bool(raised) or any(_PYTHON_TRACEBACK in text for text in texts)
    exceptions = [text for text in raised or texts if _EXCEPTION.match(text[:500])]
    if exceptions:
        return exceptions[-1 if in_python else 0]
    return raised[0] if raised else ""


def trouble(output: Lines) -> Lines | None:
    """The lines around the last error that ``output`` tells of, from the beginning of its traceback; None without one."""
    texts = output.texts
    last = next((at for at in range(len(texts) - 1, -1, -1) if not is_noise(texts[at]) and _TROUBLE.search(texts[at])), None)
    if last is None:
        return None
    reach = max(0, last - _TRACEBACK_REACH)
    traceback = next((at for at in range(last, reach - 1, -1) if _PYTHON_TRACEBACK in texts[at]), None)
    start = max(0, last - _WINDOW_BEFORE) if traceback is None else traceback
    return output.part(start, last + 1 + _WINDOW_AFTER).stripped()


def tail(output: Lines) -> Lines:
    """The end of an output that names no error."""
    end = output.stripped()
    return end.part(max(0, len(end.texts) - _TAIL), len(end.texts)).stripped()
