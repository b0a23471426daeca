"""Overlapping windows: every byte is scanned once, line numbers hold, memory is bounded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.extraction.job_log import windowing as module
from error_classification.extraction.job_log.scanning import candidates
from error_classification.extraction.job_log.windowing import windows


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 64)
    monkeypatch.setattr(module, "MARGIN", 16)


@pytest.mark.usefixtures("small_windows")
class TestSmallWindows:
    @settings(deadline=None)
    @given(st.binary(max_size=600), st.integers(1, 50))
    def test_every_byte_is_scanned_exactly_once(self, data: bytes, size: int) -> None:
        chunks = [data[start : start + size] for start in range(0, len(data), size)]
        assert b"".join(window.data[window.lo : window.hi] for window in windows(chunks)) == data

    @settings(deadline=None)
    @given(st.lists(st.sampled_from([b"", b"some output", b"fatal: x", b"x" * 40, b"error " * 4]), max_size=60))
    def test_line_numbers_hold_from_window_to_window(self, lines: list[bytes]) -> None:
        data = b"\n".join(lines)
        numbers = [candidate.number for _, candidate in candidates(windows([data]))]
        assert numbers == [number for number, line in enumerate(lines, 1) if b"fatal" in line or b"error" in line]

    def test_a_window_sees_its_neighbourhood(self) -> None:
        data = b"".join(b"line %03d\n" % number for number in range(100))
        inner = list(windows([data[start : start + 20] for start in range(0, len(data), 20)]))[1:-1]
        assert inner
        for window in inner:
            assert window.lo >= 8
            assert len(window.data) - window.hi >= 8

    def test_one_line_without_end_does_not_pile_up(self) -> None:
        assert max(len(window.data) for window in windows(b"x" * 10 for _ in range(1000))) < 200


def test_lines_around_an_offset() -> None:
    (window,) = windows([b"a\nbb\nccc\n\nlast"])
    starts = window.data.index(b"ccc")
    assert [window.data[start:end] for start, end in window.lines_before(starts)] == [b"bb", b"a"]
    assert [window.data[start:end] for start, end in window.lines_after(starts)] == [b"ccc", b"", b"last"]
