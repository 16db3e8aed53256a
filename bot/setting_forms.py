"""Checks the forms of values in the environment: addresses, tokens, lists, Slack ids. Each check raises ValueError.

EXAMPLES holds a value in the right form for each setting.
"""

import json
import re
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

EXAMPLES = {
    "SLACK_BOT_TOKEN": "xoxb-1234-5678-abc",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SLACK_APP_TOKEN": "xapp-1-A012-345-abc",
    "SLACK_API_URL": "https://slack.com/api/",
    "GLM_BASE_URL": "https://wcode.net/api/gpt/v1",
    "GLM_PROVIDER": "wcode",
    "GLM_MODEL": "z-ai/glm-4.6v",
    "GLM_FALLBACK": "z-ai/glm-4.6v-flashx,z-ai/glm-4.5v",
    "REDIS_URL": "redis://localhost:6379/0",
    "DATA_DIR": "data",
    "PORT": "3000",
    "HEALTH_PORT": "3001",
    "METRICS_TOKEN": "output of: openssl rand -hex 32",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "console",
    "GLM_TEMPERATURE": "0.8",
    "GLM_TOP_P": "0.6",
    "GLM_TOP_K": "40",
    "GLM_FREQUENCY_PENALTY": "0.2",
    "GLM_PRESENCE_PENALTY": "0.2",
    "GLM_REPETITION_PENALTY": "1.1",
    "GLM_MIN_P": "0.05",
    "GLM_TOP_A": "0.1",
    "GLM_SEED": "42",
    "GLM_MAX_TOKENS": "16384",
    "GLM_LOGIT_BIAS": '{"1234": -100}',
    "GLM_LOGPROBS": "true",
    "GLM_TOP_LOGPROBS": "5",
    "GLM_RESPONSE_FORMAT": '{"type": "text"}',
    "GLM_STRUCTURED_OUTPUTS": "false",
    "GLM_STOP": "END",
    "GLM_TOOL_CHOICE": "auto",
    "GLM_PARALLEL_TOOL_CALLS": "true",
    "GLM_VERBOSITY": "medium",
    "GLM_THINKING": "auto",
    "REASONING": "summary",
    "BUDGET_USER_DAY": "5",
    "BUDGET_CHANNEL_DAY": "20",
    "BUDGET_WORKSPACE_MONTH": "500",
    "BUDGET_ZONE": "Asia/Shanghai",
    "COST_NOTICE": "0.50",
    "MCP_CONFIG": "mcp.json",
    "ALLOW_GUESTS": "true",
    "ALLOW_EXTERNAL": "true",
    "ALLOW_USERS": "U0123ABCD,U0456EFGH",
    "ALLOW_CHANNELS": "C0123ABCD,C0456EFGH",
    "ALLOW_BOTS": "A0123ABCD,B0456EFGH",
    "ADMINS": "U0123ABCD",
    "PUBLIC_URL": "https://glm.example.com",
    "STATE_KEY": "output of: openssl rand -base64 32",
    "RETENTION_DAYS": "30",
    "STORE": "minimal",
    "AUDIT_LOG": "stdout",
    "SHUTDOWN_GRACE_S": "25",
    "WORKER_CONCURRENCY": "64",
    "TURNS_PER_USER": "16",
    "TURNS_PER_WORKSPACE": "48",
    "INBOX_PER_THREAD": "200",
    "INBOX_PER_USER": "2000",
    "INBOX_PER_WORKSPACE": "10000",
}


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


# Beside a Literal: its words are taken in any case.
Lower, Upper = BeforeValidator(_lower), BeforeValidator(_upper)


def http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")
    return value


def optional_url(value: str | None) -> str | None:
    return http_url(value).rstrip("/") if value is not None else None


def api_url(value: str) -> str:
    value = http_url(value)
    value = value if value.endswith("/") else value + "/"
    if not value.endswith("/api/"):
        raise ValueError("must end in /api/")
    return value


def redis_address(value: str | None) -> str | None:
    if value is not None and not re.match(r"^(redis|rediss|unix)://", value):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def zone_of(name: str | None) -> tzinfo:
    """Return a time zone by its name; UTC for None. Raises ValueError."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError("must be a time zone that this machine knows, such as Asia/Shanghai") from unknown


def zone(value: str | None) -> str | None:
    zone_of(value)
    return value


def token(*prefixes: str) -> AfterValidator:
    def check(value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(prefixes):
            raise ValueError(f"must begin with {prefixes[0]}")
        return value

    return AfterValidator(check)


def text_list(value: object) -> object:
    """Split texts at commas. A JSON list may hold texts with commas and line breaks."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("["):
        with suppress(ValueError):
            return json.loads(value)
    return [item.strip() for item in value.split(",") if item.strip()]


def names_or_off(values: list[str] | None) -> list[str] | None:
    """Return the names, or an empty list for the word `off`."""
    if values is None or "off" not in [value.lower() for value in values]:
        return values
    if len(values) > 1:
        raise ValueError("off stands alone")
    return []


def ids(values: list[str]) -> list[str]:
    for value in values:
        if not re.fullmatch(r"[A-Z][A-Z0-9]{2,}", value):
            raise ValueError(f"{value[:40]!r} is no Slack id")
    return values


NamesOrOff = Annotated[list[str] | None, NoDecode, BeforeValidator(text_list), AfterValidator(names_or_off)]
Ids = Annotated[list[str], NoDecode, BeforeValidator(text_list), AfterValidator(ids)]
