"""The ten categories and their subcategories: the only list of them.

A label names the ROOT CAUSE of a failure as far as its text shows it. Where the text shows none, the answer is
``models.UNCLASSIFIED``: an abstention, not an eleventh category.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Domain(StrEnum):
    """Who can mend it: the people who changed the code, or those who run the platform."""

    CODE = "code"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Subcategory:
    """Second level of a label. ``retryable``: running the same commit again may well pass."""

    name: str
    domain: Domain
    retryable: bool
    definition: str


@dataclass(frozen=True, slots=True)
class Category:
    """First level of a label; ``boundary`` says what looks alike but belongs elsewhere."""

    name: str
    definition: str
    boundary: str
    subcategories: tuple[Subcategory, ...]


def _code(name: str, definition: str, *, retryable: bool = False) -> Subcategory:
    return Subcategory(name, Domain.CODE, retryable, definition)


def _platform(name: str, definition: str, *, retryable: bool = False) -> Subcategory:
    return Subcategory(name, Domain.PLATFORM, retryable, definition)


CATEGORIES: tuple[Category, ...] = (
    Category(
        "dependency_error",
        "A package, library, tool or system header cannot be found, resolved or installed, or has the wrong version.",
        "A download that the network or the remote broke is network_error; a pytest collection error is infrastructure_error.",
        (
            _code("version_conflict", "Requirements contradict each other, or an installed version does not fit."),
            _code("package_not_found", "A package, or the version asked for, does not exist where it is looked for."),
            _code("missing_module", "A third-party module is imported but not installed."),
            _code("missing_system_library", "A shared object, system header or system library is absent."),
            _code("lockfile_mismatch", "The lock file or a recorded checksum does not fit."),
            _code("tool_missing", "A command that should have been installed is not there."),
        ),
    ),
    Category(
        "timeout",
        "A time limit ran out: step, job, test or command exceeded its maximum, a watchdog killed it, it hung.",
        "A socket's connect or read timeout to a remote service is network_error.",
        (
            _platform("job", "The whole job exceeded its limit.", retryable=True),
            _platform("step", "A step or command exceeded its limit.", retryable=True),
            _code("test", "A test, or an assertion that waits, exceeded its limit.", retryable=True),
            _code("deadlock", "Everything waits for everything."),
        ),
    ),
    Category(
        "resource_exhaustion",
        "Memory, GPU memory, disk, inodes, file descriptors, ports, quota or heap ran out; exit 137, OOMKilled.",
        "",
        (
            _platform("memory", "The process or container ran out of memory."),
            _platform("gpu_memory", "The accelerator ran out of memory."),
            _platform("disk", "No space or inodes left on the device.", retryable=True),
            _platform("file_descriptors", "Too many open files, processes or ports."),
            _platform("quota", "A quota or size limit was reached."),
            _code("memory_leak", "Memory was lost until none was left."),
        ),
    ),
    Category(
        "network_error",
        "DNS, refused or reset connection, TLS, proxy, 5xx or 429 from a remote, interrupted download, unreachable host.",
        "401, 403 and 404 are configuration_error, or dependency_error when a package version does not exist.",
        (
            _platform("dns", "A host name could not be resolved.", retryable=True),
            _platform("connection", "Connection refused, reset, unreachable or timed out.", retryable=True),
            _platform("tls_certificate", "A TLS handshake or certificate check failed."),
            _platform("http_5xx", "A remote service answered 5xx.", retryable=True),
            _platform("rate_limit", "A remote service limits the rate of requests (429).", retryable=True),
            _platform("download", "A download was cut short or came damaged.", retryable=True),
            _platform("external_service", "A remote service failed in its own way.", retryable=True),
        ),
    ),
    Category(
        "assertion_failure",
        "The expectation of a test or gate was not met: assertion, snapshot, coverage, findings of a linter or gate.",
        "Static type checkers and compilers are compilation_error.",
        (
            _code("test_assertion", "A test expected something else."),
            _code("snapshot", "A snapshot, golden file or reference image differs."),
            _code("lint", "A linter or formatter has findings."),
            _code("coverage", "Coverage is below its threshold."),
            _code("link_check", "A link checker found dead links."),
            _code("vulnerability_gate", "A scanner found vulnerabilities or secrets."),
            _code("licence_gate", "A licence check failed."),
        ),
    ),
    Category(
        "compilation_error",
        "Compiling, linking, type checking or a syntax error reported by a compiler or type checker.",
        "A missing third-party header or library is dependency_error.",
        (
            _code("syntax", "The source does not parse."),
            _code("types", "The types do not fit."),
            _code("undefined_symbol", "A name is not defined where the compiler looks."),
            _code("link", "The linker failed."),
            _code("codegen", "A code generator, annotation processor or resource compiler failed."),
        ),
    ),
    Category(
        "runtime_error",
        "A crash or uncaught exception of program or test code.",
        "An exception that names another category (MemoryError, ConnectionError, ModuleNotFoundError) goes there.",
        (
            _code("uncaught_exception", "An exception reached the top."),
            _code("segfault", "Invalid memory access."),
            _code("panic", "A panic of the language's runtime or the kernel."),
            _code("abort", "The program aborted itself."),
            _code("gpu_fault", "The accelerator reported an illegal access or a fault."),
        ),
    ),
    Category(
        "infrastructure_error",
        "The CI platform, runner, container runtime, orchestrator or test harness failed.",
        "An image pull takes its stated cause; only without one is it infrastructure_error.",
        (
            _platform("runner_lost", "The runner shut down or lost contact.", retryable=True),
            _platform("container_runtime", "The container engine failed.", retryable=True),
            _platform("orchestrator", "Scheduling, eviction or pod start failed.", retryable=True),
            _platform("artifact_or_cache", "The artifact or cache service failed.", retryable=True),
            _platform("checkout", "The checkout failed for reasons of its own.", retryable=True),
            _code("test_collection", "The harness could not collect or start the tests."),
            _platform("ci_service", "The CI service itself failed.", retryable=True),
        ),
    ),
    Category(
        "configuration_error",
        "Wrong or missing configuration, permission, secret, path, input file, git ref, artifact, or argument.",
        "",
        (
            _code("invalid_config", "A configuration or workflow file is not valid."),
            _code("missing_variable", "An environment variable or secret is not set."),
            _platform("permission", "Access is denied (403, EACCES)."),
            _platform("authentication", "Credentials are missing or refused (401)."),
            _code("missing_file", "A file or folder that is named does not exist."),
            _code("bad_argument", "An option or argument is unknown or invalid."),
            _code("bad_reference", "A ref, tag, image or artifact that is named does not exist."),
        ),
    ),
    Category(
        "flaky_test",
        "The text, or the history of the same test, shows non-determinism.",
        "Without such evidence it is another category; failing on every retry is not flaky.",
        (
            _code("passed_on_retry", "It failed and then passed.", retryable=True),
            _code("data_race", "A race detector reported a race.", retryable=True),
            _code("order_dependent", "The result depends on the order of tests.", retryable=True),
            _code("timing", "The result depends on timing.", retryable=True),
        ),
    ),
)

BY_NAME = {category.name: category for category in CATEGORIES}
SUBCATEGORIES = {(category.name, sub.name): sub for category in CATEGORIES for sub in category.subcategories}


def subcategory_of(category: str, name: str) -> Subcategory | None:
    """The marks of ``category/name``; None for an unknown or empty name."""
    return SUBCATEGORIES.get((category, name))
