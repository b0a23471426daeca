"""What a run took, in one line."""

from __future__ import annotations

from error_classification.models import Spending


def spending_line(spending: Spending) -> str:
    """Such as ``Claude: 12 calls, 151,200 tokens in (91 % from the cache), 1,804 out, $0.0034``."""
    usage = spending.usage
    prompt = usage.input + usage.cache_read + usage.cache_write
    calls = f"Claude: {spending.calls} call{'' if spending.calls == 1 else 's'}"
    if not spending.calls:
        return calls
    cached = f"{usage.cache_read / prompt:.0%}".replace("%", " %") if prompt else "0 %"
    return f"{calls}, {prompt:,} tokens in ({cached} from the cache), {usage.output:,} out, ${usage.cost_usd:.4f}"
