"""The aggregations of visualisations, as ``visState`` has them. The first metric of a visualisation orders its terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from error_classification.opensearch_schema.fields import Document


@dataclass(frozen=True, slots=True)
class Metric:
    """``kind``: count (of documents, without a field), sum, avg, min, max or cardinality."""

    kind: str
    label: str
    field: str = ""

    @property
    def params(self) -> Document:
        return ({"field": self.field} if self.field else {}) | {"customLabel": self.label}


@dataclass(frozen=True, slots=True)
class Latest:
    """The value in the newest document by ``time``: also of text that is analysed, which no other metric can show."""

    label: str
    field: str
    time: str
    kind: ClassVar[str] = "top_hits"

    @property
    def params(self) -> Document:
        newest = {"size": 1, "sortField": self.time, "sortOrder": "desc"}
        return {"field": self.field, "aggregate": "concat", **newest, "customLabel": self.label}


@dataclass(frozen=True, slots=True)
class Terms:
    """The ``size`` values with most of the first metric.

    ``missing`` names the documents without a value, which are left out where it is empty; ``rest`` gathers the other values.
    """

    label: str
    field: str
    size: int = 10
    missing: str = ""
    rest: bool = False
    kind: ClassVar[str] = "terms"

    @property
    def params(self) -> Document:
        others = {"otherBucket": self.rest, "otherBucketLabel": "others"}
        without = {"missingBucket": bool(self.missing), "missingBucketLabel": self.missing or "none"}
        order = {"orderBy": "1", "order": "desc", "size": self.size}
        return {"field": self.field, **order, **others, **without, "customLabel": self.label}


@dataclass(frozen=True, slots=True)
class Times:
    """Steps of time whose length follows the period that is looked at."""

    label: str
    field: str
    kind: ClassVar[str] = "date_histogram"

    @property
    def params(self) -> Document:
        steps = {"useNormalizedOpenSearchInterval": True, "interval": "auto", "drop_partials": False}
        return {
            "field": self.field,
            **steps,
            "scaleMetricValues": False,
            "min_doc_count": 1,
            "extended_bounds": {},
            "customLabel": self.label,
        }


@dataclass(frozen=True, slots=True)
class Steps:
    """Ranges of a number, each ``width`` wide."""

    label: str
    field: str
    width: float
    kind: ClassVar[str] = "histogram"

    @property
    def params(self) -> Document:
        unbounded = {"has_extended_bounds": False, "extended_bounds": {"min": "", "max": ""}}
        return {"field": self.field, "interval": self.width, "min_doc_count": False, **unbounded, "customLabel": self.label}


Aggregation: TypeAlias = Metric | Latest | Terms | Times | Steps


def state(number: int, schema: str, aggregation: Aggregation) -> Document:
    """One of ``visState.aggs``; ``schema`` is the part that it plays in the chart."""
    return {"id": str(number), "enabled": True, "type": aggregation.kind, "schema": schema, "params": aggregation.params}
