"""What tokens cost: a dated table in ``prices.toml``, and a user's own rows over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from error_classification.errors import UsageError
from error_classification.models import Usage

_PER = 1_000_000
_DATED = re.compile(r"-\d{8}$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens of one model; ``cache_minimum`` is in tokens."""

    input: float
    output: float
    cache_write_5m: float = 0.0
    cache_write_1h: float = 0.0
    cache_read: float = 0.0
    cache_minimum: int = 0

    def cost(self, usage: Usage, *, hour: bool = False) -> float:
        """US dollars. ``hour``: the cache was written for one hour, not for five minutes."""
        write = self.cache_write_1h if hour else self.cache_write_5m
        total = usage.input * self.input + usage.output * self.output
        return (total + usage.cache_read * self.cache_read + usage.cache_write * write) / _PER


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by model, and the day on which they were checked."""

    models: Mapping[str, Price]
    checked: date
    batch_discount: float
    """Share of the price that a call within a message batch costs."""

    def of(self, model: str) -> Price | None:
        """The price of ``model``, with or without the date of its release; None where it is not in the table."""
        return self.models.get(model) or self.models.get(_DATED.sub("", model))


@cache
def _built_in() -> PriceTable:
    text = (files(__package__) / "prices.toml").read_text(encoding="utf-8")
    return _parsed(text, "prices.toml", None)


def load_prices(path: Path | None = None) -> PriceTable:
    """The table that comes with the program, under the rows of the file ``path``. Raises ``UsageError`` for a bad file."""
    if path is None:
        return _built_in()
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return _parsed(text, str(path), _built_in())


def _parsed(text: str, name: str, base: PriceTable | None) -> PriceTable:
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{name}: not valid TOML: {error}") from error
    rows = content.get("models", {})
    if not isinstance(rows, dict):
        raise UsageError(f"{name}: 'models' is not a table")
    models = {model: _price(row, f"{name}: models.{model}") for model, row in rows.items()}
    if base is None:
        return PriceTable(models, content["checked"], content["batch_discount"])
    checked = content.get("checked", base.checked)
    if not isinstance(checked, date):
        raise UsageError(f"{name}: 'checked' is not a date")
    return replace(base, models={**base.models, **models}, checked=checked)


def _price(row: object, where: str) -> Price:
    known = {item.name for item in fields(Price)}
    if not isinstance(row, dict) or not {"input", "output"} <= row.keys() <= known:
        raise UsageError(f"{where}: needs input and output, and knows {', '.join(sorted(known))}")
    if any(isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _PER for value in row.values()):
        raise UsageError(f"{where}: every value is a number of at least 0")
    return Price(**row)
