"""Which framework wrote a report, guessed from what only its report writer puts there: one table, first hit wins."""

from __future__ import annotations

import re

_HINT_LIMIT = 4000

_IN_SUITE: tuple[tuple[str, str], ...] = (
    ("pytest", r'name="pytest(?: tests)?"|name="pytest-'),
    ("jest", r'name="jest tests"'),
    ("vitest", r'name="vitest tests"'),
    ("nextest", r'name="nextest-run"'),
    ("cypress", r'file="[^"]*(?:cypress/|\.cy\.[jt]sx?)|name="[^"]*\.cy\.[jt]sx?"'),
    ("mocha", r'name="Mocha Tests"|name="Root Suite'),
    ("playwright", r'<testsuites id="" name="" |hostname="(?:chromium|firefox|webkit)"'),
    ("go", r'"go\.version"|"go\.mod'),
    ("surefire", r'surefire-test-report|"surefire\.'),
    ("gradle", r'"org\.gradle|name="Gradle Test'),
    ("phpunit", r' assertions="'),
    ("rspec", r'name="rspec'),
    ("minitest", r'name="Minitest|"minitest'),
    ("googletest", r'name="AllTests"'),
    ("catch2", r'hostname="tbd"'),
    ("xctest", r'\.xctest"|\.xctest '),
    ("qtest", r'"QTestVersion"'),
    ("unittest", r'name="unittest\.suite\._ErrorHolder'),
    ("exunit", r'name="Elixir\.'),
    ("ginkgo", r'"LeafNodes"|"SuiteHasProgrammaticFocus"|name="Ginkgo'),
    ("bazel", r'name="bazel[/"]'),
    ("xunit", r"xunit\.net|Xunit"),
    ("tap", r'name="t[./_][^"]*\.t"'),
    ("mocha", r'file="[^"]*\.(?:spec|test)\.[cm]?[jt]sx?"'),
    ("java", r'"java\.version"|"java\.vm\.'),
)
_IN_CASE: tuple[tuple[str, str], ...] = (
    ("pytest", r"^E   |^[^\s:]+\.py:\d+: (?:\w+Error|in )|failed on (?:setup|teardown) with|collection failure"),
    ("playwright", r"›|page\.goto:|expect\(locator\)"),
    ("cypress", r"\.cy\.[jt]sx?|CypressError|cypress_runner"),
    ("xctest", r"XCTAssert|\.(?:swift|mm?):\d+"),
    ("go", r"_test\.go:\d+|^=== RUN  |^--- FAIL: |^goroutine \d+ \["),
    ("rust", r"panicked at [^\n]*\.rs:\d+|^thread '[^\n]*' (?:\(\d+\) )?panicked"),
    ("googletest", r"^[^\n]+\.(?:cc|cpp|cxx|cu|h):\d+(?:: Failure)?\n(?:Failure|Expected|Value of|Failed)|result=\"completed\""),
    ("behave", r"^Failing step: |^@scenario\.begin|^Location: [^\n]*\.feature:"),
    ("cucumber", r"\.feature:\d+"),
    ("phpunit", r"PHPUnit\\|PHPUnit_|\.php:\d+"),
    ("rspec", r"RSpec::|Failure/Error: "),
    ("exunit", r"\.exs:\d+"),
    ("xunit", r"Xunit\.Sdk"),
    ("nunit", r"NUnit\."),
    ("gradle", r"at org\.gradle\.|at worker\.org\.gradle"),
    ("surefire", r"at org\.apache\.maven\.surefire"),
    ("vitest", r"❯ |file:///[^\n]*vitest|// Object\.is equality"),
    ("jest", r"expect\(received\)|jest-circus|jest-jasmine|at Object\.<anonymous> \("),
    ("mocha", r"at Context\.|mocha/lib"),
    ("junit", r"at [\w.$]+\([\w$]+\.(?:java|kt|groovy|scala):\d+\)|java\.lang\."),
    ("unittest", r"unittest/case\.py|self\.assert[A-Z]|self\.fail\("),
    ("python", r"^Traceback \(most recent call last\)"),
    ("ctest", r' status="fail"'),
)


def _combined(table: tuple[tuple[str, str], ...]) -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(pattern, re.MULTILINE)) for name, pattern in table]


_SUITE_PATTERNS, _CASE_PATTERNS = _combined(_IN_SUITE), _combined(_IN_CASE)

RETRYING = frozenset(("go", "gradle", "xctest"))
"""Every attempt is a test case of its own in their reports: gotestsum --rerun-fails, Gradle's test-retry, Xcode's retries."""


def of_suite(hints: bytes) -> str:
    """The framework that the attributes and properties of a suite and its ancestors give away; empty if none."""
    return _first(_SUITE_PATTERNS, hints.decode("utf-8", "replace").replace("'", '"'))


def of_case(attributes: bytes, text: str) -> str:
    """The framework that a test case's attributes and the text of its failure give away; empty if none."""
    return _first(_CASE_PATTERNS, attributes[:_HINT_LIMIT].decode("utf-8", "replace").replace("'", '"') + "\n" + text)


def _first(table: list[tuple[str, re.Pattern[str]]], hints: str) -> str:
    return next((name for name, pattern in table if pattern.search(hints[:_HINT_LIMIT])), "")
