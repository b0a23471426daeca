"""``ci``: the step of a job that says why the job failed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import click

from error_classification import wiring
from error_classification.cli import gate, options
from error_classification.cli.app import Command, guarded
from error_classification.cli.ci_judging import TimeLimit, judge, opened, past
from error_classification.cli.ci_publishing import Publisher, Wanted
from error_classification.cli.ci_surroundings import PATTERNS, Voice, default_paths, merged, surroundings
from error_classification.cli.exit_codes import DONE, GATE, INTERRUPTED, NOT_DONE
from error_classification.cli.run import shortened_home
from error_classification.cli.terminal import session, standard_input
from error_classification.config import Resolved
from error_classification.errors import UsageError
from error_classification.models import RunContext
from error_classification.publishing.ci_run import CIRun, Provider
from error_classification.sources.files import STDIN, FileSource
from error_classification.sources.workspace import Workspace
from error_classification.wiring.collecting import with_services

_FOR_PUBLISHING = 10.0
"""Seconds that are left to it when the time for judging is up."""
_TOLD = 60
"""So many errors get a place in the repository and a past."""


@click.command("ci", cls=Command)
@options.paths
@click.option("--format", "format_", type=click.Choice(options.FORMATS), help="Print the errors; a table where no summary is.")
@click.option("--comment/--no-comment", default=True, help="One comment on the pull or merge request; there is one by default.")
@click.option("--annotations/--no-annotations", default=True, help="Errors beside the code (GitHub); shown by default.")
@click.option("--summary", metavar="FILE", default="", help="Append the summary to FILE; on GitHub the job's page has it.")
@click.option("--fail-on", metavar="any|CATEGORY,...|domain=code|platform", default="", help="Exit with 1 on such an error.")
@click.option("--strict", is_flag=True, help="What goes wrong here ends with the usual exit codes, not with 0.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="For reading and judging; publishing has 10 more.",
)
@options.setting("judges", metavar="NAME,...")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
@click.option("--no-store", is_flag=True, help="Forget everything at the end.")
@options.settings("classify_realtime_threshold", "max_cost", "max_cost_month", "anthropic_model", "escalation_model")
@options.settings("max_error_length", "redact_emails")
@options.run_context
def command(strict: bool, **values: Any) -> int:
    """Say why a CI job failed: in its summary, beside the code, and in one comment on the pull request.

    For a step that runs when a job has failed. PATHs are what `classify` takes; without any, test-results/**/*.xml and
    build-logs/**/*.log are read, and the system's own folder for test reports. Repository, run, job, commit and pull request are
    what GitHub Actions, GitLab, Jenkins, Azure Pipelines, Buildkite, CircleCI or Travis say in variables; options go before them.

    A key for Claude means that Claude is asked, as far as CLASSIFY_REALTIME_THRESHOLD lets it; OPENSEARCH_URL means that store.
    A comment on GitLab takes GITLAB_TOKEN. Where the token may not write, as for pull requests of forks, the summary and the
    annotations remain. Where nothing is found, nothing is said.

    Exit codes: 0, whatever goes wrong here, unless --strict; 1 the --fail-on gate says fail; 2 a wrong option.

    \b
    Examples:
      error-classification ci
      error-classification ci --no-comment reports/ build.log
      error-classification ci --fail-on domain=code --store .ci/errors.sqlite3
    """
    ci = surroundings()
    voice = Voice(session(), ci.provider is Provider.GITHUB)
    code = guarded(lambda: _run(ci, voice, **values), voice.session, voice.fault)
    if strict and voice.faults and code in (DONE, GATE):
        return NOT_DONE
    return code if strict or code in (DONE, GATE, INTERRUPTED) else DONE


def _run(ci: CIRun, voice: Voice, *, paths: tuple[str, ...], fail_on: str, time_limit: float, **values: Any) -> int:
    clock = wiring.SystemClock()
    limit = TimeLimit(clock, clock.seconds() + time_limit)
    resolved = voice.session.resolve()
    config = with_services(resolved)
    if not config.enable_realtime_classification:
        voice.note("error classification is turned off: ENABLE_ERROR_CLASSIFICATION is false")
        return DONE
    if values["no_store"] and "store" in voice.session.options:
        raise UsageError("--store and --no-store contradict each other")
    own = {category for category, _ in wiring.known_labels(config)} if config.rules else set()
    closed_by = gate.parse(fail_on, own) if fail_on else gate.Gate()
    ci = replace(ci, run=_run_context(ci, values, resolved))
    source = _source(paths, ci, voice)
    wanted = Wanted(values["comment"], values["annotations"], values["summary"], values["format_"] or "")
    store = opened(config, values["no_store"], voice)
    with store.archive:
        judged = judge(source.artefacts(), config, store.archive, closed_by, limit, voice, wanted.format in ("json", "ndjson"))
        remember = partial(past, store.archive, ci.run.repo, limit)
        findings = judged.findings.sorted(Workspace(ci.workspace).path_of, remember, ci.files_url, _TOLD)
    token = config.gitlab_token if ci.provider is Provider.GITLAB else config.github_token
    publisher = Publisher(ci, wanted, token, limit.later(_FOR_PUBLISHING), voice)
    publisher.publish(judged, findings, "" if judged.lost else shortened_home(store.location))
    return GATE if judged.closed else DONE


def _run_context(ci: CIRun, values: dict[str, Any], resolved: Resolved) -> RunContext:
    """The setting REPO counts where the system does not tell: for others it is the name of something else."""
    given = options.context_of(values, resolved.config.repo if resolved.origins["repo"] == "option" else "")
    run = merged(ci.run, given)
    return replace(run, repo=run.repo or resolved.config.repo)


def _source(paths: tuple[str, ...], ci: CIRun, voice: Voice) -> FileSource:
    chosen = paths or default_paths(ci)
    if not chosen:
        voice.note(f"nothing to read: no file matches {' or '.join(PATTERNS)}")
    return FileSource(chosen, ci.run, standard_input() if STDIN in chosen else None)
