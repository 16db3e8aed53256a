"""Reads all settings from the environment (and `.env`) once. Only bot.bootstrap and what runs use them.

Their names are a contract. `.env.example` lists them in the same order; a test compares the two.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_serializer,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsInvalid
from bot.setting_forms import (
    EXAMPLES,
    Ids,
    Lower,
    NamesOrOff,
    Upper,
    api_url,
    http_url,
    optional_url,
    redis_address,
    text_list,
    token,
    zone,
)

Provider = Annotated[Literal["wcode", "zai", "bigmodel", "openrouter", "vllm", "sglang"], Lower]
Verbatim = Annotated[str, StringConstraints(strip_whitespace=False)]
ELSEWHERE = ("CI", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Upper]


class Settings(BaseSettings):
    """The settings. A blank value means unset. Secrets never print."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )

    slack_bot_token: Annotated[SecretStr | None, token("xoxb-", "xoxe.xoxb-")] = None
    """The bot's token (`xoxb-…`). Without it the playground starts."""
    slack_signing_secret: SecretStr | None = None
    """Needed over HTTP."""
    slack_app_token: Annotated[SecretStr | None, token("xapp-")] = None
    """App-level token (`xapp-…`). When it is set, Socket Mode instead of HTTP."""
    slack_api_url: Annotated[str, AfterValidator(api_url)] = "https://slack.com/api/"
    """Any base that ends in `/api/`. The token goes to this host and to files.slack.com, to no other."""

    glm_base_url: Annotated[str, AfterValidator(http_url)] = "https://wcode.net/api/gpt/v1"
    """An OpenAI-compatible endpoint."""
    glm_api_key: SecretStr | None = None
    """Its key. Without it the playground answers with an offline stand-in."""
    glm_model: Annotated[str, Field(min_length=1)] = "z-ai/glm-4.6v"
    """The model's name there."""
    glm_provider: Provider | None = None
    """`wcode`, `zai`, `bigmodel`, `openrouter`, `vllm` or `sglang`: what it takes and how thinking is switched.
    Blank: by the address."""
    glm_fallback: NamesOrOff = None
    """Models that answer when the chosen one is away, separated by commas, the best first; a line under the answer says
    so. Where there are pictures, only those that see. Blank: those that the catalog names for it. `off`: nobody."""

    redis_url: Annotated[str | None, AfterValidator(redis_address), Field(repr=False)] = None
    """`redis://…`, `rediss://…` or `unix://…`. Blank: a Redis of the bot's own under `DATA_DIR`."""
    data_dir: Path = Path("data")
    """Where the bot's own Redis keeps its files."""

    host: str | None = None
    """Where to listen. Blank: `0.0.0.0`; the playground, which has no log-in, `127.0.0.1`."""
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    """Where Slack, and the browser, reach the bot."""
    health_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    """`/healthz`, `/readyz` and `/metrics` are answered here too. A worker listens nowhere else."""
    metrics_token: SecretStr | None = None
    """`/metrics` is told only for `Authorization: Bearer` and this (`openssl rand -hex 32`). Blank: on `HEALTH_PORT` to
    everybody who reaches it, on `PORT` to this machine alone."""

    log_level: LogLevel = "INFO"
    """`DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    log_format: Annotated[Literal["console", "json"] | None, Lower] = None
    """`console` or `json`. Blank: `console` on a terminal, JSON elsewhere."""

    # The widest range of any provider. A provider's own range, which may be narrower, is in bot.glm.catalog.providers.
    glm_temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    """Sampling, like every `GLM_…` below: sent only when it is set and the provider takes it."""
    glm_top_p: Annotated[float | None, Field(ge=0, le=1)] = None
    """Nucleus sampling."""
    glm_top_k: Annotated[int | None, Field(ge=-1)] = None
    """Only the most likely tokens."""
    glm_frequency_penalty: Annotated[float | None, Field(ge=-2, le=2)] = None
    """Against words that come often."""
    glm_presence_penalty: Annotated[float | None, Field(ge=-2, le=2)] = None
    """Against words that came before."""
    glm_repetition_penalty: Annotated[float | None, Field(ge=0, le=2)] = None
    """Against repetition, as a factor."""
    glm_min_p: Annotated[float | None, Field(ge=0, le=1)] = None
    """Least likelihood, relative to the most likely token."""
    glm_top_a: Annotated[float | None, Field(ge=0, le=1)] = None
    """Least likelihood, by the square of the most likely."""
    glm_seed: int | None = None
    """For the same answer twice, as far as the provider can."""
    glm_max_tokens: Annotated[int | None, Field(ge=1, le=131_072)] = None
    """Longest answer, in tokens."""
    glm_logit_bias: dict[str, float] | None = None
    """A JSON object: token to bias."""
    glm_logprobs: bool | None = None
    """Whether likelihoods are asked for."""
    glm_top_logprobs: Annotated[int | None, Field(ge=0, le=20)] = None
    """How many of them."""
    glm_response_format: dict[str, object] | None = None
    """A JSON object, as the API takes it."""
    glm_structured_outputs: bool | None = None
    """`true` or `false`."""
    glm_stop: Annotated[list[Verbatim] | None, NoDecode, BeforeValidator(text_list)] = None
    """Stop sequences, separated by commas, or a JSON list."""
    glm_tool_choice: Annotated[Literal["auto", "none"] | None, Lower] = None
    """`auto` or `none`."""
    glm_parallel_tool_calls: bool | None = None
    """`true` or `false`."""
    glm_verbosity: Annotated[Literal["low", "medium", "high"] | None, Lower] = None
    """`low`, `medium` or `high`."""
    glm_thinking: Annotated[Literal["on", "off", "auto"], Lower] = "auto"
    """`on`, `off`, or `auto`: the provider's default, where the model decides."""

    reasoning: Annotated[Literal["off", "line", "summary", "full"], Lower] = "line"
    """`off`, `line` (“Thought for 9 s”), `summary` or `full`: what is shown of the reasoning unless somebody chose
    otherwise."""

    budget_user_day: Annotated[float | None, Field(gt=0, le=100_000_000)] = None
    """What one person may spend on a day, in the provider's currency. Blank: no limit, as for the next two."""
    budget_channel_day: Annotated[float | None, Field(gt=0, le=100_000_000)] = None
    """What may be spent in one channel on a day."""
    budget_workspace_month: Annotated[float | None, Field(gt=0, le=100_000_000)] = None
    """What the workspace may spend in a month."""
    budget_zone: Annotated[str | None, AfterValidator(zone)] = None
    """Budgets renew at midnight there, for everybody. Blank: UTC."""
    cost_notice: Annotated[float | None, Field(gt=0, le=100_000_000)] = None
    """A question that will cost more is asked about first."""

    mcp_config: Path | None = None
    """Other programs' tools: a JSON file, `{"mcpServers": {name: {"command", "args", "env"} or {"url"}}}`. Only for
    members of the workspace, unless a server's `allow` names `guests` or `external`."""

    allow_guests: bool = False
    """Whether guests of the workspace may use the bot: `true` or `false`."""
    allow_external: bool = False
    """Whether people of other companies may, in channels shared with them: `true` or `false`."""
    allow_users: Ids = []
    """Ids of the people who may use it, separated by commas. Blank: all of them. Guests and people of other companies
    need `ALLOW_GUESTS` and `ALLOW_EXTERNAL` besides."""
    allow_channels: Ids = []
    """Ids of the channels it answers in. Blank: all of them. Direct messages go by `ALLOW_USERS` alone."""
    allow_bots: Ids = []
    """App or bot ids of other bots that may mention it: ten answers an hour to each in each channel. Blank: none."""
    admins: Ids = []
    """Ids of people who count as admins besides the workspace's own owners and admins."""

    public_url: Annotated[str | None, AfterValidator(optional_url)] = None
    """Where the world reaches this app. With it, web pages get a preview link."""

    state_key: SecretStr | None = None
    """Seals what is kept of people in Redis with AES-GCM (`openssl rand -base64 32`)."""
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long a thread is remembered after its last turn."""
    store: Annotated[Literal["full", "minimal"], Lower] = "full"
    """`full`, or `minimal`: Redis keeps no words of a thread, only which messages and files it has; the words are read
    from Slack again for each answer, and files stay in the cache for 15 minutes."""
    audit_log: str | None = None
    """`stdout` or a path: one JSON line for each answer, refusal, tool call, approval, setting, file and deletion, with
    ids and figures, never words of a message. Blank: off."""
    shutdown_grace_s: Annotated[float, Field(ge=0, le=600)] = 25
    """How long running answers may finish after SIGTERM, in seconds. The rest is handed over."""
    worker_concurrency: Annotated[int, Field(ge=1, le=1000)] = 64
    """Answers at once in one worker."""
    turns_per_user: Annotated[int, Field(ge=1, le=1000)] = 16
    """Answers at once for one person, over all workers. More wait in line."""
    turns_per_workspace: Annotated[int, Field(ge=1, le=10_000)] = 48
    """Answers at once for one workspace, over all workers. More wait in line."""
    inbox_per_thread: Annotated[int, Field(ge=1, le=100_000)] = 200
    """Messages that may wait in one thread. Who writes more is told, and the message is not taken."""
    inbox_per_user: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    """Messages of one person that may wait, in all threads."""
    inbox_per_workspace: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    """Messages of one workspace that may wait."""

    @model_validator(mode="before")
    @classmethod
    def _blank_means_unset(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if not (isinstance(value, str) and not value.strip())}

    @field_serializer("redis_url", when_used="json-unless-none")
    def _without_password(self, value: str) -> str:
        return re.sub(r"(?<=://)[^@/]*@", "***@", value)

    @property
    def has_slack(self) -> bool:
        return self.slack_bot_token is not None

    @property
    def uses_socket_mode(self) -> bool:
        return self.slack_app_token is not None


def load_settings() -> Settings:
    """Return the settings from the environment. Raises SettingsInvalid with one line per problem."""
    try:
        return Settings()
    except ValidationError as validation_error:
        raise SettingsInvalid([_line(error["loc"], error["msg"]) for error in validation_error.errors()]) from None


def has_desktop(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Tell whether the person who started this can see a browser on this machine: not in CI, and not over SSH."""
    variables = os.environ if environment is None else environment  # noqa: TID251
    if any(variables.get(name) for name in ELSEWHERE):
        return False
    return platform in {"darwin", "win32"} or bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))


def missing_for_slack(settings: Settings) -> list[str]:
    """Return what serving real Slack still needs, one line each."""
    problems = []
    if settings.slack_bot_token is None:
        problems.append(_line(("slack_bot_token",), "is not set"))
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        problems.append(_line(("slack_signing_secret",), "is not set (needed unless SLACK_APP_TOKEN is)"))
    return problems


def _line(location: tuple[int | str, ...], reason: str) -> str:
    name = str(location[0]).upper() if location else "settings"
    reason = reason.removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    example = f" (example: {name}={EXAMPLES[name]})" if name in EXAMPLES else ""
    return f"{name}: {reason}{example}"
