"""What is on the dashboard: add a line here for a chart, and place it in ``ROWS``.

What is counted is ``l_count``: how often an error occurred, which may be more than once in a document. Queries are Lucene's
(https://lucene.apache.org/core/2_9_4/queryparsersyntax.html), which the server itself takes as a ``query_string``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from error_classification.models import UNCLASSIFIED, Outcome
from error_classification.opensearch_schema.dashboards.aggregations import Latest, Metric, Steps, Terms, Times
from error_classification.opensearch_schema.dashboards.charts import Bars, Chart, Numbers, Table
from error_classification.opensearch_schema.index import PRUNED_MARK


class Pattern(StrEnum):
    """The index patterns; the value is part of their identifiers."""

    OCCURRENCES = "occurrences"
    GROUPS = "groups"


TIME_FIELDS = {Pattern.OCCURRENCES: "@timestamp", Pattern.GROUPS: "ts_last_seen"}
"""By what a period is chosen: a group belongs to the one in which it was last seen."""

FORMATS = {"f_cost_usd": ("number", "$0,0.00[00]"), "f_confidence_score": ("percent", "0.[0]%")}
"""How numbers of a field are shown: format and its pattern."""

BASE_QUERIES = {Pattern.OCCURRENCES: f"NOT {PRUNED_MARK}:true", Pattern.GROUPS: ""}
"""What holds for every query. (What ``prune`` leaves of an occurrence is no error any more.)"""

_UNCLASSIFIED = f"s_primary_category:{UNCLASSIFIED}"
_CLASSIFIED = f"NOT {_UNCLASSIFIED}"
_FLAKY = f"s_outcome:{Outcome.FLAKY} OR s_primary_category:flaky_test"
_PAID = "f_cost_usd:>0"
_ASKED = "l_prompt_tokens:>0"


@dataclass(frozen=True, slots=True)
class Visualisation:
    """One chart. ``name`` is for identifiers and must stay; ``title`` and ``description`` are for people."""

    name: str
    title: str
    description: str
    chart: Chart
    query: str = ""
    pattern: Pattern = Pattern.OCCURRENCES


@dataclass(frozen=True, slots=True)
class Search:
    """A list of documents, newest first. See ``Visualisation`` for the names."""

    name: str
    title: str
    description: str
    columns: tuple[str, ...]
    query: str = ""
    pattern: Pattern = Pattern.OCCURRENCES


_OCCURRENCES = Metric("sum", "Occurrences", "l_count")
_GROUPS = Metric("cardinality", "Different errors", "s_error_hash")
_COST = Metric("sum", "Cost (USD)", "f_cost_usd")
_CATEGORY = Terms("Category", "s_primary_category", 20)
_PIECES = Terms("Category", "s_primary_category", 15, rest=True)
_MODEL = Terms("Model", "s_consulted", 10, missing="unknown", rest=True)

VISUALISATIONS = (
    Visualisation(
        "summary",
        "Errors in this period",
        "How many there were, how many different ones, where, and what it cost to classify them",
        Numbers((_OCCURRENCES, _GROUPS, Metric("cardinality", "Repositories", "s_repo"), _COST)),
    ),
    Visualisation(
        "unclassified-count",
        "Unclassified",
        "Errors of which no judge knew the cause",
        Numbers((_OCCURRENCES, _GROUPS)),
        _UNCLASSIFIED,
    ),
    Visualisation(
        "categories-over-time",
        "Categories over time",
        "Occurrences by the category of their cause",
        Bars(_OCCURRENCES, Times("Time", "@timestamp"), _PIECES),
    ),
    Visualisation(
        "by-repository",
        "By repository",
        "The repositories with the most errors",
        Bars(_OCCURRENCES, Terms("Repository", "s_repo", 15, missing="unknown"), _PIECES, lying=True),
    ),
    Visualisation(
        "by-workflow",
        "By workflow",
        "The workflows with the most errors",
        Bars(_OCCURRENCES, Terms("Workflow", "s_workflow_name", 15, missing="unknown"), _PIECES, lying=True),
    ),
    Visualisation(
        "by-framework",
        "By framework",
        "The test frameworks and build tools that the errors come from",
        Bars(_OCCURRENCES, Terms("Framework", "s_framework", 15, missing="unknown"), _PIECES, lying=True),
    ),
    Visualisation(
        "top-groups",
        "Top groups",
        "The errors seen most often since they are known, among those last seen in this period",
        Table(
            (
                Metric("max", "Occurrences", "l_occurrence_count"),
                Metric("min", "First seen", "ts_first_seen"),
                Metric("max", "Last seen", "ts_last_seen"),
                Latest("Root cause", "s_root_cause_summary", "ts_last_seen"),
            ),
            (Terms("Error", "s_error_hash", 50), _CATEGORY, Terms("Repository", "s_repo", 1, missing="unknown")),
        ),
        pattern=Pattern.GROUPS,
    ),
    Visualisation(
        "flaky-candidates",
        "Flaky candidates",
        "What failed and then passed on a retry, or whose text or history shows chance",
        Table(
            (
                _OCCURRENCES,
                Metric("cardinality", "Branches", "s_branch"),
                Metric("min", "First seen in this period", "@timestamp"),
                Metric("max", "Last seen", "@timestamp"),
            ),
            (Terms("Test", "s_test_name", 50, missing="no test"), Terms("Repository", "s_repo", 10, missing="unknown")),
        ),
        _FLAKY,
    ),
    Visualisation(
        "cost-over-time",
        "Cost over time",
        "US dollars by the model that was asked, at the time of the errors that it was asked about",
        Bars(_COST, Times("Time", "@timestamp"), _MODEL),
        _PAID,
    ),
    Visualisation(
        "cost-by-model",
        "Cost by model",
        "US dollars and tokens",
        Table(
            (
                _COST,
                Metric("count", "Errors"),
                Metric("sum", "Prompt tokens", "l_prompt_tokens"),
                Metric("sum", "Completion tokens", "l_completion_tokens"),
                Metric("sum", "Read from cache", "l_cached_tokens"),
                Metric("sum", "Written to cache", "l_cache_write_tokens"),
            ),
            (_MODEL,),
        ),
        _ASKED,
    ),
    Visualisation(
        "confidence",
        "Confidence",
        "How sure the judges were of their answers",
        Bars(Metric("count", "Errors"), Steps("Confidence", "f_confidence_score", 0.1), Terms("Judge", "s_judge", 5)),
        _CLASSIFIED,
    ),
    Visualisation(
        "confidence-by-category",
        "Confidence by category and judge",
        "The average, and of how many answers",
        Table(
            (Metric("count", "Errors"), Metric("avg", "Average", "f_confidence_score")), (_CATEGORY, Terms("Judge", "s_judge", 5))
        ),
        _CLASSIFIED,
    ),
)

SEARCHES = (
    Search(
        "unclassified",
        "Unclassified errors",
        "Errors of which no judge knew the cause, and why not",
        ("s_repo", "s_workflow_name", "s_job_name", "s_framework", "s_headline", "s_reason", "l_count", "s_error_hash"),
        _UNCLASSIFIED,
    ),
    Search(
        "recent",
        "Recent errors",
        "Every error with its cause",
        (
            "s_repo",
            "s_workflow_name",
            "s_job_name",
            "s_primary_category",
            "s_root_cause_summary",
            "f_confidence_score",
            "s_source",
        ),
    ),
)

ROWS: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = (
    (7, (("summary", 30), ("unclassified-count", 18))),
    (14, (("categories-over-time", 48),)),
    (15, (("by-repository", 24), ("by-workflow", 24))),
    (15, (("by-framework", 20), ("flaky-candidates", 28))),
    (18, (("top-groups", 48),)),
    (13, (("cost-over-time", 24), ("cost-by-model", 24))),
    (14, (("confidence", 20), ("confidence-by-category", 28))),
    (15, (("unclassified", 48),)),
    (15, (("recent", 48),)),
)
"""The dashboard from above: for each row its height, and in it the names with their widths, of which there are 48."""
