"""What can be set: every problem is one line that helps, blank means unset, secrets never print."""

from pathlib import Path

import pytest

from bot.errors import SettingsInvalid
from bot.setting_forms import EXAMPLES
from bot.settings import Settings, load_settings, missing_for_slack

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-secret",
    "SLACK_SIGNING_SECRET": "sign-secret",
    "SLACK_APP_TOKEN": "xapp-1-secret",
    "GLM_API_KEY": "key-secret",
    "STATE_KEY": "state-secret",
    "REDIS_URL": "redis://:redis-secret@localhost:6379/0",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no .env of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def problems() -> list[str]:
    with pytest.raises(SettingsInvalid) as invalid:
        load_settings()
    return invalid.value.problems


def test_nothing_set_is_a_working_set_of_defaults() -> None:
    settings = load_settings()
    assert settings.glm_base_url == "https://wcode.net/api/gpt/v1"
    assert settings.glm_model == "z-ai/glm-4.6v"
    assert (settings.port, settings.redis_url, settings.host) == (3000, None, None)
    assert not settings.has_slack
    assert settings.glm_temperature is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("SLACK_API_URL", "slack.com/api/"),
        ("SLACK_API_URL", "https://slack.com/"),
        ("GLM_BASE_URL", "ftp://x"),
        ("GLM_BASE_URL", "http://[oops"),
        ("GLM_PROVIDER", "acme"),
        ("REDIS_URL", "localhost:6379"),
        ("GLM_FALLBACK", "off,z-ai/glm-4.5v"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("GLM_TEMPERATURE", "warm"),
        ("GLM_TOP_K", "1.5"),
        ("GLM_LOGPROBS", "perhaps"),
        ("GLM_TOOL_CHOICE", "required"),
        ("GLM_VERBOSITY", "loud"),
        ("GLM_THINKING", "sometimes"),
        ("RETENTION_DAYS", "0"),
        ("BUDGET_USER_DAY", "0"),
        ("BUDGET_CHANNEL_DAY", "much"),
        ("BUDGET_WORKSPACE_MONTH", "-5"),
        ("BUDGET_ZONE", "Mars/Olympus"),
        ("BUDGET_ZONE", "../etc"),
        ("COST_NOTICE", "nan"),
        ("SHUTDOWN_GRACE_S", "-1"),
        ("WORKER_CONCURRENCY", "0"),
        ("GLM_LOGIT_BIAS", '{"1": "much"}'),
    ],
)
def test_each_problem_is_one_line_with_name_reason_and_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given(monkeypatch, **{name: value})
    (line,) = problems()
    assert line.startswith(f"{name}: ")
    assert line.endswith(f"(example: {name}={EXAMPLES[name]})")
    assert "\n" not in line
    assert "Value error" not in line


@pytest.mark.parametrize("name", ["GLM_LOGIT_BIAS", "GLM_RESPONSE_FORMAT"])
def test_json_that_is_none_is_a_problem_like_any_other(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given(monkeypatch, **{name: "{oops"})
    (line,) = problems()
    assert line.startswith(f"{name}: ")


def test_words_are_taken_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    given(
        monkeypatch, LOG_LEVEL="debug", LOG_FORMAT="JSON", GLM_PROVIDER="OpenRouter", REASONING="Line", STORE="Minimal"
    )
    settings = load_settings()
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")
    assert (settings.glm_provider, settings.reasoning, settings.store) == ("openrouter", "line", "minimal")


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PORT="x", LOG_LEVEL="x", REDIS_URL="x")
    assert [line.split(":")[0] for line in problems()] == ["REDIS_URL", "PORT", "LOG_LEVEL"]


def test_blank_means_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **dict.fromkeys((name.upper() for name in Settings.model_fields), ""))
    assert load_settings() == Settings.model_construct()


def test_spaces_mean_unset_too(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK_BOT_TOKEN="  ", GLM_API_KEY=" ", REDIS_URL=" ")
    settings = load_settings()
    assert (settings.slack_bot_token, settings.glm_api_key, settings.redis_url) == (None, None, None)


def test_a_wrong_secret_is_not_repeated_in_the_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK_BOT_TOKEN="hunter2-token", SLACK_APP_TOKEN="hunter2-app", REDIS_URL="hunter2-redis")
    assert len(problems()) == 3
    assert "hunter2" not in "\n".join(problems())


@pytest.mark.parametrize("name", list(GOOD))
def test_secrets_never_print(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given(monkeypatch, **{name: GOOD[name]})
    settings = load_settings()
    for shown in (repr(settings), str(settings), f"{settings}", str(settings.model_dump(mode="json"))):
        assert "-secret" not in shown
    assert load_settings().model_dump()[name.lower()] is not None


def test_an_address_is_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK_API_URL="http://127.0.0.1:9/api")
    assert load_settings().slack_api_url == "http://127.0.0.1:9/api/"


def test_lists_and_objects_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, GLM_STOP="END, STOP ,", GLM_LOGIT_BIAS='{"12": -100}', GLM_RESPONSE_FORMAT='{"type": "text"}')
    settings = load_settings()
    assert settings.glm_stop == ["END", "STOP"]
    assert settings.glm_logit_bias == {"12": -100}
    assert settings.glm_response_format == {"type": "text"}


@pytest.mark.parametrize(
    ("value", "stops"),
    [('["END"]', ["END"]), ('["a, b", "\\n\\n"]', ["a, b", "\n\n"]), ("[END", ["[END"]), ("[1], x", ["[1]", "x"])],
)
def test_stop_sequences_may_be_a_json_list(monkeypatch: pytest.MonkeyPatch, value: str, stops: list[str]) -> None:
    given(monkeypatch, GLM_STOP=value)
    assert load_settings().glm_stop == stops


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GLM_TEMPERATURE", "2.1"),
        ("GLM_TEMPERATURE", "nan"),
        ("GLM_TOP_P", "1.5"),
        ("GLM_MAX_TOKENS", "0"),
        ("GLM_TOP_LOGPROBS", "21"),
        ("GLM_PRESENCE_PENALTY", "-3"),
    ],
)
def test_what_no_provider_takes_is_told_with_every_other_problem(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given(monkeypatch, PORT="x", **{name: value})
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert [line.split(":")[0] for line in caught.value.problems] == ["PORT", name]
    assert f"(example: {name}=" in caught.value.problems[1]


@pytest.mark.parametrize(
    ("value", "models"),
    [("", None), ("off", []), (" OFF ", []), ("a/one, b/two", ["a/one", "b/two"]), ("one", ["one"])],
)
def test_fallback_models_are_read(monkeypatch: pytest.MonkeyPatch, value: str, models: list[str] | None) -> None:
    given(monkeypatch, GLM_FALLBACK=value)
    assert load_settings().glm_fallback == models


def test_a_dot_env_file_is_read_and_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nGLM_MODEL=from-file\n# note\nUNKNOWN=1\n", encoding="utf-8")
    given(monkeypatch, PORT="5000")
    settings = load_settings()
    assert (settings.port, settings.glm_model) == (5000, "from-file")


def test_what_slack_still_needs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = missing_for_slack(load_settings())
    assert [line.split(":")[0] for line in lines] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    given(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    settings = load_settings()
    assert missing_for_slack(settings) == []
    assert settings.has_slack
    assert settings.uses_socket_mode


def test_settings_never_change() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_everything_that_can_be_wrong_has_an_example() -> None:
    # any text will do for these, so they can't be wrong
    assert {name.upper() for name in Settings.model_fields} - set(EXAMPLES) <= {"HOST", "GLM_API_KEY"}
