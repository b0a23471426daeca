"""The settled boundary questions of the taxonomy, one by one, on texts as the tools print them."""

from __future__ import annotations

import pytest
from rules_support import answer

from error_classification.models import Outcome, SourceType

LABELS = [
    # Findings of a lint against a compiler that refuses code.
    (
        "error: this `if` has identical blocks\n  = note: `-D clippy::if-same-then-else` implied by `-D warnings`",
        "assertion_failure/lint",
    ),
    ("cart.cpp:12:5: error: use nullptr [modernize-use-nullptr,-warnings-as-errors]", "assertion_failure/lint"),
    ("./cart.go:12:2: fmt.Printf format %d has arg x of wrong type string", "assertion_failure/lint"),
    ("cart.c:9:7: error: unused variable 'x' [-Werror=unused-variable]", "assertion_failure/lint"),
    ("error[E0308]: mismatched types\n --> src/lib.rs:3:5", "compilation_error/types"),
    ("shop/cart.py:4: error: Incompatible types in assignment  [assignment]", "compilation_error/types"),
    ("src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.", "compilation_error/types"),
    # Sanitizers.
    ("==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000010", "runtime_error/"),
    ("==9==ERROR: LeakSanitizer: detected memory leaks", "runtime_error/"),
    ("cart.c:3:9: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'", "runtime_error/"),
    ("WARNING: ThreadSanitizer: data race (pid=9)", "flaky_test/data_race"),
    ("==================\nWARNING: DATA RACE\nRead at 0x00c000018098 by goroutine 7:", "flaky_test/data_race"),
    # Imports that do not resolve.
    ("ModuleNotFoundError: No module named 'yaml'", "dependency_error/missing_module"),
    ("Error: Cannot find module 'express'", "dependency_error/missing_module"),
    ("Module not found: Error: Can't resolve './cart' in '/src'", "compilation_error/undefined_symbol"),
    ("Error: Cannot find module './cart'", "runtime_error/uncaught_exception"),
    (
        "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/venv/lib/python3.11/site-packages/werkzeug/urls.py)",
        "dependency_error/version_conflict",
    ),
    ("cart.c:2:10: fatal error: zlib.h: No such file or directory", "dependency_error/missing_system_library"),
    # pytest could not collect the file: whatever the reason is.
    (
        "______ ERROR collecting tests/test_cart.py ______\nImportError while importing test module '/src/tests/test_cart.py'.\n"
        "E   ModuleNotFoundError: No module named 'yaml'",
        "infrastructure_error/test_collection",
    ),
    # What is referenced and does not exist.
    ("ERROR: No matching distribution found for torch==99.0", "dependency_error/package_not_found"),
    ("npm ERR! notarget No matching version found for left-pad@99.", "dependency_error/package_not_found"),
    ("fatal: couldn't find remote ref refs/heads/gone", "configuration_error/bad_reference"),
    ("curl: (22) The requested URL returned error: 404", "configuration_error/bad_reference"),
    ("HTTP Error 401: Unauthorized", "configuration_error/authentication"),
    ("curl: (22) The requested URL returned error: 403", "configuration_error/authentication"),
    # Waiting.
    ("Error: Timed out 5000ms waiting for expect(locator).toBeVisible()", "timeout/test"),
    ("  [FAILED] Timed out after 10.001s.\n  Expected\n      <int>: 3\n  to equal\n      <int>: 4", "timeout/test"),
    ("        \tError:      \tCondition never satisfied", "timeout/test"),
    # A socket's limit against a limit of the work.
    (
        "urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out. (read timeout=15)",
        "network_error/connection",
    ),
    ("dial tcp 192.0.2.1:443: i/o timeout", "network_error/connection"),
    ("panic: test timed out after 10m0s", "timeout/test"),
    ("subprocess.TimeoutExpired: Command '['make']' timed out after 60 seconds", "timeout/step"),
    ("ConnectionRefusedError: [Errno 111] Connection refused", "network_error/connection"),
    ("Expected status code 200 but got 500", "assertion_failure/test_assertion"),
    ("E   httpx.ReadTimeout", "network_error/connection"),
    # Exit codes.
    ("subprocess.CalledProcessError: Command '['make']' returned non-zero exit status 137.", "resource_exhaustion/memory"),
    ("Process completed with exit code 124.", "timeout/step"),
    ("Process completed with exit code 137.", "resource_exhaustion/memory"),
    ("Process completed with exit code 139.", "runtime_error/segfault"),
    ("Process completed with exit code 134.", "runtime_error/abort"),
    # Checksums against downloads cut short.
    ("error: Hash mismatch for `anyio==4.4.0`", "dependency_error/lockfile_mismatch"),
    ("curl: (18) transfer closed with 812 bytes remaining to read", "network_error/download"),
    # Quotas and sizes.
    ("File data.bin is 120.00 MB; this exceeds GitHub's file size limit of 100.00 MB", "resource_exhaustion/quota"),
    ("cp: error writing 'x': Disk quota exceeded", "resource_exhaustion/quota"),
    # Hardware that the runner lacks.
    ("Fatal glibc error: CPU does not support x86-64-v2", "infrastructure_error/runner_lost"),
    # The exception names another row.
    ("MemoryError", "resource_exhaustion/memory"),
    ("AssertionError: totals differ", "assertion_failure/test_assertion"),
    ("KeyError: 'total'", "runtime_error/uncaught_exception"),
]

NO_ANSWER = [
    "",
    "   \n\n",
    "Process completed with exit code 1.",
    "Error: Process completed with exit code 1.",
    "##[error]Process completed with exit code 2.",
    "make: *** [Makefile:3: all] Error 2",
    "BUILD FAILED",
    "subprocess.CalledProcessError: Command '['cmake', '..']' returned non-zero exit status 1.",
    "3 failed",
    "2 failed, 14 passed in 3.20s",
    "1 test failed",
    "Process completed with exit code 143.",
    "Process completed with exit code 130.",
    "Error: The operation was canceled.",
    "Process completed with exit code 137.\nThe operation was canceled.",
    "The committee met on Tuesday and failed to agree on the error of its ways.",
    "def total(items):\n    return sum(item.price for item in items)",
    "try:\n    load()\nexcept ValueError:\n    raise",
    "collected 14 items\n\ntests/test_cart.py ..............\n\n14 passed in 0.20s",
    "Compiling shop v0.1.0\n    Finished dev [unoptimized + debuginfo] target(s) in 1.20s",
    "added 812 packages in 9s\n\nfound 0 vulnerabilities",
    "[INFO] BUILD SUCCESS\n[INFO] Total time:  3.2 s",
]


@pytest.mark.parametrize(("text", "label"), LABELS)
def test_the_text_gets_its_label(text: str, label: str) -> None:
    given = answer(text)
    assert given.startswith(label) if label.endswith("/") else given == label


@pytest.mark.parametrize("text", NO_ANSWER)
def test_a_text_without_a_cause_gets_none(text: str) -> None:
    assert answer(text) == "unclassified"


@pytest.mark.parametrize(
    ("code", "label"),
    [(124, "timeout/step"), (137, "resource_exhaustion/memory"), (139, "runtime_error/segfault"), (134, "runtime_error/abort")],
)
def test_an_exit_code_alone_speaks(code: int, label: str) -> None:
    assert answer("make all", exit_code=code) == label


@pytest.mark.parametrize("code", [1, 2, 130, 143, None])
def test_other_exit_codes_say_nothing(code: int | None) -> None:
    assert answer("make all", exit_code=code) == "unclassified"


def test_a_signal_after_a_cancellation_is_no_lack_of_memory() -> None:
    assert answer("The run was cancelled by a newer one", exit_code=137) == "unclassified"


def test_passing_on_a_retry_is_flaky_whatever_the_text_says() -> None:
    assert answer("AssertionError: 1 != 2", outcome=Outcome.FLAKY, test_name="cart::total") == "flaky_test/passed_on_retry"


@pytest.mark.parametrize(
    ("text", "outcome", "label"),
    [
        ("", Outcome.FAILED, "assertion_failure/test_assertion"),
        ("Failed", Outcome.FAILED, "assertion_failure/test_assertion"),
        ("cart::total", Outcome.FAILED, "assertion_failure/test_assertion"),
        ("", Outcome.ERRORED, "unclassified"),
        ("nobody knows what this says", Outcome.FAILED, "unclassified"),
        ("exited with error code 1", Outcome.FAILED, "unclassified"),
        (
            "java.lang.AssertionError: totals differ\n\tat shop.CartTest.total(CartTest.java:9)",
            Outcome.FAILED,
            "assertion_failure/test_assertion",
        ),
        (
            "com.acme.OutOfStockException: none left\n\tat shop.Cart.add(Cart.java:3)",
            Outcome.ERRORED,
            "runtime_error/uncaught_exception",
        ),
    ],
)
def test_a_failing_test_of_a_report(text: str, outcome: Outcome, label: str) -> None:
    assert answer(text, outcome=outcome, kind=SourceType.JUNIT, test_name="cart::total") == label


def test_the_source_lines_that_jest_shows_around_a_failure_say_nothing() -> None:
    text = (
        "TypeError: Cannot read properties of undefined (reading 'id')\n\n"
        "      11 |   it('renders', () => {\n    > 12 |     user.id\n      13 |     expect(x).toMatchInlineSnapshot()\n"
    )
    assert answer(text, framework="jest") == "runtime_error/uncaught_exception"
