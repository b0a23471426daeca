"""Lines beside the match that say what was expected, where, and between which requirements."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.classification.rules.details import MAX_DETAILS, details

RUSTC = """\
error[E0308]: mismatched types
 --> src/lib.rs:7:9
  |
6 | fn size() -> u8 {
  |              -- expected `u8` because of return type
7 |         "seven"
  |         ^^^^^^^ expected `u8`, found `&str`
"""
GCC = """\
a.c:3:12: error: 'lenght' undeclared (first use in this function)
    3 |     return lenght;
      |            ^~~~~~
"""
JAVAC = """\
App.java:4: error: cannot find symbol
        List<String> names = all();
        ^
  symbol:   class List
  location: class App
"""
ERESOLVE = """\
npm ERR! code ERESOLVE
npm ERR! ERESOLVE unable to resolve dependency tree
npm ERR!
npm ERR! Found: vue@2.7.0
npm ERR! node_modules/vue
npm ERR!   vue@"^2.6.0" from the root project
npm ERR!
npm ERR! Could not resolve dependency:
npm ERR! peer vue@"^3.0.0" from vue-router@4.2.0
"""
RUST_TEST = """\
thread 'adds' panicked at tests/sum.rs:4:5:
assertion `left == right` failed
  left: 3
 right: 4
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
JEST = """\
expect(received).toEqual(expected) // deep equality

- Expected  - 1
+ Received  + 1

  Object {
-   "a": 1,
+   "a": 2,
-   "z": 1,
  }
"""
HAMCREST = """\
java.lang.AssertionError: the total
Expected: is <12>
     but: was <11>
\tat org.hamcrest.MatcherAssert.assertThat(MatcherAssert.java:20)
"""
PIP = """\
ERROR: Cannot install app and lib because these package versions have conflicting dependencies.

The conflict is caused by:
    app 1.0 depends on left>=2
    lib 3.1 depends on left<2
"""
PYTHON = """\
ImportError while importing test module
  File "/w/conftest.py", line 3, in load
    return build(path)
           ^^^^^^^^^^^
ValueError: no such plugin
"""


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        (RUSTC, [" --> src/lib.rs:7:9", '7 |         "seven"', "  |         ^^^^^^^ expected `u8`, found `&str`"]),
        (GCC, ["    3 |     return lenght;"]),
        (JAVAC, ["        List<String> names = all();", "  symbol:   class List", "  location: class App"]),
        (
            ERESOLVE,
            [
                "npm ERR! Found: vue@2.7.0",
                'npm ERR!   vue@"^2.6.0" from the root project',
                'npm ERR! peer vue@"^3.0.0" from vue-router@4.2.0',
            ],
        ),
        (RUST_TEST, ["  left: 3", " right: 4"]),
        (JEST, ['-   "a": 1,', '+   "a": 2,']),
        (HAMCREST, ["Expected: is <12>", "     but: was <11>"]),
        ("head\n  Expected: 1\n  Actual:   2\n", ["  Expected: 1", "  Actual:   2"]),
        ("head\nE   assert 1 == 2\nE    +  where 1 = f()\n", ["E    +  where 1 = f()"]),
        (PIP, ["    app 1.0 depends on left>=2", "    lib 3.1 depends on left<2"]),
        (PYTHON, []),
        ("- removed\n+ added\n- a list\n", []),
        ("error\nexpected a value\nleft the building: no\nfound it\n", []),
        ("one line", []),
    ],
)
def test_telling_lines(text: str, telling: list[str]) -> None:
    lines = text.split("\n")
    assert [lines[index] for index in details(lines, 0)] == telling


def test_only_what_is_near_and_not_too_much() -> None:
    assert details(["error", *[""] * 30, "Expected: 1"], 0) == []
    assert details(["Expected: 1", "error"], 1) == []
    assert len(details(["error", *["Expected: 1"] * 9], 0)) == MAX_DETAILS


@settings(max_examples=200)
@given(
    st.lists(st.text(st.sampled_from('^~-+| :>@xE"leftFound') | st.characters(), max_size=60), min_size=1, max_size=40), st.data()
)
def test_any_lines(lines: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(lines) - 1))
    found = details(lines, start)
    assert found == sorted(set(found))
    assert len(found) <= MAX_DETAILS
    assert all(start < index < len(lines) for index in found)


@pytest.mark.parametrize("piece", ["^", "^ ", "|", "- ", "left ", "@", "E ", ":", "a@b from", "--> "])
def test_long_lines_are_looked_at_in_part(piece: str) -> None:
    lines = ["error", *[piece * 100_000] * 30]
    assert len(details(lines, 0)) <= MAX_DETAILS
