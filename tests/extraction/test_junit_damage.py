"""Reports that are cut off, torn, hostile or no reports at all: everything readable is read, and what is wrong is said."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junit_support import counts, read

from error_classification.extraction.junit import extract

_CASES = [
    '<testcase classname="a" name="one" time="0.1"/>',
    '<testcase classname="a" name="two">'
    '<failure message="assert 1 == 2" type="AssertionError">E   assert 1 == 2\n</failure></testcase>',
    '<testcase classname="b" name="three"><skipped message="&lt;no&gt;"/></testcase>',
    '<testcase classname="b" name="four">'
    '<error><![CDATA[KeyError: <x> & "y"]]></error><system-out>\u00fcber\n</system-out></testcase>',
    '<testcase classname="b" name="five"><flakyFailure message="late"><stackTrace>st</stackTrace></flakyFailure></testcase>',
]
_HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<testsuites>\n<testsuite name="s">\n'
_REPORT = _HEAD + "\n".join(_CASES) + "\n</testsuite></testsuites>\n"
_BYTES = _REPORT.encode()


def test_the_report_itself_is_sound() -> None:
    errors, report = read(_REPORT)
    assert [error.test_name for error in errors] == ["a::two", "b::four", "b::five"]
    assert not report.damaged
    assert report.warnings == ()


@given(st.integers(0, len(_BYTES)), st.integers(1, 60))
def test_a_cut_loses_nothing_that_was_complete_before_it(cut: int, size: int) -> None:
    data = _BYTES[:cut]
    errors, report = read(data, size)
    complete = sum(_BYTES.index(case.encode()) + len(case.encode()) <= cut for case in _CASES)
    names = {error.test_name for error in errors}
    assert (report.counts.testcases if report.counts else 0) >= complete
    assert names >= {name for number, name in ((2, "a::two"), (4, "b::four"), (5, "b::five")) if complete >= number}
    assert report.damaged == (cut < len(_BYTES) - 1)


_MARKUP = [b"<", b"&", b'"', b"'", b"</failure>", b"<testcase>", b"]]>", b"<![CDATA[", b"<!--", b"\x1b", b"&#27;", b"<?xml ?>"]
_EDITS = st.tuples(st.integers(0, len(_BYTES)), st.integers(0, 12), st.binary(max_size=8) | st.sampled_from(_MARKUP))


@given(st.lists(_EDITS, max_size=4))
def test_no_damage_is_too_much_and_the_chunks_never_matter(edits: list[tuple[int, int, bytes]]) -> None:
    data = _BYTES
    for at, removed, inserted in edits:
        data = data[:at] + inserted + data[at + removed :]
    whole = read(data)
    assert read(data, 1) == read(data, 7) == whole
    errors, report = whole
    for error in errors:
        assert error.text
        assert len(error.line_numbers) == len(error.text.split("\n"))
        assert error.headline in (*error.text.split("\n"), "")
        assert 1 <= error.line_start <= error.line_end <= report.lines
    assert [error.rank for error in errors] == list(range(1, len(errors) + 1))


@pytest.mark.parametrize(
    ("damage", "found", "warning"),
    [
        (_REPORT.replace("1 == 2\n", "1 == 2 \x1b[1m\x00\n"), 3, "report damaged: control character, line 5"),
        (
            _REPORT.replace("assert 1 == 2", "&#27;[31mred"),
            3,
            "report damaged: reference to a character that XML forbids, line 5",
        ),
        (_REPORT.replace("assert 1 == 2", "a < b && c"), 3, "report damaged: broken tag, line 5"),
        (_REPORT.replace("E   assert", "E   List<int, 2> && assert"), 3, "report damaged: stray '<', line 5"),
        (_REPORT.replace("E   assert", "E   &nbsp; assert"), 3, "report damaged: unknown entity, line 5"),
        (_REPORT.replace('name="s"', 'name="s" name="t"'), 3, "report damaged: attribute given twice, line 3"),
        (_REPORT.replace("</failure>", ""), 3, "report damaged: missing end tag, line 6"),
        (_REPORT.replace("</failure></testcase>", ""), 3, "report damaged: missing end tag, line 11"),
        (_REPORT.replace("</failure>", "</failure></b>"), 3, "report damaged: end tag without a start tag, line 6"),
        ("WARNING: x is deprecated\n" + _REPORT, 3, "report damaged: text outside of the root element, line 1"),
        ("Listening to <stdin> ...\n" + _REPORT, 3, "report damaged: text outside of the root element, line 1"),
        ("\n\n" + _REPORT, 3, "report damaged: XML declaration not at the start, line 3"),
        (_REPORT + "Done.\n", 3, "report damaged: text outside of the root element, line 12"),
        (_REPORT + _REPORT, 6, "report damaged: several root elements, line 13"),
        (_REPORT[: _REPORT.index("</testsuite>")] + _REPORT, 6, "report damaged: XML declaration not at the start, line 11"),
        (_REPORT[: _REPORT.index("1 == 2")], 1, "report truncated: it ends inside <failure>, line 5"),
        (_REPORT[: _REPORT.index("<x> &")], 2, "report truncated: it ends inside <error>, line 8"),
        (_REPORT[: _REPORT.index("</testsuites")], 3, "report truncated: it ends inside <testsuites>, line 11"),
    ],
)
def test_damaged_reports_are_read_and_the_damage_is_named(damage: str, found: int, warning: str) -> None:
    errors, report = read(damage)
    assert len(errors) == found
    assert report.damaged
    assert warning in report.warnings


@pytest.mark.parametrize(
    ("data", "warning", "damaged"),
    [
        ("", "empty file", True),
        ('<?xml version="1.0"?>\n', "no XML element found", True),
        ("this is no XML", "no XML element found", True),
        ('{"tests": 1}', "no XML element found", True),
        (
            '<test-run><test-suite><failure message="x"/></test-suite></test-run>',
            "XML, but not a JUnit report (root element <test-run>)",
            False,
        ),
        ("<html><body><testcase><failure/></testcase></body></html>", "XML, but not a JUnit report (root element <html>)", False),
        ("<nothing><testsuite><testcase/></testsuite></nothing>", "XML, but not a JUnit report (root element <nothing>)", False),
    ],
)
def test_what_is_no_junit_report_is_said_to_be_so(data: str, warning: str, damaged: bool) -> None:
    errors, report = read(data)
    assert errors == []
    assert report.counts is None
    assert report.warnings == (warning,)
    assert report.damaged is damaged


_FAILING = (
    '<testsuite><testcase name="a"><failure message="{}">{}</failure></testcase>'
    '<testcase name="b"><error message="late"/></testcase></testsuite>'
)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE l [<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)) + "]>",
        '<!DOCTYPE d [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://localhost:9/x"> %p; <!ENTITY e9 "]>">]>',
    ],
)
@pytest.mark.parametrize("place", ["attribute", "text"])
def test_entities_are_never_expanded_and_the_rest_is_read(doctype: str, place: str) -> None:
    body = _FAILING.format("&e9;" if place == "attribute" else "boom", "&e9;" if place == "text" else "")
    errors, report = read(doctype + body)
    assert [error.test_name for error in errors] == ["a", "b"]
    assert "&e9;" in errors[0].text
    assert len(errors[0].text) < 30
    assert report.warnings == ("entities of the document type are not expanded",)
    assert not report.damaged


def test_a_raw_document_inside_a_failure_does_not_hide_the_cases_behind_it() -> None:
    report = _REPORT.replace("E   assert 1 == 2", "got:\n<?xml version='1.0'?>\n<reply><error>no</error></reply>")
    assert counts(report)["testcases"] == 5


def _big(head: bytes, unit: bytes, times: int, tail: bytes) -> Iterator[bytes]:
    yield head
    for _ in range(times):
        yield unit
    yield tail


_OPEN = b'<testsuite name="s">'
_CLOSE = b"</testsuite>"
_FAILED_CASE = b'<testcase name="t"><failure message="Failed"/><system-out>%s</system-out></testcase>' % (b"nothing\n" * 100)


@pytest.mark.parametrize(
    ("head", "unit", "tail", "cases"),
    [
        (_OPEN, b'<testcase classname="c" name="n" time="0.1"/>\n' * 100, _CLOSE, 30_000),
        (_OPEN, _FAILED_CASE, _CLOSE, 300),
        (_OPEN + b'<testcase name="t"><failure>', b"x" * 50_000, b"</failure></testcase>" + _CLOSE, 1),
        (_OPEN + b'<testcase name="t"><system-out><![CDATA[', b"line\n" * 10_000, b"]]></system-out></testcase>" + _CLOSE, 1),
        (_OPEN + b'<testcase name="t">', b"<failure>%s</failure>" % (b"y" * 50_000), b"</testcase>" + _CLOSE, 1),
        (b"", b"<testsuite><system-out>%s</system-out>" % (b"z" * 50_000), b"", 0),
        (_OPEN, b"<testcase><failure>" * 4, b"", 1200),
        (_OPEN, b"<a>" * 100, _CLOSE, 0),
        (b"", b'<testsuite name="%s">' % (b"n" * 50_000), b"", 0),
        (_OPEN + b'<testcase name="t">', b'<failure message="%s"/>' % (b"m" * 50_000), b"</testcase>" + _CLOSE, 1),
    ],
)
def test_memory_stays_bounded(head: bytes, unit: bytes, tail: bytes, cases: int) -> None:
    tracemalloc.start()
    try:
        extraction = extract("big.xml", _big(head, unit, 300, tail))
        report = None
        while report is None:
            try:
                next(extraction)
            except StopIteration as stop:
                report = stop.value
        assert tracemalloc.get_traced_memory()[1] < 14_000_000
    finally:
        tracemalloc.stop()
    assert report.counts.testcases == cases


def test_names_of_unknown_elements_are_not_kept() -> None:
    tracemalloc.start()
    try:
        extraction = extract("big.xml", (b"<a%d/>" % number for number in range(40_000)))
        assert list(extraction) == []
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_long_text_keeps_its_two_ends_and_their_lines() -> None:
    body = "".join(f"line {number}\n" for number in range(2, 60_000))
    (error,), report = read(
        f'<testsuite><testcase name="a"><failure message="Boom: it broke">first\n{body}last</failure></testcase></testsuite>'
    )
    lines = error.text.split("\n")
    assert lines[:3] == ["Boom: it broke", "first", "line 2"]
    assert "characters left out" in error.text
    assert (lines[-1], lines[-2]) == ("last", "line 59999")
    assert (error.line_numbers[-1], error.line_numbers[-2]) == (60_000, 59_999)
    assert all(
        number == int(line.split()[1]) for line, number in zip(lines, error.line_numbers, strict=True) if line.startswith("line ")
    )
    assert len(error.text) < 70_000
    assert report.lines == 60_000


@pytest.mark.parametrize("opening", ["<?", "<?php ", "<!DOCTYPE a [", "<!doctype html "])
@pytest.mark.parametrize("times", [1, 63, 64, 65, 10_000])
def test_openings_without_an_end_are_text_however_many_there_are(opening: str, times: int) -> None:
    errors, report = read(f"<testsuite><testcase name='a'><failure>{opening * times}</failure></testcase></testsuite>")
    assert [error.test_name for error in errors] == ["a"]
    assert report.damaged
    assert any("stray" in warning or "truncated" in warning for warning in report.warnings)


def test_many_instructions_with_an_end_are_no_damage() -> None:
    _, report = read("<testsuite>" + "<?a b?>" * 1000 + _CASES[0] + "</testsuite>")
    assert not report.damaged
    assert report.counts is not None
    assert report.counts.testcases == 1
