"""Measures the local model: time, start and memory beside a pipeline of scikit-learn, and its answers on held-out errors.

Usage: python benchmarks/model.py [--runs N] [--held-out] [--curve]

Without options: prediction, loading, memory, and the whole of ``classify`` with and without the model, in one run.
``--held-out`` (needs scikit-learn): rules, model and both on families and tools that the model had not seen, and the best weights
of their reconciliation. ``--curve``: the same with an eighth, a quarter and a half of the families.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from timing.processes import run

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples" / "failing"
PROGRAM = (sys.executable, "-m", "error_classification", "--quiet", "classify", str(SAMPLES), "--no-store", "--format", "ndjson")
MEMORY = """
import resource, sys
from error_classification.classification.rules import RulesJudge
from error_classification.models import ErrorContext, SourceType
from error_classification.normalisation.fingerprint import fingerprint
error = fingerprint(ErrorContext(SourceType.TEXT, "x", "cannot open ledger.so: no such file", 1))
RulesJudge().judge(error)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from error_classification.classification.model import ModelJudge
ModelJudge().judge(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--held-out", action="store_true", help="answers on held-out families and tools")
    parser.add_argument("--curve", action="store_true", help="answers by the share of families that were learnt from")
    options = parser.parse_args(arguments)
    if options.held_out or options.curve:
        _held_out(options.curve)
        return 0
    _whole(options.runs)  # before anything heavy is imported: a child begins as a copy of its parent
    _memory()
    _prediction(options.runs)
    return 0


def _whole(runs: int) -> None:
    """``classify`` of all failing samples as a process, in turn without and with the model."""
    times: dict[str, list[float]] = {"rules": [], "rules,model": []}
    for _ in range(runs):
        for judges, taken in times.items():
            taken.append(run((*PROGRAM, "--judges", judges))[0].cpu)
    without, beside = times.values()
    ratio = median(other / one for one, other in zip(without, beside, strict=True))
    print(f"classify samples: rules {median(without):.2f} s CPU, rules,model {median(beside):.2f} s, ratio {ratio:.2f}")


def _memory() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    print(f"memory above that of the rules: {float(done.stdout):.1f} MB")


def _prediction(runs: int) -> None:
    """The judge on all errors of the corpus that comes with the program, and scikit-learn's usual pipeline on the same texts."""
    from error_classification.classification.model import ModelJudge, built_in
    from error_classification.learning.training import distilled

    loads = [_time(built_in, perf_counter) for _ in range(7)]
    print(f"load: {median(loads) * 1e3:.1f} ms")
    errors = [one.error for one in distilled.built_in() if one.how not in ("rule", "prompt")]
    judge = ModelJudge()
    judge.judge(errors[0])
    ours = [_time(lambda: [judge.judge(error) for error in errors], process_time) / len(errors) for _ in range(runs)]
    print(f"prediction: {median(ours) * 1e3:.3f} ms an error, {len(errors)} errors")
    theirs = _rival([one.error.context.text for one in distilled.built_in()], [one.category for one in distilled.built_in()])
    texts = [error.context.text for error in errors[:300]]
    rival = [_time(lambda: [theirs([text]) for text in texts], process_time) / len(texts) for _ in range(runs)]
    print(f"scikit-learn, TF-IDF of 1-2 words and logistic regression: {median(rival) * 1e3:.3f} ms an error")
    print(f"ours is {median(rival) / median(ours):.1f} times as fast")


def _rival(texts: Sequence[str], labels: Sequence[str]) -> Callable[[Sequence[str]], object]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(solver="saga", max_iter=5))
    return pipeline.fit(texts, labels).predict_proba  # type: ignore[no-any-return]


def _time(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def _held_out(curve: bool) -> None:
    from measures.held_out import Heard, fitted_pool, hear

    from error_classification.learning.evaluation import figures
    from error_classification.reporting.evaluation import Measure

    said: dict[str, Callable[[Heard], object]] = {
        "rules": lambda one: one.rules,
        "model": lambda one: one.model,
        "both": Heard.together,
    }
    shown = (
        Measure.ACCURACY,
        Measure.MACRO_F1,
        Measure.COVERAGE,
        Measure.PRECISION,
        Measure.SURE,
        Measure.SURE_PRECISION,
        Measure.CONFIDENT_ERRORS,
        Measure.ECE,
        Measure.BRIER,
    )
    print("share  held out  judge   inputs  " + "  ".join(measure.value for measure in shown))
    for share in (8, 4, 2, 1) if curve else (1,):
        heard = list(hear(share))
        for group in ("family", "tool"):
            members = [one for one in heard if one.group == group]
            for name, opinion in said.items():
                found = figures([one.answered(opinion(one)) for one in members])  # type: ignore[arg-type]
                numbers = "  ".join(f"{found[measure].value:{len(measure.value)}.3f}" for measure in shown)
                print(f"1/{share}    {group:<8}  {name:<6}  {len(members):6}  {numbers}")
    if not curve:
        fitted_pool(heard, print)


if __name__ == "__main__":
    raise SystemExit(main())
