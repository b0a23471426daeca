"""Measures the rules on the recordings: ``python3 -m corpus.measure`` writes how often each one decided, and was right.

Recordings of one provocation are near-copies: together they count as one decision, which may be right in part.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from corpus.inputs import recorded
from error_classification.classification.rules import RuleSet, RulesJudge, load_rules, loading
from error_classification.learning.labelled import LabelledError, labelled_errors
from error_classification.redaction import Redactor

MEASURED = Path(loading.__file__).with_name(loading.MEASURED)
_RULE = re.compile(r"rule (\S+) matched line ")


def decisions(errors: Iterable[LabelledError], rules: RuleSet) -> Iterator[tuple[str, str, bool]]:
    """(rule, provocation, whether its category is right) of the errors that a rule decides, doubtful labels aside.

    A rule that is too little sure to answer has decided as well: its confidence is what is measured here.
    """
    judge = RulesJudge(rules)
    categories = {rule.name: rule.category for rule in rules.rules}
    for labelled in errors:
        decided = _RULE.match(judge.judge(labelled.error).reason)
        if decided and not labelled.ambiguous:
            provocation = labelled.input.rpartition("-")[0] or labelled.input
            yield decided[1], provocation, categories[decided[1]] in labelled.accepted


def counted(found: Iterable[tuple[str, str, bool]]) -> Mapping[str, list[float]]:
    """``[right, decided]`` of every rule, in provocations."""
    verdicts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for rule, provocation, right in found:
        verdicts[rule][provocation].append(right)
    return {
        rule: [round(sum(sum(all_) / len(all_) for all_ in groups.values()), 2), len(groups)]
        for rule, groups in sorted(verdicts.items())
    }


def main() -> None:
    rows = counted(decisions(labelled_errors(recorded(Redactor())), load_rules()))
    lines = ",\n".join(f"  {json.dumps(rule)}: {json.dumps(counts)}" for rule, counts in rows.items())
    MEASURED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    right, decided = (sum(counts[index] for counts in rows.values()) for index in (0, 1))
    print(f"{len(rows)} rules decided {decided:.0f} times, {right / decided:.1%} right: {MEASURED.name}")


if __name__ == "__main__":
    main()
