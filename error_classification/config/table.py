"""The table of settings: each is a field of ``Config`` whose metadata names its environment variable, parser and meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import TypeVar

from error_classification.config.parsing import dollars, flag, fraction, names, one_of, text, url, whole

T = TypeVar("T")

_RUN_CAP: float | None = 1.0
_MONTH_CAP: float | None = 20.0


def _setting(
    default: T, variable: str, parse: Callable[[str], T], doc: str, *, secret: bool = False, own: bool = False
) -> T:
    metadata = {"variable": variable, "parse": parse, "doc": doc, "secret": secret, "own": own or secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force. The environment variable of each, its meaning and its default stand in its line.

    ``judges`` has no variable: no environment may turn on what costs money.
    """

    anthropic_api_key: str = _setting("", "ANTHROPIC_API_KEY", text, "Key for Claude, or for a gateway", secret=True)
    anthropic_model: str = _setting("claude-haiku-5-5", "ANTHROPIC_MODEL", text, "Model that judges")
    escalation_model: str = _setting(
        "claude-sonnet-5-5", "ANTHROPIC_ESCALATION_MODEL", text, "Model that is asked where the first one doubts; none: no other"
    )
    api_format: str = _setting("anthropic", "API_FORMAT", one_of("anthropic", "openai"), "Protocol of the gateway", own=True)
    api_base_url: str = _setting("", "API_BASE_URL", url, "Address of the gateway, if it is not the maker's own", own=True)
    prompt_cache_ttl: str = _setting("5m", "PROMPT_CACHE_TTL", one_of("5m", "1h"), "How long the prompt stays cached: 5m or 1h")
    concurrency: int = _setting(8, "MAX_CONCURRENCY", whole(1), "Requests to Claude that run at once, at most")
    max_cost: float | None = _setting(_RUN_CAP, "MAX_COST", dollars, "US dollars that one run may cost, or none", own=True)
    max_cost_month: float | None = _setting(
        _MONTH_CAP, "MAX_COST_MONTH", dollars, "US dollars that a month may cost, or none", own=True
    )
    prices: str = _setting("", "MODEL_PRICES", text, "File with prices, over those of the program", own=True)
    opensearch_url: str = _setting("", "OPENSEARCH_URL", url, "Address of OpenSearch", own=True)
    opensearch_username: str = _setting("", "OPENSEARCH_USERNAME", text, "User of OpenSearch", own=True)
    opensearch_password: str = _setting("", "OPENSEARCH_PASSWORD", text, "Password of that user", secret=True)
    opensearch_ca_file: str = _setting("", "OPENSEARCH_CA_FILE", text, "Certificates of the authorities to trust", own=True)
    opensearch_fingerprint: str = _setting(
        "", "OPENSEARCH_FINGERPRINT", text, "SHA-256 of the server's own certificate, to trust that one alone", own=True
    )
    opensearch_aws_region: str = _setting("", "OPENSEARCH_AWS_REGION", text, "Region of AWS to sign requests for", own=True)
    opensearch_aws_service: str = _setting(
        "es", "OPENSEARCH_AWS_SERVICE", one_of("es", "aoss"), "Managed domain (es) or serverless collection (aoss)", own=True
    )
    opensearch_timeout: int = _setting(30, "OPENSEARCH_TIMEOUT", whole(1), "Seconds that a request to OpenSearch may take")
    error_classification_index: str = _setting(
        "error_classifications", "ERROR_CLASSIFICATION_INDEX", text, "Index of the classified errors"
    )
    workflow_index: str = _setting("", "WORKFLOW_INDEX", text, "Index of workflow metrics")
    job_index: str = _setting("", "JOB_INDEX", text, "Index of job metrics")
    steps_index: str = _setting("", "STEPS_INDEX", text, "Index of step metrics")
    tests_index: str = _setting("", "TESTS_INDEX", text, "Index of test results")
    github_token: str = _setting("", "GITHUB_TOKEN", text, "Token for GitHub", secret=True)
    github_api_url: str = _setting("https://api.github.com", "GITHUB_API_URL", url, "Address of GitHub's REST API", own=True)
    gitlab_token: str = _setting("", "GITLAB_TOKEN", text, "Token for notes on GitLab's merge requests", secret=True)
    repo: str = _setting("", "REPO", text, "Repository, as owner/name")
    hours_back: int = _setting(24, "HOURS_BACK", whole(1), "How far back to look, in hours")
    enable_error_classification: bool | None = _setting(
        None, "ENABLE_ERROR_CLASSIFICATION", flag, "Classify in CI and in metrics uploads; not set: each in its own way"
    )
    max_error_length: int = _setting(10_000, "MAX_ERROR_LENGTH", whole(200), "Characters kept of an error's text")
    batch_size: int = _setting(10, "BATCH_SIZE", whole(1), "Errors judged and stored per transaction")
    max_rpm: int = _setting(50, "MAX_RPM", whole(1), "Requests a minute to Claude, at most")
    classification_cache_ttl_hours: int = _setting(
        168, "CLASSIFICATION_CACHE_TTL_HOURS", whole(0), "Hours for which an earlier answer is reused"
    )
    min_confidence_for_reuse: float = _setting(
        0.8, "MIN_CONFIDENCE_FOR_REUSE", fraction, "Least confidence of an earlier answer that is reused"
    )
    classify_realtime_threshold: str = _setting(
        "infrastructure",
        "CLASSIFY_REALTIME_THRESHOLD",
        one_of("infrastructure", "all", "none"),
        "Which errors of a running job may go to Claude",
    )
    store: str = _setting("", "ERROR_CLASSIFICATION_STORE", text, "File of the local store; default: in the user's data folder")
    judges: tuple[str, ...] = _setting(("rules", "model"), "", names, "Judges, in the order in which they are asked")
    rules: tuple[str, ...] = _setting((), "", names, "Files with rules of your own")
    model: str = _setting("", "", text, "File of a local model; default: the one put in force by `train`, or the program's own")
    redact_emails: bool = _setting(False, "", flag, "Take e-mail addresses out too, as secrets are")

    @property
    def enable_realtime_classification(self) -> bool:
        """Whether errors are classified in the CI step: yes unless it was turned off."""
        return self.enable_error_classification is not False

    @classmethod
    def from_env(cls) -> Config:
        """The settings of this process, without options. Raises ``UsageError`` that names the variable or file of a bad value."""
        from error_classification.config.resolving import resolve

        return resolve().config

    def validate(self, needs: Iterable[str] = ("anthropic_api_key", "opensearch_url")) -> list[str]:
        """One line for each of the settings ``needs`` that is empty; an empty list: nothing is lacking."""
        documentation = {setting.name: setting for setting in SETTINGS}
        return [f"{documentation[name].label} is not set: {documentation[name].doc}" for name in needs if not getattr(self, name)]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: ``name`` is the attribute of ``Config`` and the key in a file; ``variable`` may be empty.

    ``own``: taken from the user's own file, never from a project's. Whoever may change a project's files could otherwise
    send its key elsewhere, or spend its owner's money.
    """

    name: str
    variable: str
    doc: str
    default: object
    secret: bool
    own: bool
    parse: Callable[[str], object]

    @property
    def label(self) -> str:
        """How people know it: by its variable, or by its key where it has none."""
        return self.variable or self.name


SETTINGS = tuple(Setting(item.name, default=item.default, **item.metadata) for item in fields(Config))
