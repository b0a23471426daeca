# ruff: noqa: E501 - a table of words, more readable in long lines
"""Inputs that make careless readers slow: one unit repeated, in the places where readers look."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

UNITS: tuple[str, ...] = (
    # brackets, quotes, and the punctuation of paths, versions and addresses
    *"([{<>}])\"'`",
    *" \t.,:;/\\|#@&%$*+-_=~^!?0aZ",
    *("()", "[]", "{}", "<>", '""', "''", "``", '\\"', "a.", "1.", "a/", "../", "a:1:", "a-", "a_", "A ", "a b ", "0x", "::", "--"),
    *("http://", "http://a:b@", "a@b.", "a@", "/home/", "C:\\", "1:2:3:", "2026-01-01T00:00:00Z ", "deadbeef", "é", "\u2028"),
    # terminals
    *("\x1b", "\x1b[", "\x1b[31m", "\x1b[0", "\x1b]", "\x1b]0;", "[0m", "^[[0m", "\x9b", "\r", "a\r", "\r\n", "\x00", "\b"),
    # words of errors, and how tools dress them
    *("error ", "error: ", "Error", "failed ", "FAILED ", "FAILED a::b ", "FAIL: ", "not found ", "fatal: ", "Exception: "),
    *("Caused by: ", "Caused by: \n", "Traceback (most recent call last):\n", '  File "a.py", line 1, in f\n', "E   ", "\n    at a.b(C.java:1)"),
    *("panicked at ", "thread 'a' panicked at ", "at a (b:1:1) ", "#0 0x0 in a (b) c:1 ", "a.py:1: ", "a.go:1:1: ", "a.c:1: error: "),
    *("<<< FAILURE! ", "[ERROR] ", "] ", "> a ", "● a › ", "--- FAIL: a ", "not ok 1 ", "make: *** ", "exit code 1 ", "returned 1 "),
    *("expected ", "expected: 1\n", "expected 1 got ", "assert ", "Timed out ", "npm ERR! ", "##[error]", "::error ", "::error::", "::error file="),
    *("##[group]Run a\n", "##[endgroup]\n", "section_start:1:a\r", "%0A", "%25", "a,b=", "[FAILURE] a | ", "[a] [FAILURE] b | ", " | ", "a\tb\t2026-01-01T00:00:00Z error\n"),
    # image builds
    *("#1 ", "#1 0.1 ", "#1 0.1 error: \n", "#1 ERROR: a\n", "#1 [a 1/2] RUN b\n", "#1 CANCELED\n", " => [a 1/2] b", "------\n", " > a:\n", "> [1/2] RUN a:\n"),
    *("Step 1/2 : RUN a\n", "STEP 1/2: FROM a\n", 'process "', "executor failed running [", "failed to solve: ", "ERROR: failed to solve: a\n"),
    *("The command 'a' returned a non-zero code: 1\n", "returned a non-zero code: 1\n", "a | ", "docker : ", "+ CategoryInfo \n"),
    # reports
    *("<a>", "<a ", "</a>", "<testcase>", "</testcase>", "<testcase", "<testcase ", "<testcase a=", '<testcase a="', "<testcase a='b'", "<testcase/>"),
    *("<testcase><failure/></testcase>", "<testcase name='a'><failure message='b'>c</failure></testcase>", "<testsuite>", "<testsuite name='a'>"),
    *("<failure>", "<failure/>", "<failure message='", "<system-out>", "<error>", "<failure ", "a='b' ", "a=b ", 'a="', "='", "\"a='", "<![CDATA[", "]]>"),
    *("<![CDATA[]]>", "<!--", "-->", "<!", "<?", "?>", "<?xml ?>", "<!DOCTYPE", "<!DOCTYPE a [", "<!ENTITY a 'b'>", "&a;", "&amp;", "&#10;", "&#", "a:b"),
    # JSON
    *('{"a":', '{"message":"', '{"message":"a","annotation_level":"failure"},', '"message":"a",', '"message":', '[{"', '"\\', "\\u", "1e"),
    # secrets
    *("password=", "password: ", "token=a1B2c3D4e5 ", "token=", "secret_key: ", "key=", "-p ", "--password ", "curl -u a:b ", "curl ", "curl token=a1B2c3D4 "),
    *("docker login ", "docker login -p ", "mysql -p", "echo a | ", "Authorization: Bearer ", "Bearer a1B2c3D4e5F6 ", "eyJhbGciOi.eyJhbGciOi.", "AKIA"),
    *("-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAA\n", "ghp_", "?sig=a1B2c3D4e5", "<redacted:a>", "cookie: a="),
)  # fmt: skip

NUMBERED: tuple[str, ...] = (
    # many different candidates: {0} is a running number, spelled in letters too, since numbers are often left out of comparisons
    *("error {0}: {1}\n", "##[error]{1}\n", "FAILED {1}.py::{1} - {1}Error: {1}\n", "{1}Error: {1}\n    at {1}({1}.java:{0})\n", "{1}/{1}.py:{0}: {1}\n"),
    *("job{0}\tstep{0}\t2026-01-01T00:00:00Z ##[error]{1}\n", "##[group]Run {1}\n##[endgroup]\nerror: {1}\n##[error]{1}\n"),
    *("#{0} [{1} 1/2] RUN {1}\n", "#{0} [{1} 1/2] RUN {1}\n#{0} ERROR: {1}\n", "#{0} 0.1 error: {1}\n", "#{0} ERROR: {1}\n", "------\n > [{1} 1/2] RUN {1}:\n0.1 {1}\n------\n"),
    *(" => ERROR [{1} 1/2] RUN {1}\n", "ERROR: failed to solve: {1}\n", "target {1}: failed to solve: {1}\n", "#{0} [{1} internal] load\n#{0} ERROR: {1}\n"),
    *("Step {0}/9999 : RUN {1}\nThe command '{1}' returned a non-zero code: 1\n", "Service '{1}' failed to build : {1}\n", "STEP {0}/9999: COPY {1}\nerror: {1}\n"),
    *("<testsuite name='{1}'><testcase name='{1}'><failure message='{1}'/></testcase></testsuite>", "<testcase name='{1}' classname='a'><error message='{1}'/></testcase>"),
    *("<testcase name='{1}'><system-out>{1}</system-out><failure/></testcase>", "<testcase name='a'><failure message='{1}'/></testcase>", "<testcase name='a'/>"),
    *("<testcase name='a'><failure/></testcase>", "<testsuite name='{1}'>", "<property name='{1}' value='{1}'/>", "<failure message='{1}'/>", "<flakyFailure message='{1}'/>"),
    *("<{1}>", "<testcase {1}='{1}'>", " {1}='{1}'", "<{1}/>", "&{1};", "<?{1} {1}?>"),
    *('{{"annotation_level":"failure","message":"{1}","title":"{1}"}},', '{{"annotation_level":"warning","message":"{1}"}},', '{{"level":"warning","message":"exit code {0}"}},'),
    *('{{"annotation_level":"warning","message":"a","title":"Logging on stdout of test suite {1}","raw_details":"{1}"}},',),
    *('{{"annotation_level":"failure","title":"{1} ({1}) failed","message":"{1} [took 1s]"}},', '{{"name":"{1}","annotations":[{{"annotation_level":"failure","message":"Process completed with exit code {0}."}}]}},'),
    *('{{"annotation_level":"failure","message":"Process completed with exit code {0}.","title":"{1}"}},', '{{"s_job_name":"{1}","s_annotation_messages":"[FAILURE] {1} | [WARNING] {1}"}},'),
    *("::error file={1}.py,line={0}::{1}\n", "::warning title=Logging on stdout of test suite {1}::{1}\n", "{1}.py:{0}:1: error: {1}\n", "[{1}] [FAILURE] {1} | "),
    *("{1}=s3cr3t{0}aB ", "{1}_token=aB3{1}{0}xyz\n", "https://u:{1}{0}@h/ ", "{1}@{1}.com ", "/{1}", "/home/{1}/{1}.py:{0} ", "{0}", "{0}.", "{1}.", "{1}-{0}-", "0x{0:08x} "),
)  # fmt: skip

_WRAPPERS: dict[str, tuple[str, str]] = {
    "bare": ("", ""),
    "failure": (
        "<testsuite name='a'><testcase name='b' classname='c'><failure message='d'>",
        "</failure></testcase></testsuite>",
    ),
    "message": ('<testsuite name="a"><testcase name="b"><failure message="', '">c</failure></testcase></testsuite>'),
    "output": ("<testsuite><testcase name='b'><failure/><system-out>", "</system-out></testcase></testsuite>"),
    "name": ('<testsuite><testcase name="', '"><failure message="b"/></testcase></testsuite>'),
    "json": ('[{"annotation_level": "failure", "path": "a.py", "start_line": 1, "message": "', '"}]'),
    "command": ("::error file=a.py,line=1,title=", "::b\n"),
    "log": ("##[error]error: ", "\n##[error]Process completed with exit code 1.\n"),
    "build": ("#1 [a 1/2] RUN ", '\n#1 ERROR: process "/bin/sh -c a" did not complete successfully: exit code: 1\n'),
    "step": (
        "#1 [a 1/2] RUN b\n#1 0.1 ",
        "\n#1 ERROR: failed\n------\n > [a 1/2] RUN b:\n------\nERROR: failed to solve: failed\n",
    ),
}
_PLACES: dict[str, tuple[str, ...]] = {
    "junit": ("bare", "failure", "message", "output", "name"),
    "annotations": ("bare", "json", "command", "log"),
    "buildkit": ("bare", "build", "step"),
    "job_log": ("bare", "log", "step"),
    "text": ("bare", "log"),
    "detect": ("bare", "failure", "json", "step"),
    "pipeline": ("bare", "failure", "log", "json", "step"),
}
_NUMBERED = frozenset(NUMBERED)


def names(target: str) -> Iterator[tuple[str, str, str]]:
    """``(place, unit, end)`` of every input for ``target``; ``end`` separates the units: nothing, or a line feed."""
    for place in _PLACES.get(target, ("bare",)):
        for unit in chain(UNITS, NUMBERED):
            for end in ("", "\n"):
                if not (end and unit.endswith("\n")):
                    yield place, unit, end


def made(place: str, unit: str, end: str, size: int) -> bytes:
    """An input of ``size`` bytes, and what stands around it."""
    before, after = _WRAPPERS[place]
    return f"{before}{_repeated(unit + end, size)}{after}".encode()


def _repeated(unit: str, size: int) -> str:
    if unit.removesuffix("\n") not in _NUMBERED and unit not in _NUMBERED:
        return unit * (size // len(unit) + 1)
    pieces: list[str] = []
    length = 0
    while length <= size:
        pieces.append(unit.format(len(pieces), _spelled(len(pieces))))
        length += len(pieces[-1])
    return "".join(pieces)


def _spelled(number: int) -> str:
    """The number in letters."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
