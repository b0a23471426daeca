from __future__ import annotations

import sys
from pathlib import Path

import pytest

from error_classification import config
from error_classification.config import SETTINGS, Config, resolve, secret_values
from error_classification.errors import UsageError

PUBLIC = (
    *("anthropic_api_key", "anthropic_model", "opensearch_url", "opensearch_username", "opensearch_password"),
    *("error_classification_index", "api_format", "api_base_url", "max_error_length", "batch_size", "max_rpm"),
    *("classification_cache_ttl_hours", "min_confidence_for_reuse", "enable_realtime_classification"),
    *("classify_realtime_threshold",),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "project" / "below"
    inner.mkdir(parents=True)
    return inner


def test_the_names_that_scripts_use_are_there_with_the_documented_defaults(folder: Path) -> None:
    found = resolve({}, {}, folder).config
    assert all(hasattr(found, name) for name in PUBLIC)
    assert (found.max_error_length, found.batch_size, found.max_rpm) == (10_000, 10, 50)
    assert (found.classification_cache_ttl_hours, found.min_confidence_for_reuse) == (168, 0.8)
    assert (found.anthropic_model, found.error_classification_index) == ("claude-haiku-5-5", "error_classifications")
    assert (found.api_format, found.classify_realtime_threshold) == ("anthropic", "infrastructure")
    assert found.enable_realtime_classification
    assert len(config.ERROR_CATEGORIES) == 10


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("ANTHROPIC_API_KEY", "k", "anthropic_api_key", "k"),
        ("API_FORMAT", "OpenAI", "api_format", "openai"),
        ("API_BASE_URL", "https://gateway.example/v1/", "api_base_url", "https://gateway.example/v1"),
        ("MAX_ERROR_LENGTH", "500", "max_error_length", 500),
        ("CLASSIFICATION_CACHE_TTL_HOURS", "0", "classification_cache_ttl_hours", 0),
        ("MIN_CONFIDENCE_FOR_REUSE", "1.0", "min_confidence_for_reuse", 1.0),
        ("MIN_CONFIDENCE_FOR_REUSE", ".5", "min_confidence_for_reuse", 0.5),
        ("ENABLE_ERROR_CLASSIFICATION", "FALSE", "enable_error_classification", False),
        ("ENABLE_ERROR_CLASSIFICATION", "1", "enable_error_classification", True),
        ("ERROR_CLASSIFICATION_STORE", "/tmp/x.db", "store", "/tmp/x.db"),
        ("BATCH_SIZE", " 7 ", "batch_size", 7),
        ("BATCH_SIZE", "", "batch_size", 10),
        ("BATCH_SIZE", "  ", "batch_size", 10),
    ],
)
def test_the_environment_is_read(folder: Path, variable: str, text: str, name: str, value: object) -> None:
    assert getattr(resolve({}, {variable: text}, folder).config, name) == value


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("MAX_ERROR_LENGTH", "many", "'many' must be a whole number of at least 200"),
        ("MAX_ERROR_LENGTH", "-1", "at least 200"),
        ("BATCH_SIZE", "0", "at least 1"),
        ("BATCH_SIZE", "1.5", "whole number"),
        ("BATCH_SIZE", "9" * 40, "whole number"),
        ("MIN_CONFIDENCE_FOR_REUSE", "1.01", "from 0 to 1"),
        ("MIN_CONFIDENCE_FOR_REUSE", "nan", "from 0 to 1"),
        ("API_FORMAT", "soap", "one of anthropic, openai"),
        ("OPENSEARCH_URL", "localhost:9200", "http://"),
        ("ENABLE_ERROR_CLASSIFICATION", "perhaps", "true or false"),
    ],
)
def test_a_bad_variable_is_named_in_one_line(folder: Path, variable: str, text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        resolve({}, {variable: text}, folder)
    assert f"environment variable {variable}:" in str(raised.value)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


def test_order_option_environment_project_user_default(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "config" / "error-classification"
    user.mkdir(parents=True)
    (user / "config.toml").write_text("batch_size = 2\nmax_rpm = 2\nhours_back = 2\nrepo = 'user/file'\n")
    (folder.parent / config.PROJECT_FILE).write_text("batch_size = 3\nmax_rpm = 3\nhours_back = 3\n")
    name = "APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME"
    environment = {name: str(tmp_path / "config"), "BATCH_SIZE": "4", "MAX_RPM": "4"}
    found = resolve({"batch_size": 5}, environment, folder)
    values = found.config
    assert (values.batch_size, values.max_rpm, values.hours_back, values.repo) == (5, 4, 3, "user/file")
    assert values.max_error_length == 10_000
    assert found.origins["batch_size"] == "option"
    assert found.origins["max_rpm"] == "environment variable MAX_RPM"
    assert found.origins["hours_back"] == str(folder.parent / config.PROJECT_FILE)
    assert found.origins["repo"] == str(user / "config.toml")
    assert found.origins["max_error_length"] == "default"


def test_the_nearest_project_file_wins(folder: Path) -> None:
    (folder / config.PROJECT_FILE).write_text("batch_size = 8")
    (folder.parent / config.PROJECT_FILE).write_text("batch_size = 9")
    assert resolve({}, {}, folder).config.batch_size == 8


def test_paths_in_a_file_are_relative_to_it(folder: Path) -> None:
    (folder.parent / config.PROJECT_FILE).write_text("store = 'ci.db'\nrules = ['a, b.toml', 'c.toml']\njudges = ['rules']\n")
    found = resolve({}, {}, folder).config
    assert found.store == str(folder.parent / "ci.db")
    assert found.rules == (str(folder.parent / "a, b.toml"), str(folder.parent / "c.toml"))
    assert found.judges == ("rules",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("colour = 'red'", "unknown setting 'colour'"),
        ("batch_size = 'x'", "batch_size: 'x' must be"),
        ("batch_size = []", "batch_size: must be a single value"),
        ("rules = [1]", "rules: must be a list of strings"),
        ("batch_size = true", "batch_size: 'true' must be"),
        ("batch_size", "Expected '='"),
        ("repo = ['x']", "repo: must be a single value"),
        ("max_cost = 5", "max_cost may not stand in a project's file"),
        ("api_base_url = 'https://evil.example'", "api_base_url may not stand in a project's file"),
        ("anthropic_api_key = 'x'", "anthropic_api_key may not stand in a project's file"),
    ],
)
def test_a_bad_file_is_named(folder: Path, content: str, said: str) -> None:
    path = folder / config.PROJECT_FILE
    path.write_text(content)
    with pytest.raises(UsageError) as raised:
        resolve({}, {}, folder)
    assert str(path) in str(raised.value)
    assert said in str(raised.value)


def test_what_a_project_may_not_set_stands_in_the_users_own_file(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "error-classification" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("max_cost = 0.5\nmax_cost_month = 'none'\napi_base_url = 'https://gateway.example/'\n")
    found = resolve({}, {"XDG_CONFIG_HOME": str(tmp_path / "own")}, folder).config
    assert (found.max_cost, found.max_cost_month, found.api_base_url) == (0.5, None, "https://gateway.example")


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / config.PROJECT_FILE).write_bytes(b"repo = '\xff'")
    with pytest.raises(UsageError, match=config.PROJECT_FILE):
        resolve({}, {}, folder)


def test_secrets_are_neither_in_the_repr_nor_in_errors() -> None:
    found = Config(anthropic_api_key="s3cr3t-a", opensearch_password="s3cr3t-b", github_token="s3cr3t-c", gitlab_token="s3cr3t-d")
    assert "s3cr3t" not in repr(found)
    assert "claude-haiku" in repr(found)
    secret = {setting.name for setting in SETTINGS if setting.secret}
    assert secret == {"anthropic_api_key", "opensearch_password", "github_token", "gitlab_token"}


def test_validate_says_what_is_lacking() -> None:
    assert Config(anthropic_api_key="k", opensearch_url="http://x").validate() == []
    assert [line.split(" ", 1)[0] for line in Config().validate()] == ["ANTHROPIC_API_KEY", "OPENSEARCH_URL"]
    assert Config().validate(["github_token"]) == ["GITHUB_TOKEN is not set: Token for GitHub"]


def test_money_is_not_turned_on_by_the_environment() -> None:
    assert {setting.name for setting in SETTINGS if not setting.variable} == {"judges", "rules", "model", "redact_emails"}


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("MY_TOKEN", "abcdef123456", True),
        ("TOKEN", "abcdef123456", True),
        ("GITHUB_TOKEN_2", "abcdef123456", True),
        ("DB_PASSWORD", "correct horse", True),
        ("PGPASSWORD", "correct horse", True),
        ("AWS_SECRET_ACCESS_KEY", "abc/def+ghi", True),
        ("npm_config_authToken", "abcdef123456", True),
        ("API_KEY", "short", False),
        ("USE_TOKEN", "true", False),
        ("TOKEN_COUNT", "12345", False),
        ("SSH_KEY", "/home/me/.ssh/id", False),
        ("MONKEY", "abcdef123456", False),
        ("KEYBOARD", "abcdef123456", False),
        ("PATH", "abcdef123456", False),
        ("COMPASS_URL", "abcdef123456", False),
    ],
)
def test_secret_variables_are_known_by_name(name: str, value: str, taken: bool) -> None:
    assert secret_values({name: value}) == ((value,) if taken else ())


def test_longer_secrets_come_first() -> None:
    assert secret_values({"A_TOKEN": "abcdef", "B_TOKEN": "abcdefgh"}) == ("abcdefgh", "abcdef")


@pytest.mark.parametrize(
    ("environment", "below"),
    [
        ({"HOME": "/h", "XDG_DATA_HOME": "/data"}, "/data/error-classification"),
        ({"HOME": "/h", "XDG_DATA_HOME": "relative"}, "/h/.local/share/error-classification"),
        ({"HOME": "/h"}, "/h/.local/share/error-classification"),
        ({}, None),
        ({"HOME": ""}, None),
    ],
)
def test_the_data_folder_on_linux(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], below: str | None) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    found = config.data_folder(environment)
    assert found == (Path(below) if below else None)


def test_the_data_folder_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert config.data_folder({"HOME": "/h"}) == Path("/h/Library/Application Support/error-classification")


def test_the_config_folder_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert config.config_folder({"APPDATA": str(tmp_path)}) == tmp_path / "error-classification"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, False), ({"NO_COLOR": ""}, False), ({"NO_COLOR": "1"}, True), ({"TERM": "dumb"}, True), ({"TERM": "xterm"}, False)],
)
def test_no_color(environment: dict[str, str], expected: bool) -> None:
    assert config.no_color(environment) is expected


@pytest.mark.parametrize(
    ("environment", "name"),
    [({"USER": "ada"}, "ada"), ({"USER": "", "LOGNAME": "bob"}, "bob"), ({"USERNAME": "c"}, "c"), ({}, "")],
)
def test_user_name(environment: dict[str, str], name: str) -> None:
    assert config.user_name(environment) == name
