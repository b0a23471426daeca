"""The kinds of charts, with the parameters that OpenSearch Dashboards saves of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from error_classification.opensearch_schema.dashboards.aggregations import Aggregation, Latest, Metric, Steps, Terms, Times, state
from error_classification.opensearch_schema.fields import Document


@dataclass(frozen=True, slots=True)
class Numbers:
    """A few large numbers, side by side."""

    metrics: tuple[Metric, ...]
    type: ClassVar[str] = "metric"

    @property
    def aggs(self) -> list[Document]:
        return [state(number, "metric", metric) for number, metric in enumerate(self.metrics, 1)]

    @property
    def params(self) -> Document:
        style = {"bgFill": "#000", "bgColor": False, "labelColor": False, "subText": "", "fontSize": 36}
        colours = {"colorSchema": "Green to Red", "metricColorMode": "None", "colorsRange": [{"from": 0, "to": 10_000}]}
        marks = {"percentageMode": False, "useRanges": False, "invertColors": False, "labels": {"show": True}}
        return {"type": self.type, "addTooltip": True, "addLegend": False, "metric": {**marks, **colours, "style": style}}


@dataclass(frozen=True, slots=True)
class Table:
    """A row for each combination of ``rows``, with the metrics as its last columns."""

    metrics: tuple[Metric | Latest, ...]
    rows: tuple[Terms, ...]
    type: ClassVar[str] = "table"

    @property
    def aggs(self) -> list[Document]:
        parts: list[tuple[str, Aggregation]] = [("metric", metric) for metric in self.metrics]
        parts += [("bucket", row) for row in self.rows]
        return [state(number, schema, part) for number, (schema, part) in enumerate(parts, 1)]

    @property
    def params(self) -> Document:
        totals = {"showTotal": False, "totalFunc": "sum", "percentageCol": ""}
        return {"perPage": 10, "showPartialRows": False, "showMetricsAtAllLevels": False, **totals}


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of one metric along ``axis``, each made of a piece for each of ``pieces``. ``lying`` is for long names."""

    metric: Metric
    axis: Times | Steps | Terms
    pieces: Terms
    lying: bool = False

    @property
    def type(self) -> str:
        return "horizontal_bar" if self.lying else "histogram"

    @property
    def aggs(self) -> list[Document]:
        parts = (("metric", self.metric), ("segment", self.axis), ("group", self.pieces))
        return [state(number, schema, part) for number, (schema, part) in enumerate(parts, 1)]

    @property
    def params(self) -> Document:
        along, up = ("left", "bottom") if self.lying else ("bottom", "left")
        return {
            "type": "histogram",
            "grid": {"categoryLines": False},
            "categoryAxes": [_axis("category", "CategoryAxis-1", along)],
            "valueAxes": [_value_axis(up, self.metric.label)],
            "seriesParams": [_series(self.metric.label)],
            "addTooltip": True,
            "addLegend": True,
            "legendPosition": "right",
            "times": [],
            "addTimeMarker": False,
            "labels": {"show": False},
            "thresholdLine": {"show": False, "value": 10, "width": 1, "style": "full", "color": "#E7664C"},
        }


Chart: TypeAlias = Numbers | Table | Bars


def _axis(kind: str, name: str, position: str) -> Document:
    labels = {"show": True, "filter": kind == "category", "truncate": 200}
    scale = {"type": "linear"}
    return {
        "id": name,
        "type": kind,
        "position": position,
        "show": True,
        "style": {},
        "scale": scale,
        "labels": labels,
        "title": {},
    }


def _value_axis(position: str, label: str) -> Document:
    name = f"{position.capitalize()}Axis-1"
    scale = {"type": "linear", "mode": "normal"}
    return _axis("value", "ValueAxis-1", position) | {"name": name, "scale": scale, "title": {"text": label}}


def _series(label: str) -> Document:
    looks = {
        "show": True,
        "type": "histogram",
        "mode": "stacked",
        "drawLinesBetweenPoints": True,
        "lineWidth": 2,
        "showCircles": True,
    }
    return {**looks, "data": {"id": "1", "label": label}, "valueAxis": "ValueAxis-1"}
