"""How the cost of judging grows with the number of rules: ``python benchmarks/rules_scaling.py``.

Texts of 0.5 to 2 KB: lines of ordinary words around one or two of the rules' own example hits. For 200, 400 and 800 rules it
prints texts per second of the judge (whole verdicts) and of a naive loop of ``re`` over the same patterns (matching alone), and
their ratio. CPU time of one core; the second of two passes counts: what is
compiled and learnt once is in the first, which stands beside it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from time import process_time

from error_classification.classification.rules import Rule, RuleSet, RulesJudge, load_rules
from error_classification.models import ErrorContext, FingerprintedError, SourceType

SIZES = (200, 400, 800)
TEXTS = 1000
NAIVE_TEXTS = 40
WORDS = "the a of build step running tests in module file src lib main with result ok passed done using cache from to at"
MORE_WORDS = "line value object request server response data index total cart order user"
ORDINARY = [*WORDS.split(), *MORE_WORDS.split()]


def texts(rules: Sequence[Rule], count: int) -> list[str]:
    """``count`` texts that hold hits of ``rules``."""
    chance = random.Random(7)
    hits = [hit for rule in rules for hit in rule.hits]
    return [_text(chance, hits) for _ in range(count)]


def _text(chance: random.Random, hits: Sequence[str]) -> str:
    lines = [" ".join(chance.choices(ORDINARY, k=chance.randint(3, 12))) for _ in range(chance.randint(8, 40))]
    for hit in chance.sample(hits, chance.choice((1, 1, 2))):
        lines.insert(chance.randrange(len(lines)), hit)
    return "\n".join(lines)


def per_second(work: Callable[[str], object], inputs: Sequence[str]) -> tuple[float, float]:
    """Texts per CPU second of a first and of a second pass."""
    rates = []
    for _ in range(2):
        start = process_time()
        for text in inputs:
            work(text)
        rates.append(len(inputs) / (process_time() - start))
    return rates[0], rates[1]


def naive(rules: Sequence[Rule]) -> Callable[[str], object]:
    patterns = [re.compile(rule.pattern, re.MULTILINE) for rule in rules]
    return lambda text: [pattern for pattern in patterns if pattern.search(text)]


def judging(rules: Sequence[Rule]) -> Callable[[str], object]:
    judge = RulesJudge(RuleSet(tuple(rules)))
    return lambda text: judge.judge(FingerprintedError(ErrorContext(SourceType.TEXT, "text", text), text, "0" * 16, 1))


def main() -> None:
    start = process_time()
    rules = list(load_rules().rules)
    print(f"{len(rules)} rules read in {process_time() - start:.3f} s")
    random.Random(3).shuffle(rules)
    inputs = texts(rules, TEXTS)
    print(f"texts of {sum(map(len, inputs)) / TEXTS:.0f} characters on average\nrules  judge/s  (first pass)  naive re/s  ratio")
    for size in SIZES:
        part = rules[:size]
        first, second = per_second(judging(part), inputs)
        _, plain = per_second(naive(part), inputs[:NAIVE_TEXTS])
        print(f"{len(part):5d} {second:8.0f} {first:13.0f} {plain:11.0f} {second / plain:6.0f}")


if __name__ == "__main__":
    main()
