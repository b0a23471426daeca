"""What the service itself would charge, from its own record of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from error_classification.claude_client import load_prices
from error_classification.claude_client.prices import Price
from error_classification.models import Spending, Usage
from stand_ins.claude import Billed


@dataclass(frozen=True, slots=True)
class Bill:
    """Calls to one model, their tokens, and US dollars by what they were paid for."""

    calls: int
    tokens: Usage
    uncached: float
    read: float
    written: float
    output: float

    @property
    def dollars(self) -> float:
        return self.uncached + self.read + self.written + self.output


def bills(billed: Iterable[Billed]) -> dict[str, Bill]:
    """One bill for each model. The cache is written for five minutes or for an hour, at two prices."""
    rows = list(billed)
    prices, models = load_prices().models, sorted({row.model for row in rows})
    return {model: _bill([row for row in rows if row.model == model], prices[model]) for model in models}


def _bill(rows: list[Billed], price: Price) -> Bill:
    tokens = Usage(
        input=sum(row.uncached for row in rows),
        output=sum(row.output for row in rows),
        cache_read=sum(row.read for row in rows),
        cache_write=sum(row.written_5m + row.written_1h for row in rows),
    )
    return Bill(
        calls=len(rows),
        tokens=tokens,
        uncached=tokens.input * price.input / 1e6,
        read=tokens.cache_read * price.cache_read / 1e6,
        written=sum(row.written_5m * price.cache_write_5m + row.written_1h * price.cache_write_1h for row in rows) / 1e6,
        output=tokens.output * price.output / 1e6,
    )


def agree(spent: Spending, billed: Iterable[Bill]) -> bool:
    """Whether what we counted is what the service charges: calls, every kind of token, and dollars to a millionth of a cent."""
    rows = list(billed)
    total = sum((bill.tokens for bill in rows), Usage())
    ours = spent.usage
    return (
        spent.calls == sum(bill.calls for bill in rows)
        and (ours.input, ours.output, ours.cache_read, ours.cache_write)
        == (total.input, total.output, total.cache_read, total.cache_write)
        and abs(ours.cost_usd - sum(bill.dollars for bill in rows)) < 1e-8
    )
