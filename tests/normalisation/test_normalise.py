"""Masks by name, the folding of layout, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.normalisation import normalise

TABLE: list[tuple[str, str]] = [
    ("at /home/runner/work/x/x/src/foo.py:12:5", "at <path>/foo.py:<line>"),
    ("at ./src/foo.py:12", "at src/foo.py:<line>"),
    ("../../src/foo.rs:1:2: x", "src/foo.rs:<line>: x"),
    ("D:\\a\\x\\x\\foo.cs(12,5): x", "<path>/foo.cs:<line>: x"),
    ("C:\\\\Users\\\\me\\\\x.txt", "<path>/x.txt"),
    ("\\\\server\\share\\dir\\x.txt", "<path>/x.txt"),
    ("file:///home/me/A.kt:3:4 x", "<path>/A.kt:<line> x"),
    ("in /tmp/tmpab12cd3x", "in <path>/<tmp>"),
    ("in /home/alice", "in <path>"),
    ("~/.cache/pip/x.whl", "<path>/x.whl"),
    ("open /dev/null", "open <path>/null"),
    ("target/debug/deps/foo-3f2a1b4c5d6e7f80", "target/debug/deps/foo-<hash>"),
    ("docker.io/library/python:3.11", "docker.io/library/python:3.11"),
    ("and/or", "and/or"),
    ("https://user:pw@h.example:8443/a/runs/12/x?sig=1", "https://h.example:<port>/a/runs/<id>/x?<query>"),
    ("10.0.0.7 and 127.0.0.1 and 0.0.0.0:80", "<ip> and 127.0.0.1 and 0.0.0.0:<port>"),
    ("[::1]:8080 or fe80::1ff:fe23:4567:890a", "[::1]:<port> or <ip>"),
    ("std::fmt::Display add::bad", "std::fmt::Display add::bad"),
    ("mac 00:1a:2b:3c:4d:5e", "mac <mac>"),
    ("2026-01-02T03:04:05Z x", "x"),
    ("x at 2026-01-02 03:04:05,678 +0100", "x at <timestamp>"),
    ("x on Mon Jan  2 03:04:05 UTC 2026", "x on <timestamp>"),
    ("x at 10:11:12.5", "x at <time>"),
    ("took 1m30s, 3.5 s, 12ms, 2 hours", "took <duration>, <duration>, <duration>, <duration>"),
    ("3 steps, 5 items", "3 steps, 5 items"),
    ("uid=1001 pid 7 Thread-3 goroutine 12", "uid=<pid> pid <pid> Thread-<thread> goroutine <thread>"),
    ("--seed=42 and seed: 7", "--seed=<seed> and seed: <seed>"),
    ("$MockitoMock$1234567 calls", "<generated> calls"),
    ("web-7d4b9c6f5d-x2x9z", "web-<pod>"),
    ("sha256:" + "ab" * 32, "<digest>"),
    (
        "1f3870be27 facade decade deadbeef defaced added 1234567 12345678",
        "<hash> facade decade deadbeef defaced added 1234567 12345678",
    ),
    ("0x7f3c12345678 0x80070005 0xC0000005 0xff", "<address> 0x80070005 0xC0000005 0xff"),
    ("main+0x1f", "main<offset>"),
    ("v1.2.3.4 ==1.2.3.4 version 1.2.3.4", "v1.2.3.4 ==1.2.3.4 version 1.2.3.4"),
    ("0.1234567f and 1.5e-07", "0.1234567f and 1.5e-07"),
    ("line 12, column 5 (char 7)", "line <line>, column <line> (char <line>)"),
    ("status 503, errno 13, exit code 137, signal 9", "status 503, errno 13, exit code 137, signal 9"),
    ("mail me@example.com", "mail <email>"),
    ("token <redacted:github_token> here", "token <redacted:github_token> here"),
    ("\x1b[1;31merror:\x1b[0m x", "x"),
    ("##[error]x", "x"),
    ("[ERROR] x", "x"),
    ("::error file=a.py,line=3::x", "x"),
    ("“a” ‘b’ `c`", "\"a\" 'b' 'c'"),
    ("  a \t b\r\n\r\n c\r", "a b\nc"),
]
FRAGMENTS = st.sampled_from(
    [
        *(
            "/",
            "//",
            "a",
            "/home/",
            "tmp",
            ":",
            ":12",
            ".py",
            "\\",
            "C:\\",
            "<",
            ">",
            "<path>",
            "<line>",
            "<redacted:",
            "12",
            "0x",
            "1f3870be27",
        ),
        *(
            " ",
            "\n",
            "\r",
            "\t",
            "2026-01-02",
            "T03:04:05Z",
            "error: ",
            "##[error]",
            "[",
            "]",
            "(",
            ")",
            "https://",
            "?",
            "@",
            ".",
            "-",
            "==",
        ),
        *(
            "pid ",
            "seed ",
            "line ",
            "port ",
            "run ",
            "branch '",
            "'",
            "10.0.0.1",
            "ms",
            "é",
            "\ud800",
            "\x1b[",
            "`",
            "job ",
            "~",
            "sha256:",
        ),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=24).map("".join))


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[f"{row[0][:30]!r}{index}" for index, row in enumerate(TABLE)])
def test_masks(text: str, expected: str) -> None:
    assert normalise(text).text == expected


@settings(max_examples=500)
@given(TEXTS)
def test_twice_is_the_same_as_once(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(TEXTS)
def test_layout_is_folded(text: str) -> None:
    lines = normalise(text).text.split("\n")
    assert all(line == " ".join(line.split()) for line in lines)
    assert all(lines) or lines == [""]


def test_what_was_masked_is_told_with_its_name() -> None:
    masks = normalise("pid 7 at /home/me/foo.py took 3s").masks
    assert masks == (("pid", "pid 7"), ("path", "/home/me/foo.py"), ("duration", "3s"))


@pytest.mark.parametrize(
    "unit",
    ["(", "/", "a/", "error: ", "<path>", "1", "f1", "::", "\\", ".", "@", "~/", "1m", "-", "e1-", "http://", " ", "\x1b["],
)
def test_hostile_text_comes_back_stable(unit: str) -> None:
    once = normalise(unit * (100_000 // len(unit))).text
    assert normalise(once).text == once


@pytest.mark.parametrize("unit", ["-../", "../--", "../%", "%../+"])
def test_text_that_does_not_settle_is_left_as_it_is(unit: str) -> None:
    text = "at " + unit * 100
    assert normalise(text).text == text


def test_long_lines_are_masked_like_short_ones() -> None:
    text = "at /home/me/foo.py and 10.0.0.7, "
    assert normalise(text * 2000).text.split(", ") == [*["at <path>/foo.py and <ip>"] * 1999, "at <path>/foo.py and <ip>,"]


def test_what_fits_only_beside_its_neighbours_is_left_alone() -> None:
    assert normalise("a@b.c.de.x@y.zz").text == "<email>.<email>"
    assert normalise("x 2501:2:3:::err").text == "x <ip>:::err"
