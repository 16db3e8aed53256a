"""Checks the forms of values in the environment: addresses, tokens, lists, Slack ids. Each check raises ValueError."""

import json
import re
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode


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
