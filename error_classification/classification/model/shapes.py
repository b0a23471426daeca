"""The form of an error, whatever its words: what is known beside its text, its codes, and how its lines look (pure functions)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

import re2

from error_classification.models import ErrorContext, FingerprintedError

FORMS: tuple[tuple[str, str], ...] = (
    ("frames of python", r'^ {0,8}File "'),
    ("frames of java", r"^[ \t]+at [\w.$/<>]+\([\w .]+(?::\d+)?\)"),
    ("frames of node", r"^ +at .*:\d+:\d+\)?$"),
    ("frames of go", r"^goroutine \d+ \["),
    ("frames of native code", r"^ {0,8}#\d+:? +(?:0x|[\w~<])"),
    ("frames of ruby", r"\.rb:\d+:in "),
    ("frames of .NET", r"^ +at .* in .*:line \d"),
    ("frames of php", r"^#\d+ \S+\(\d+\): "),
    ("frame of a test", r"(?i)(?:\btests?/|_test\.\w|\btest_\w+\.|\.(?:spec|test)\.\w|Tests?\.(?:java|kt|cs)|_spec\.rb)\S*[:(]"),
    ("place with line and column", r"^\S+[:(]\d+[:,]\d+\)?:? "),
    ("place with line", r"^\S+:\d+: "),
    ("caret", r"^[ \t\d|]*[~^]+(?:[ \t]|$)"),
    ("arrow to source", r"^ *--> "),
    ("source with bar", r"^ *>? *\d+ \| "),
    ("expected and actual", r"(?i)\b(?:expect\w*|wanted)\b.*\b(?:actual|got|received|but was|found|to (?:be|equal|match))\b"),
    ("actual and expected", r"(?i)\b(?:got|received|actual)\b.*\b(?:expect\w*|want(?:ed)?)\b"),
    ("line of what was expected", r"(?i)^\W*(?:E +)?(?:expect(?:ed|ing)?|want(?:ed)?|left)\b[ \w]*[:=]"),
    ("line of what was found", r"(?i)^\W*(?:E +)?(?:actual|got|received|found|right|but (?:was|got))\b[ \w]*[:=]"),
    ("comparison", r"^[ E>]*(?:assert\b|\S.* [!=]==? |.*\bnot equal\b)"),
    ("difference", r"^[-+]{1,3} ?\S.*\n[-+]"),
    ("mark of pytest", r"^E  "),
    ("failed test", r"^\s*(?:--- FAIL|FAILED|FAIL\b|not ok|✕|✗|✖|×|\d+\) )"),
    ("finding with code", r"\b[A-Z]{1,4}\d{3,4}\b[: ]"),
    ("finding with name", r"(?: {2}[a-z@][\w@/-]+|\[[a-z-]+\])$"),
    ("question of a shell", r"^(?:/\S*/)?(?:ba|da|z|k)?sh: "),
    ("message of git", r"^(?:fatal|remote): "),
    ("usage", r"(?i)^usage:| --help\b"),
    ("address", r"\bhttps?://"),
    ("host and port", r"\b[\w.-]+:\d{2,5}\b"),
    ("percentage", r"\d%"),
    ("duration", r"\b\d+(?:\.\d+)? ?(?:ms|s|sec|seconds|m|min|minutes|h|hours)\b"),
    ("size", r"(?i)\b\d+(?:\.\d+)? ?(?:[kmgt]i?b|bytes)\b"),
    ("version", r"\b\d+\.\d+\.\d+\b"),
    ("requirement", r"[\w.-]+ ?(?:==|>=|<=|~=|\^|@)\s?v?\d"),
)
"""How lines look. RE2, multi-line."""

_EXCEPTION = re.compile(
    r"\b[A-Z]\w{0,60}(?:Error|Exception|Fault|Panic|Failure|Timeout|Exit|Interrupt|Warning)\b|\b[A-Z][a-z]\w{0,40}::Error\b"
)
_ERRNO = re.compile(
    r"\bE(?:ACCES|ADDRINUSE|ADDRNOTAVAIL|AGAIN|AI_AGAIN|BUSY|CONNABORTED|CONNREFUSED|CONNRESET|DQUOT|EXIST|FBIG|HOSTUNREACH|"
    r"INTEGRITY|INVAL|ISDIR|MFILE|NETUNREACH|NFILE|NOENT|NOMEM|NOSPC|NOTDIR|NOTEMPTY|NOTFOUND|PERM|PIPE|PROTO|RESOLVE|ROFS|"
    r"TARGET|TIMEDOUT|XDEV|404|401|403)\b"
)
_NUMBERED = (
    ("errno", re.compile(r"\b(?:errno:?|os error) (-?\d{1,5})\b", re.IGNORECASE)),
    ("http", re.compile(r"\b(?:http(?:/[\d.]{1,3})?|(?:status|response)(?: code)?|error):?[ =]([1-5]\d\d)\b", re.IGNORECASE)),
    ("exit", re.compile(r"\b(?:exit(?:ed)?|return(?:ed)?)(?: with)?(?: code| status| value)?:?[ =](\d{1,3})\b", re.IGNORECASE)),
    ("signal", re.compile(r"\b(SIG(?:SEGV|ABRT|KILL|TERM|ILL|FPE|BUS|INT|TRAP|SYS|XCPU|PIPE))\b")),
)
_MOST = 3
"""Values of one kind that are named."""
_TOOL = re.compile(r"[A-Za-z][\w+-]{0,24}")
_PREFIX = re.compile(r"\W{0,4}([A-Za-z][\w.+-]{0,20})(?:\[[^\]\n]{1,20}\])?(?: [A-Za-z!]{1,8})?[:!]")
_LENGTHS = ((1, "one"), (7, "few"), (30, "some"))


def shapes(error: FingerprintedError, near: str, text: str) -> Iterator[str]:
    """Names of the form ``what=value``. ``near`` is the headline with the lines around it, ``text`` all that is read."""
    yield from _known(error.context)
    yield f"cause={'none' if error.generic else 'named'}"
    yield from _codes(near)
    yield from (f"form={FORMS[index][0]}" for index in sorted(_forms().Match(text.encode("utf-8", "replace")) or ()))
    lines = text.count("\n") + 1
    yield f"lines={next((name for most, name in _LENGTHS if lines <= most), 'many')}"


def tools(context: ErrorContext, headline: str) -> Iterator[str]:
    """What names the tool: its command and framework, and the prefix of the headline."""
    if context.framework:
        yield f"framework={context.framework}"
    words = _TOOL.findall(context.command[:80].rpartition("/")[2])[:2]
    if words:
        yield f"tool={words[0].lower()}"
        yield f"command={' '.join(words).lower()}"
    prefix = _PREFIX.match(headline)
    if prefix:
        yield f"prefix={prefix[1].lower()}"


def _known(context: ErrorContext) -> Iterator[str]:
    yield f"source={context.source_type.value}"
    yield f"outcome={context.outcome.value}"
    yield f"test={'named' if context.test_name else 'none'}"
    if context.exit_code is not None:
        yield f"exit={context.exit_code}"


def _codes(text: str) -> Iterator[str]:
    yield from (f"exception={found[0]}" for found in islice(_EXCEPTION.finditer(text), _MOST))
    yield from (f"errno={found[0]}" for found in islice(_ERRNO.finditer(text), _MOST))
    for kind, pattern in _NUMBERED:
        yield from (f"{kind}={found[1]}" for found in islice(pattern.finditer(text), _MOST))


@cache
def _forms() -> re2.Set:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = 64 << 20
    forms = re2.Set.SearchSet(options)
    for _, pattern in FORMS:
        forms.Add(f"(?m){pattern}".encode())
    forms.Compile()
    return forms
