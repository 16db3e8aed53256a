"""Builds what the home tab needs."""

from bot.audit_log import STDOUT
from bot.bootstrap.front import access_rules
from bot.bootstrap.store import Store
from bot.core.intake.gate import Gate
from bot.settings import Settings
from bot.slack.home.admin import Audit
from handlers import HomeParts


def home_parts(settings: Settings, store: Store, gate: Gate) -> HomeParts:
    audit: Audit = "" if not settings.audit_log else "stdout" if settings.audit_log == STDOUT else "file"
    return HomeParts(store.homes, gate, store.spending, access_rules(settings), audit)
