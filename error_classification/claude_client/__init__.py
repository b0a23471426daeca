"""The only door to a language model: Claude's own API, or a gateway that speaks OpenAI's format.

A call goes through ``Caller``: budget, then limiter, then retries, then one of the two clients. Everything outside this package
sees ``Request`` and ``Completion``, or one of the ``ServiceError``s. The heavy libraries are imported when a call is due.
"""

from __future__ import annotations

from error_classification.claude_client.budget import Budget
from error_classification.claude_client.calling import Caller, Client
from error_classification.claude_client.connecting import connect
from error_classification.claude_client.exchange import BudgetError, Completion, Request, ServiceError, Stop
from error_classification.claude_client.limiter import Limiter
from error_classification.claude_client.prices import PriceTable, load_prices

__all__ = [
    "Budget",
    "BudgetError",
    "Caller",
    "Client",
    "Completion",
    "Limiter",
    "PriceTable",
    "Request",
    "ServiceError",
    "Stop",
    "connect",
    "load_prices",
]
