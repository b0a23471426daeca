"""What an error says: text, headline, lines, place and framework, for the dialects of many writers."""

from __future__ import annotations

import pytest
from junit_support import only, read

from error_classification.models import ErrorContext


def _case(inside: str, attributes: str = 'classname="pkg.Cls" name="test_x"', around: str = "") -> str:
    return f"<testsuites>\n<testsuite {around}>\n<testcase {attributes}>{inside}</testcase>\n</testsuite>\n</testsuites>"


def _failure(message: str, kind: str, body: str) -> ErrorContext:
    escaped = message.replace('"', "&quot;").replace("<", "&lt;").replace("\n", "&#10;")
    return only(_case(f'<failure message="{escaped}" type="{kind}"><![CDATA[{body}]]></failure>'))


_CHAIN = "StateException: cannot start\n\tat a.B.c(B.java:3)\nCaused by: ConnectException: refused\n\t... 3 more"
_XUNIT = "Assert.Equal() Failure\nExpected: 1\nActual:   2"
_RSPEC = "RSpec::NotMetError"


@pytest.mark.parametrize(
    ("message", "kind", "body", "opening", "headline"),
    [
        ("1 != 2", "AssertionError", "", "AssertionError: 1 != 2", "AssertionError: 1 != 2"),
        ("AssertionError: 1 != 2", "AssertionError", "", "AssertionError: 1 != 2", "AssertionError: 1 != 2"),
        ("1 != 2", "", "", "1 != 2", "1 != 2"),
        ("", "KeyError", "", "KeyError", "KeyError"),
        ("", "", "", "(no message)", ""),
        ("\x1b", "", "", "(no message)", ""),
        ("Failed", "", "x_test.go:3: got 1", "", "x_test.go:3: got 1"),
        ("Timeout", "", "", "Timeout", "Timeout"),
        ("no", "AssertionError", "nothing", "AssertionError: no", "AssertionError: no"),
        ("a is b", "java.lang.E", "java.lang.E: a is b\n\tat a.B.c(B.java:3)\n", "", "java.lang.E: a is b"),
        (_XUNIT, "Xunit.EqualError", "   at N.T.M()", f"Xunit.EqualError: {_XUNIT}", "Xunit.EqualError: Assert.Equal() Failure"),
        ("cannot start", "StateException", _CHAIN, "", "Caused by: ConnectException: refused"),
        ("assert 1 == 2", "", ">   assert 1 == 2\nE   assert 1 == 2\n\nt.py:3: AssertionError", "", "E   assert 1 == 2"),
        ('failed on setup with "E: full"', "", "E   E: full\n\nt.py:3: E", 'failed on setup with "E: full"', "E   E: full"),
        ("collection failure", "", "t.py:1: in x\nE   ImportError: No 'x'", "collection failure", "E   ImportError: No 'x'"),
        ("a.spec.ts:3:5 opens", "FAILURE", "  [chromium] › a.spec.ts\n\n   Error: no", "a.spec.ts:3:5 opens", "   Error: no"),
        ("\nwant: 1\n", _RSPEC, "Failure/Error: x\n\n want: 1", f"{_RSPEC}: want: 1", f"{_RSPEC}: want: 1"),
        ("m.swift:32: (false) failed", "", "", "m.swift:32: (false) failed", "m.swift:32: (false) failed"),
    ],
)
def test_text_and_headline(message: str, kind: str, body: str, opening: str, headline: str) -> None:
    error = _failure(message, kind, body)
    assert error.text == "\n".join(part for part in (opening, body.rstrip("\n")) if part)
    assert error.headline == headline


@pytest.mark.parametrize("escape", ["\x1b", "#x1B", "#x1b", "&#27;", "&#x1b;", "&amp;#27;", "&amp;#x1B;"])
def test_colours_are_taken_out_however_the_escape_is_spelled(escape: str) -> None:
    assert (
        only(_case(f'<failure message="{escape}[31mred{escape}[0m">{escape}[1;32mgreen{escape}[m</failure>')).text == "red\ngreen"
    )


def test_text_lines_know_the_input_lines_they_come_from() -> None:
    report = _case('\n<failure\n  message="first&#10;second"\n  type="E">\n\nbody <![CDATA[one\ntwo]]> and&#10;three\n</failure>')
    error = only(report)
    assert error.text.split("\n") == ["E: first", "second", "body one", "two and", "three"]
    assert error.line_numbers == (4, 4, 8, 9, 9)
    assert (error.line_start, error.line_end) == (4, 10)


def test_several_problems_of_one_case_are_one_error() -> None:
    error = only(
        _case("<failure message='a: one'/><failure message='a: one'/><failure message='b: two'/><error message='c: three'/>")
    )
    assert error.text == "a: one\n\nb: two\n\nc: three"


def test_very_many_problems_of_one_case_are_counted() -> None:
    error = only(_case("".join(f"<failure message='problem {number}'/>" for number in range(30))))
    assert error.text.endswith("problem 7\n... 22 more failures of this test case left out ...")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<failure><message>it broke</message><stackTrace>at x</stackTrace></failure>", "it broke\nat x"),
        ("<failure>it <b>really</b> broke<br/>!</failure>", "it <b>really</b> broke<br/>!"),
        ("<flakyFailure message='late'>st<system-out>noise</system-out></flakyFailure>", "late\nst"),
        (
            "<error type='NoneType' message='None'>Failing step: Given x ... undefined</error>",
            "Failing step: Given x ... undefined",
        ),
        ("<failure/><rerunFailure message='refused' type='ConnectError'/>", "ConnectError: refused"),
        ("<failure message='real cause'/><rerunFailure message='another'/>", "real cause"),
    ],
)
def test_parts_of_a_problem(inside: str, text: str) -> None:
    assert only(_case(inside)).text == text


_TRACEBACK = """Traceback (most recent call last):
  File "t.py", line 3, in &lt;module>
    import x
ModuleNotFoundError: No module named 'x'"""
_TRACEBACK_TEXT = _TRACEBACK.replace("&lt;", "<")


@pytest.mark.parametrize(
    ("inside", "around", "text"),
    [
        (f"<failure/><system-err>{_TRACEBACK}</system-err>", "", _TRACEBACK_TEXT),
        (f"<system-out>{_TRACEBACK}</system-out><failure message='Failed'/>", "", f"Failed\n{_TRACEBACK_TEXT}"),
        (
            f"<failure message='Failed'/><system-out>ok\n{_TRACEBACK}</system-out><system-err>warming up</system-err>",
            "",
            f"Failed\n{_TRACEBACK_TEXT}",
        ),
        ("<failure message='Failed'/><system-out>one\n\ntwo\n</system-out>", "", "Failed\none\n\ntwo"),
        (f"<failure message='1 != 2'/><system-err>{_TRACEBACK}</system-err>", "", "1 != 2"),
        (
            "<error message='exited with error code 1'/>",
            f"<system-out>log:\n{_TRACEBACK}</system-out>",
            f"exited with error code 1\n{_TRACEBACK_TEXT}",
        ),
        (
            "<error message='exited with error code 1'/>",
            "<system-out>hello\nworld</system-out>",
            "exited with error code 1\nhello\nworld",
        ),
        ("<error message='1 != 2'/>", f"<system-err>{_TRACEBACK}</system-err>", "1 != 2"),
    ],
)
def test_a_cause_is_looked_for_in_the_output_where_the_failure_has_none(inside: str, around: str, text: str) -> None:
    error = only(f"<testsuite><testcase name='a'>{inside}</testcase>{around}</testsuite>")
    assert error.text == text
    if "Traceback" in text:
        assert error.headline == "ModuleNotFoundError: No module named 'x'"
        assert (error.file, error.line) == ("t.py", 3)


def test_a_suites_output_is_told_of_the_test_that_it_names() -> None:
    output = "test_one\nValueError: bad\ntest_two\nKeyError: gone\n"
    cases = "".join(f"<testcase name='test_{name}'><failure/></testcase>" for name in ("one", "two"))
    errors = read(f"<testsuite>{cases}<system-out>{output}</system-out></testsuite>")[0]
    assert errors[1].text == "test_two\nKeyError: gone"
    assert "ValueError: bad" in errors[0].text


def test_output_that_names_no_error_is_no_cause_of_several_tests() -> None:
    cases = "".join(f"<testcase name='test_{name}'><failure message='Failed'/></testcase>" for name in ("one", "two"))
    errors = read(f"<testsuite>{cases}<system-out>hello\nworld</system-out></testsuite>")[0]
    assert [error.text for error in errors] == ["Failed", "Failed"]


@pytest.mark.parametrize("outer_first", [True, False])
def test_a_test_that_only_holds_failing_ones_takes_over_their_cause(outer_first: bool) -> None:
    def failed(name: str, body: str) -> str:
        return f'<testcase classname="p" name="{name}"><failure message="Failed">{body}</failure></testcase>'

    outer = failed("TestA", "=== RUN   TestA\n--- FAIL: TestA (0.00s)\n")
    middle = failed("TestA/b", "=== RUN   TestA/b\n    --- FAIL: TestA/b (0.00s)\n")
    inner = failed("TestA/b/c", "=== RUN   TestA/b/c\n    a_test.go:12: got 1, want 2\n        --- FAIL: TestA/b/c (0.00s)\n")
    other = failed("TestAB", "=== RUN   TestAB\n--- FAIL: TestAB (0.00s)\n")
    cases = [outer, middle, inner] if outer_first else [inner, middle, outer]
    errors = {error.test_name: error for error in read(f"<testsuite>{''.join(cases)}{other}</testsuite>")[0]}
    assert len({errors[name].text for name in ("p::TestA", "p::TestA/b", "p::TestA/b/c")}) == 1
    assert errors["p::TestA"].headline == "    a_test.go:12: got 1, want 2"
    assert (errors["p::TestA"].file, errors["p::TestA"].line) == ("a_test.go", 12)
    assert "got 1" not in errors["p::TestAB"].text


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('classname="a.B" name="c"', "a.B::c"),
        ('class="B" name="c"', "B::c"),
        ('name="c [1 &lt; 2]"', "c [1 < 2]"),
        ('classname="" name="c"', "c"),
        ('classname="B"', "B"),
        ('name="two\nlines"', "two lines"),
        ("", "the suite"),
    ],
)
def test_names(attributes: str, name: str) -> None:
    assert only(_case("<failure/>", attributes, 'name="the suite"')).test_name == name


@pytest.mark.parametrize(
    ("attributes", "body", "file", "line"),
    [
        ('file="tests/t.py" line="4"', "E  assert 0\n\ntests/t.py:9: AssertionError", "tests/t.py", 9),
        ('file="tests/t.py" line="4"', "E  assert 0\n\nlib/u.py:9: AssertionError", "tests/t.py", 4),
        ('filepath="a.php" line="x"', "", "a.php", None),
        (
            "",
            'Traceback (most recent call last):\n  File "a.py", line 3, in t\n  File "/v/site-packages/b.py", line 9, in f\nE: x',
            "a.py",
            3,
        ),
        ("", 'File "<string>", line 1', "", None),
        ("", "tests/a_test.py:7: in test_x\nsrc/b.py:9: ValueError", "src/b.py", 9),
        ("", "Error: x\n    at Object.t (src/a.test.ts:10:5)\n    at run (node_modules/jest/x.js:3:1)", "src/a.test.ts", 10),
        ('classname="a.FooTest"', "E: x\n\tat a.Foo.f(Foo.java:8)\n\tat a.FooTest.t(FooTest.java:21)", "FooTest.java", 21),
        (
            'classname="a.FooTest$Inner"',
            "E: x\n\tat org.junit.Assert.fail(Assert.java:89)\n\tat a.Foo.f(Foo.java:8)",
            "Foo.java",
            8,
        ),
        ("", "E: x\n\tat java.base/java.util.List.get(List.java:9)\n\tat a.Foo.f(Foo.kt:8)", "Foo.kt", 8),
        ("", "    x_test.go:12: no", "x_test.go", 12),
        ("", "thread 't' panicked at src/lib.rs:10:9:\nassertion failed", "src/lib.rs", 10),
        ("", "/src/a_test.cc:14: Failure\nExpected equality", "/src/a_test.cc", 14),
        ("", "C:\\src\\a.cpp(44): error: no", "C:\\src\\a.cpp", 44),
        ("", "Failed asserting\n\n/app/tests/ATest.php:34\n/app/vendor/p/x.php:2", "/app/tests/ATest.php", 34),
        ("", "./spec/a_spec.rb:11:in `block'\n/usr/gems/rspec/x.rb:1:in `y'", "./spec/a_spec.rb", 11),
        ("", "   at N.T.M() in /src/T.cs:line 12", "/src/T.cs", 12),
        ("", "test/a_test.exs:16: (test)", "test/a_test.exs", 16),
        ("", "at 12:30:45, ratio 3.py of x:7", "", None),
    ],
)
def test_places(attributes: str, body: str, file: str, line: int | None) -> None:
    error = only(_case(f"<failure><![CDATA[{body}]]></failure>", f'name="t" {attributes}'))
    assert (error.file, error.line) == (file, line)


@pytest.mark.parametrize(
    ("around", "inside", "framework"),
    [
        ('name="pytest"', "<failure message='x'/>", "pytest"),
        ("", "<failure>E   assert 0\n\nt.py:3: AssertionError</failure>", "pytest"),
        ('name="jest tests"', "<failure message='x'/>", "jest"),
        ("", "<failure>at Object.&lt;anonymous> (a.js:1:2)</failure>", "jest"),
        (
            'xsi:noNamespaceSchemaLocation="https://maven.apache.org/x/surefire-test-report.xsd"',
            "<failure message='x'/>",
            "surefire",
        ),
        ("", "<failure>x\n\tat org.gradle.api.Foo.bar(Foo.java:1)</failure>", "gradle"),
        ("", "<failure>x\n\tat a.B.c(B.java:3)</failure>", "junit"),
        ("", "<failure>    x_test.go:12: no</failure>", "go"),
        ('name="nextest-run"', "<failure message='x'/>", "nextest"),
        ('name="AllTests"', "<failure message='x'/>", "googletest"),
        ('assertions="7"', "<failure message='x'/>", "phpunit"),
        ("", "<failure>Failure/Error: x</failure>", "rspec"),
        ('name="Mocha Tests"', "<failure message='x'/>", "mocha"),
        ('name="CypressTests" file="cypress/e2e/a.cy.ts"', "<failure message='x'/>", "cypress"),
        ('hostname="webkit"', "<failure message='x'/>", "playwright"),
        ('name="A.xctest"', "<failure message='x'/>", "xctest"),
        ("", "<failure>thread 'a' panicked at src/x.rs:1:2:</failure>", "rust"),
        ("", "<failure message='x'/>", ""),
    ],
)
def test_frameworks(around: str, inside: str, framework: str) -> None:
    assert only(_case(inside, around=around)).framework == framework
