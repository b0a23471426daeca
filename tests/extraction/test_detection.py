"""What an input is, told from its content; and what a short text is."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from error_classification.extraction import extract
from error_classification.models import ErrorContext, Report, SourceType

SAMPLES = Path(__file__).parents[2] / "samples"


def read(data: bytes, kind: SourceType | None = None) -> tuple[list[ErrorContext], Report]:
    extraction = extract("input", [data], kind)
    errors = []
    while True:
        try:
            errors.append(next(extraction))
        except StopIteration as end:
            report: Report = end.value
            return errors, report


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'<?xml version="1.0"?><testsuite name="s"><testcase name="a"/></testsuite>', SourceType.JUNIT),
        (b'\n\n<testsuites><testsuite name="s"/></testsuites>', SourceType.JUNIT),
        (b'INFO starting\n<?xml version="1.0"?>\n<testsuite name="s"/>', SourceType.JUNIT),
        (b"<html-ish/>", SourceType.JUNIT),
        (b'[{"path": "a.py", "annotation_level": "failure", "message": "no", "start_line": 1}]', SourceType.GITHUB_ANNOTATION),
        (b"::error file=a.py,line=1::no\n::error file=b.py,line=2::no\n", SourceType.GITHUB_ANNOTATION),
        (b"#1 [internal] load build definition\n#1 DONE 0.0s\n#2 [1/2] FROM alpine\n#2 DONE 0.1s\n", SourceType.BUILDKIT),
        (b"PHP Fatal error: Uncaught Error: x\n#0 /w/a.php(2): f()\n#1 [internal function]: g()\n#2 {main}\n", SourceType.TEXT),
        (b"Program received signal SIGSEGV\n#0 f (x=0x0) at a.c:3\n#1 0x0000 in main () at a.c:9\n", SourceType.TEXT),
        (b"2026-01-02T03:04:05.1234567Z ##[group]Run make\n2026-01-02T03:04:05.1234567Z ok\n", SourceType.JOB_LOG),
        (b"ModuleNotFoundError: No module named 'yaml'", SourceType.TEXT),
        (b"line\n" * 500 + b"error: late\n", SourceType.JOB_LOG),
        (b"", SourceType.JOB_LOG),
        (b"<34>Jan 1 00:00:00 host app: started\n", SourceType.JOB_LOG),
        (b"<!DOCTYPE html><html><body>error</body></html>", SourceType.JOB_LOG),
    ],
    ids=lambda value: value[:24].decode(errors="replace") if isinstance(value, bytes) else str(value),
)
def test_the_format_is_told_from_the_content(data: bytes, kind: SourceType) -> None:
    assert read(data)[1].source_type is kind
    assert read(gzip.compress(data, mtime=0))[1].source_type is kind


EXCERPT = b"#9 [3/4] RUN make\n#9 0.412 cart.c:3:5: error: expected ';' before 'return'\n#9 0.413 make: *** [all] Error 1\n"


def test_an_image_build_without_its_end_is_read_as_a_log() -> None:
    (error,) = extract("x", [EXCERPT])
    assert error.source_type is SourceType.JOB_LOG
    assert list(extract("x", [EXCERPT + b"#9 DONE 0.5s\n"])) == []


def test_a_given_format_overrides_detection() -> None:
    errors, report = read(b"nothing of note", SourceType.TEXT)
    assert report.source_type is SourceType.TEXT
    assert [error.text for error in errors] == ["nothing of note"]


def test_a_bare_message_is_one_error_as_it_is() -> None:
    text = "\n\nTraceback (most recent call last):\n  File \"src/app.py\", line 3, in main\n    load()\nKeyError: 'name'\n\n"
    (error,) = read(text.encode())[0]
    assert error.text == text.strip("\n")
    assert (error.line_start, error.line_end) == (3, 6)
    assert (error.headline, error.file, error.line, error.framework) == ("KeyError: 'name'", "src/app.py", 3, "python")


@pytest.mark.parametrize("data", [b"", b"\n \n", b"all good\n", b"3 passed, 0 failed\n", b"0 errors\n", b"\x00" * 50])
def test_a_short_text_without_trouble_is_no_error(data: bytes) -> None:
    assert read(data)[0] == []


def test_the_output_of_a_tool_with_two_failures_is_read_as_a_log() -> None:
    errors, report = read(b"a.c:1:1: error: expected ';'\nb.c:2:2: error: unknown type name 'x'\nmake: *** [all] Error 1\n")
    assert report.source_type is SourceType.JOB_LOG
    assert len(errors) == 2


def test_the_name_plays_no_part() -> None:
    data = (SAMPLES / "failing" / "junit").glob("*.xml")
    for path in data:
        assert read(path.read_bytes())[1].source_type is SourceType.JUNIT, path


def test_what_was_repaired_in_decoding_is_said_in_the_report() -> None:
    _, report = read(b"error: gr\xfc\xdfe\n")
    assert any("Windows-1252" in warning for warning in report.warnings)
    _, report = read(gzip.compress(b"error: x\n" * 5000, mtime=0)[:-20])
    assert any("truncated" in warning for warning in report.warnings)


@pytest.mark.parametrize("data", [b"", b"\n \n", gzip.compress(b"", mtime=0)])
def test_an_empty_input_is_said_to_be_so(data: bytes) -> None:
    errors, report = read(data)
    assert errors == []
    assert report.warnings == ("the input is empty",)


FILLER = b"a line of output\n" * 70_000


@pytest.mark.parametrize(
    ("data", "headline", "line"),
    [
        (FILLER + b"E   ModuleNotFoundError: No module named 'x'\nmake: *** [all] Error 1\n", "No module named 'x'", 70_001),
        (b"\n\n" + FILLER, "", 3),
    ],
)
def test_a_text_too_long_for_a_message_is_still_one_error(data: bytes, headline: str, line: int) -> None:
    (error,), report = read(data, SourceType.TEXT)
    assert headline in error.headline
    assert error.line_start <= line <= error.line_end
    assert (error.source_type, report.source_type) == (SourceType.TEXT, SourceType.TEXT)
    assert len(error.text) <= 1 << 20


def test_a_text_of_blanks_is_no_error_however_long() -> None:
    assert read(b"\0 \n" * 500_000, SourceType.TEXT)[0] == []
