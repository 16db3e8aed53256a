"""Builds and joins everything in one place: settings in, services out. Nothing here decides."""

from bot.bootstrap.model_side import check_model_settings, model_client
from bot.bootstrap.services import (
    Maintenance,
    ProcessRoles,
    ReceiverServices,
    Services,
    WorkerServices,
    build_maintenance,
    build_services,
    redis_answers,
)

__all__ = [
    "Maintenance",
    "ProcessRoles",
    "ReceiverServices",
    "Services",
    "WorkerServices",
    "build_maintenance",
    "build_services",
    "check_model_settings",
    "model_client",
    "redis_answers",
]
