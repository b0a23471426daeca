"""Frameworks are told by what they print."""

from __future__ import annotations

import pytest

from error_classification.extraction.framework import FRAMEWORKS, framework_of


@pytest.mark.parametrize(
    ("text", "framework"),
    [
        ("E       assert 1 == 2\ntests/test_a.py:3: AssertionError", "pytest"),
        ("error[E0308]: mismatched types\n --> src/main.rs:3:5", "rust"),
        ("--- FAIL: TestA (0.00s)\n    a_test.go:3: got 1", "go"),
        ("  ● adds\n\n    expect(received).toBe(expected)", "jest"),
        ("RuntimeError in vllm/engine/core.py: EngineCore died", "vllm"),
        ("[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.22", "maven"),
        ("* What went wrong:\nExecution failed for task ':app:test'.", "gradle"),
        ("src/a.cpp:3:5: error: expected ';'", "cpp"),
        ("CMake Error at CMakeLists.txt:3 (find_package):", "cmake"),
        ('Traceback (most recent call last):\n  File "a.py", line 1', "python"),
        ("app.ts(2,22): error TS2554: Expected 2 arguments", "typescript"),
        ("fatal: repository not found", "git"),
        ("something went wrong", ""),
        ("", ""),
    ],
)
def test_the_framework_of_a_text(text: str, framework: str) -> None:
    assert framework_of(text) == framework


def test_the_first_telling_text_decides() -> None:
    assert framework_of("nothing", "cargo test") == "rust"


def test_every_name_is_there_once() -> None:
    names = [name for name, _ in FRAMEWORKS]
    assert len(names) == len(set(names))
