"""The one place that builds and joins everything. Settings in, services out; nothing here decides."""

from bot.bootstrap.model_side import check_model_settings, model_client
from bot.bootstrap.services import (
    Maintenance,
    Receiving,
    Services,
    Sides,
    Working,
    build_desk,
    build_services,
    redis_answers,
)

__all__ = [
    "Maintenance",
    "Receiving",
    "Services",
    "Sides",
    "Working",
    "build_desk",
    "build_services",
    "check_model_settings",
    "model_client",
    "redis_answers",
]
