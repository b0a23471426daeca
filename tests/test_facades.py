"""The names that scripts of the first generation import: their signatures, their meaning."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import error_classification
from error_classification.classifier import ErrorClassification, ErrorClassifier
from error_classification.config import Config
from error_classification.deduplicator import ErrorDeduplicator
from error_classification.error_extractor import ErrorContext, ErrorExtractor, to_model
from error_classification.errors import InputError, UsageError
from error_classification.models import Outcome, SourceType
from stand_ins.claude import ClaudeServer, message

MESSAGE = "ModuleNotFoundError: No module named 'numpy'"
JUNIT = """<testsuite name="s" tests="2"><testcase classname="tests.test_a" name="ok"/>
<testcase classname="tests.test_a" name="bad"><failure message="assert 1 == 2">tests/test_a.py:3: AssertionError</failure>
</testcase></testsuite>"""
BUILD = """#5 [builder 2/3] RUN make
#5 0.210 make: *** No rule to make target 'all'.  Stop.
#5 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2
"""
ANNOTATIONS: list[dict[str, Any]] = [
    {"path": "src/a.py", "start_line": 3, "annotation_level": "failure", "message": "undefined name 'x'", "title": None},
    {"path": ".github", "start_line": 1, "annotation_level": "notice", "message": "all is well", "title": None},
]
LOG = (
    "2026-01-02T03:04:05.0000000Z ##[group]Run python app.py\n2026-01-02T03:04:05.1000000Z ##[endgroup]\n"
    "2026-01-02T03:04:06.0000000Z Traceback (most recent call last):\n"
    '2026-01-02T03:04:06.0000000Z   File "app.py", line 1, in <module>\n'
    f"2026-01-02T03:04:06.0000000Z {MESSAGE}\n"
    "2026-01-02T03:04:06.1000000Z ##[error]Process completed with exit code 1.\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(store=str(tmp_path / "errors.sqlite3"))


@pytest.fixture
def classifier(config: Config) -> ErrorClassifier:
    return ErrorClassifier(config)


def context(text: str = MESSAGE, source_type: str = "github_job_log", **values: Any) -> ErrorContext:
    return ErrorContext(text, source_type, timestamp="2026-01-31T08:00:00Z", **values)


@pytest.mark.parametrize("name", error_classification.__all__)
def test_public_names_are_found_in_the_package(name: str) -> None:
    assert getattr(error_classification, name) is not None
    assert name in dir(error_classification)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = error_classification.nonsense  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (ErrorExtractor.extract_from_junit_xml, ["xml_path", "context"]),
        (ErrorExtractor.extract_from_buildkit_log, ["log_content", "context"]),
        (ErrorExtractor.extract_from_github_annotations, ["annotations", "context"]),
        (ErrorExtractor.extract_from_annotation_messages, ["annotations_text", "context"]),
        (ErrorExtractor.extract_from_github_job_logs, ["log_content", "context"]),
        (ErrorDeduplicator.__init__, ["opensearch_client", "config"]),
        (ErrorDeduplicator.normalize_error_text, ["text"]),
        (ErrorDeduplicator.compute_error_hash, ["text"]),
        (ErrorDeduplicator.find_similar_classification, ["error_hash", "index_name"]),
        (ErrorDeduplicator.increment_occurrence_count, ["error_hash", "index_name"]),
        (ErrorClassifier.__init__, ["config", "opensearch_client"]),
        (ErrorClassifier.classify_error, ["error_context", "use_cache", "classification_method"]),
        (ErrorClassifier.batch_classify_errors, ["error_contexts", "use_cache"]),
        (ErrorClassifier.should_classify_realtime, ["error_context"]),
        (ErrorClassifier.classify_job_from_full_log, ["job_log", "job_name", "job_id", "workflow_context", "use_cache"]),
    ],
)
def test_signatures_stay(function: Any, parameters: list[str]) -> None:
    assert list(inspect.signature(function).parameters)[1:] == parameters


def test_junit(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(JUNIT)
    (found,) = ErrorExtractor().extract_from_junit_xml(str(path), {"repo": "me/it", "job_name": "unit", "shard": 3})
    assert found.source_type == "pytest"
    assert found.test_name == "tests.test_a::bad"
    assert (found.repo, found.job_name, found.branch) == ("me/it", "unit", None)
    assert found.metadata["shard"] == 3
    assert found.metadata["source"] == str(path)
    assert found.to_dict()["error_text"] == found.error_text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", found.timestamp or "")


def test_a_report_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.xml"):
        ErrorExtractor().extract_from_junit_xml(tmp_path / "missing.xml")


def test_rust_tests_have_their_own_name(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(
        '<testsuites name="nextest-run"><testsuite name="crate"><testcase classname="crate" name="tests::it">'
        '<failure type="test failure with exit code 101">thread \'tests::it\' panicked at src/lib.rs:4:5:\nboom</failure>'
        "</testcase></testsuite></testsuites>"
    )
    (found,) = ErrorExtractor().extract_from_junit_xml(path)
    assert found.source_type == "rust_test"


def test_buildkit() -> None:
    (found,) = ErrorExtractor().extract_from_buildkit_log(BUILD)
    assert found.source_type == "buildkit"
    assert "No rule to make target" in found.error_text
    assert found.metadata["exit_code"] == 2


def test_annotations() -> None:
    (found,) = ErrorExtractor().extract_from_github_annotations(ANNOTATIONS, {"job_id": "7"})
    assert (found.source_type, found.job_id) == ("github_annotation", "7")
    assert "undefined name 'x'" in found.error_text
    assert (found.metadata["file"], found.metadata["line"]) == ("src/a.py", 3)


def test_annotation_messages() -> None:
    for text in (f"{MESSAGE} | Process completed with exit code 1.", f"[unit] [FAILURE] {MESSAGE} | [unit] [NOTICE] all is well"):
        found = ErrorExtractor().extract_from_annotation_messages(text)
        assert found[0].source_type == "github_annotation"
        assert MESSAGE in found[0].error_text


def test_job_logs() -> None:
    (found,) = ErrorExtractor().extract_from_github_job_logs(LOG, {"step_name": "Run it"})
    assert (found.source_type, found.step_name) == ("github_job_log", "Run it")
    assert MESSAGE in found.error_text


@pytest.mark.parametrize(
    ("name", "source_type"),
    [
        ("pytest", SourceType.JUNIT),
        ("rust_test", SourceType.JUNIT),
        ("buildkit", SourceType.BUILDKIT),
        ("github_annotation", SourceType.GITHUB_ANNOTATION),
        ("github_job_log", SourceType.JOB_LOG),
        ("something else", SourceType.TEXT),
    ],
)
def test_contexts_become_errors_of_the_pipeline(name: str, source_type: SourceType) -> None:
    model = to_model(context(source_type=name, test_name="t", metadata={"line_start": 7, "outcome": "flaky", "own": 1}))
    assert (model.source_type, model.test_name, model.line_start, model.outcome) == (source_type, "t", 7, Outcome.FLAKY)


def test_what_was_extracted_goes_back_unchanged() -> None:
    (found,) = ErrorExtractor().extract_from_buildkit_log(BUILD)
    model = to_model(found)
    assert (model.text, model.exit_code, model.command) == (found.error_text, 2, found.metadata["command"])


def test_a_classification(classifier: ErrorClassifier) -> None:
    found = classifier.classify_error(context(job_name="build", repo="me/it", workflow_id="7"), classification_method="realtime")
    assert (found.primary_category, found.subcategory) == ("dependency_error", "missing_module")
    assert (found.error_source, found.error_full_text, found.classification_method) == ("github_job_log", MESSAGE, "realtime")
    assert (found.job_name, found.repo, found.workflow_id) == ("build", "me/it", "7")
    assert (found.is_duplicate, found.occurrence_count, found.prompt_tokens) == (False, 1, 0)
    assert found.first_seen == "2026-01-31T08:00:00.000000Z"
    assert found.error_hash == classifier.deduplicator.compute_error_hash(MESSAGE)


def test_the_stored_document(classifier: ErrorClassifier) -> None:
    document = classifier.classify_error(context(test_name="t::a")).to_opensearch_doc()
    assert document["s_primary_category"] == "dependency_error"
    assert document["s_error_snippet"] == MESSAGE
    assert document["@timestamp"] == "2026-01-31T08:00:00Z"
    assert {"f_confidence_score", "b_is_duplicate", "l_occurrence_count", "ts_classified_at", "s_test_name"} <= document.keys()
    assert {"_id", "s_branch", "s_repo"}.isdisjoint(document)
    assert None not in document.values()


def test_snippets_are_cut(classifier: ErrorClassifier) -> None:
    found = classifier.classify_error(context("error: " + "x " * 2000))
    assert len(found.error_snippet) == 500
    assert len(found.error_full_text) > 500


def test_the_second_time_the_answer_is_reused(classifier: ErrorClassifier) -> None:
    first, second = classifier.batch_classify_errors([context(), context()])
    assert (first.is_duplicate, second.is_duplicate) == (False, True)
    assert second.occurrence_count == 2
    assert not classifier.classify_error(context(repo="me/it", job_id="8"), use_cache=False).is_duplicate


def test_the_same_error_is_counted_once(classifier: ErrorClassifier) -> None:
    classifier.classify_error(context())
    assert classifier.classify_error(context()).occurrence_count == 1


def test_a_whole_log(classifier: ErrorClassifier) -> None:
    (found,) = classifier.classify_job_from_full_log(LOG, "build", "9", {"repo": "me/it", "branch": "main"})
    assert found.primary_category == "dependency_error"
    assert (found.job_name, found.job_id, found.repo, found.branch) == ("build", "9", "me/it", "main")


def test_secrets_do_not_reach_the_store(config: Config) -> None:
    found = ErrorClassifier(config).classify_error(context("fatal: https://me:hunter2hunter2@git.example/x not found"))
    assert "hunter2hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("source_type", "text", "threshold", "expected"),
    [
        ("buildkit", "boom", "infrastructure", True),
        ("github_annotation", "boom", "infrastructure", True),
        ("github_job_log", "boom", "infrastructure", True),
        ("pytest", "AssertionError: assert 1 == 2", "infrastructure", False),
        ("rust_test", "panicked at src/lib.rs", "infrastructure", False),
        ("pytest", "ImportError while importing test module", "infrastructure", True),
        ("pytest", "ERROR collecting tests/test_a.py", "infrastructure", True),
        ("pytest", "fixture 'database' not found", "infrastructure", True),
        ("pytest", "failed on setup with KeyError", "infrastructure", True),
        ("pytest", "the fixture of the lamp was not found", "infrastructure", False),
        ("pytest", "AssertionError", "all", True),
        ("buildkit", "boom", "none", False),
    ],
)
def test_what_may_go_to_claude_while_the_job_runs(source_type: str, text: str, threshold: str, expected: bool) -> None:
    classifier = ErrorClassifier(Config(classify_realtime_threshold=threshold))
    assert classifier.should_classify_realtime(context(text, source_type)) is expected


def test_nothing_goes_where_it_is_turned_off() -> None:
    off = Config(classify_realtime_threshold="all", enable_error_classification=False)
    assert not ErrorClassifier(off).should_classify_realtime(context())


def test_deduplication(config: Config) -> None:
    deduplicator = ErrorDeduplicator(config=config)
    error_hash = deduplicator.compute_error_hash(MESSAGE)
    assert re.fullmatch(r"[0-9a-f]{16}", error_hash)
    assert deduplicator.find_similar_classification(error_hash) is None
    assert not deduplicator.increment_occurrence_count(error_hash)
    ErrorClassifier(config).classify_error(context(repo="me/it"))
    found = deduplicator.find_similar_classification(error_hash, "any-index")
    assert found is not None
    assert (found["s_error_hash"], found["s_primary_category"], found["s_repo"]) == (error_hash, "dependency_error", "me/it")
    assert (found["l_occurrence_count"], found["ts_first_seen"]) == (1, "2026-01-31T08:00:00.000000Z")
    assert deduplicator.increment_occurrence_count(error_hash)
    assert deduplicator.find_similar_classification(error_hash) == found


def test_normalised_text_names_what_varies(config: Config) -> None:
    deduplicator = ErrorDeduplicator(config=config)
    first = deduplicator.normalize_error_text("timeout after 31 s at 2026-01-02T03:04:05Z in /tmp/build-1234/x")
    second = deduplicator.normalize_error_text("timeout after 32 s at 2026-03-04T05:06:07Z in /tmp/build-9876/x")
    assert first == second
    assert "2026" not in first


@pytest.mark.parametrize("make", [ErrorDeduplicator, lambda client: ErrorClassifier(Config(), client)])
def test_a_client_is_refused_rather_than_ignored(make: Any) -> None:
    with pytest.raises(UsageError, match="a client of OpenSearch is not taken"):
        make(object())


def test_the_classification_can_be_built_by_hand() -> None:
    made = ErrorClassification("id", "hash", "pytest", "snippet", "text", "timeout")
    assert made.to_opensearch_doc()["s_error_id"] == "id"


@pytest.fixture
def claude() -> Iterator[ClaudeServer]:
    said = {
        "evidence": ["the flux is out of gluons"],
        "reason": "it says so",
        "root_cause": "The gluons ran out",
        "category": "resource_exhaustion",
        "subcategory": "",
        "confidence": 0.9,
    }
    with ClaudeServer(lambda request: message(said)) as started:
        yield started


@pytest.mark.parametrize(
    ("method", "source_type", "asked"),
    [("batch", "pytest", True), ("realtime", "pytest", False), ("realtime", "github_job_log", True)],
)
def test_claude_is_asked_where_the_configuration_names_it_and_the_threshold_allows(
    config: Config,
    claude: ClaudeServer,
    method: str,
    source_type: str,
    asked: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    configured = replace(config, judges=("rules", "llm"), anthropic_api_key="test-key", api_base_url=claude.url)
    classifier = ErrorClassifier(configured)
    found = classifier.classify_error(context("the flux is out of gluons", source_type), classification_method=method)
    classifier.close()
    assert found.primary_category == ("resource_exhaustion" if asked else "unclassified")
    assert (found.completion_tokens > 0, bool(found.model_version)) == (asked, asked)
    assert len(claude.asked) == asked
