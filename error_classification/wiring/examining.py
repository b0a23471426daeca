"""Is Claude there, and what does it cost: what ``doctor`` shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from error_classification.claude_client import PriceTable, Request, ServiceError, connect
from error_classification.claude_client.anthropic_api import ADDRESS
from error_classification.config import Config
from error_classification.errors import UsageError
from error_classification.models import Spending
from error_classification.prompts import ANSWER_SCHEMA, Question, least_tokens, prompt_version, system_prompt, user_message
from error_classification.wiring.clock import SystemClock
from error_classification.wiring.consulting import month_start, prices, spending_log

_STALE = timedelta(days=180)

Finding = tuple[str, str, bool]
"""What was looked at, what was found, and whether that is a problem."""


def examined(config: Config, offline: bool) -> Iterator[Finding]:
    """Key, endpoint, models, prompt, prices, cache and spending, in this order."""
    yield "key", "set" if config.anthropic_api_key else "not set", not config.anthropic_api_key and config.api_format != "openai"
    yield "endpoint", f"{config.api_base_url or ADDRESS} ({config.api_format} format)", False
    yield "models", f"{config.anthropic_model}, where it doubts {config.escalation_model}", False
    try:
        table = prices(config)
    except UsageError as error:
        yield "prices", str(error), True
        return
    yield _prompt(config, table, offline)
    yield from _prices(config, table)
    clock = SystemClock()
    with spending_log(clock) as log:
        spent = log.total(month_start(clock.now()))
        forgotten = "" if log.persistent else f"; it is forgotten at the end of each run: {log.fault}"
    yield "cache", _cache(spent), False
    cap = "without a cap" if config.max_cost_month is None else f"of ${config.max_cost_month:.2f}"
    yield "this month", f"${spent.usage.cost_usd:.4f} {cap}, {spent.calls} calls{forgotten}", False


def _prompt(config: Config, table: PriceTable, offline: bool) -> Finding:
    """How long the prompt is by the service's own count, and whether the model caches one of that length."""
    version = f"version {prompt_version()}"
    tokens, how = least_tokens(system_prompt()), "by an estimate at least"
    if not offline:
        request = Request(config.anthropic_model, system_prompt(), user_message(Question(text="x")), ANSWER_SCHEMA)
        client = connect(config.api_format, config.anthropic_api_key, config.api_base_url, config.prompt_cache_ttl)
        try:
            counted = client.count_tokens(request)
        except ServiceError as error:
            return "prompt", f"{version}; {error}", True
        if counted is not None:
            tokens, how = counted, "counted by the service"
    price = table.of(config.anthropic_model)
    length = f"{version}, {how} {tokens:,} tokens"
    if price is None or not price.cache_minimum:
        return "prompt", f"{length}; from which length on {config.anthropic_model} caches is not known", False
    clears = tokens >= price.cache_minimum
    verdict = f"above the {price.cache_minimum:,}" if clears else f"below the {price.cache_minimum:,}"
    return "prompt", f"{length}: {verdict} from which on {config.anthropic_model} caches", not clears


def _prices(config: Config, table: PriceTable) -> Iterator[Finding]:
    age = SystemClock().now().date() - table.checked
    for model in dict.fromkeys((config.anthropic_model, config.escalation_model)):
        price = table.of(model)
        if price is None:
            yield "prices", f"{model}: not known, so it is asked only without a cap (MODEL_PRICES names a file)", model != "none"
            continue
        per = f"${price.input:g} in, ${price.output:g} out, ${price.cache_read:g} from the cache for a million tokens"
        old = "; compare them with the maker's page" if age > _STALE else ""
        yield "prices", f"{model}: {per}, checked {table.checked}{old}", False


def _cache(spent: Spending) -> str:
    usage = spent.usage
    prompt = usage.input + usage.cache_read + usage.cache_write
    return f"{usage.cache_read / prompt:.1%} of this month's prompt tokens came from it" if prompt else "not used this month"
