"""Builds everything that is kept in Redis."""

from redis.asyncio import Redis

from bot.bootstrap.money_side import spending
from bot.core.people.preferences import Choice
from bot.settings import Settings
from bot.store.blobs import Blobs
from bot.store.call_budgets import CallBudgets
from bot.store.concurrency_limit import ConcurrencyLimit, RunningTurnLimits
from bot.store.dead_letters import DeadLetters
from bot.store.encryption import Seal
from bot.store.follow_ups import FollowUpMarks
from bot.store.keys import DAY_S, Keys
from bot.store.people.access import AccessStore
from bot.store.people.contexts import ViewContexts
from bot.store.people.homes import HomeMarks
from bot.store.people.preferences import PreferenceStore
from bot.store.previews import Previews
from bot.store.signals import Signals
from bot.store.threads.admission import InboxRoom
from bot.store.threads.approvals import Approvals
from bot.store.threads.approved_calls import ApprovedCallRecords
from bot.store.threads.forgetting import Forgetting
from bot.store.threads.retention import Retention
from bot.store.threads.signs import WaitingSigns
from bot.store.threads.threads import Threads
from bot.store.threads.titles import TitleMarks
from bot.store.workers import Workers

# When no texts are kept, files stay only as long as an answer may take.
WORKING_S = 900


class Store:
    """Everything that is kept in Redis."""

    def __init__(self, redis: Redis, keys: Keys, settings: Settings, seal: Seal, worker: str) -> None:
        self.seal = seal
        self.retention = Retention(redis, keys, seal, settings.retention_days, keeps_texts=settings.store == "full")
        self.forgetting = Forgetting(redis, keys, seal)
        inbox_room = InboxRoom(settings.inbox_per_thread, settings.inbox_per_user, settings.inbox_per_workspace)
        self.threads = Threads(redis, keys, seal, self.retention, worker, inbox_room)
        self.workers = Workers(redis, keys, worker)
        self.signals = Signals(redis, keys)
        self.followed = FollowUpMarks(redis, keys)
        self.approvals = Approvals(redis, keys, seal)
        self.calls = ApprovedCallRecords(redis, keys, seal)
        self.blobs = Blobs(redis, keys, seal=seal, kept_s=DAY_S if settings.store == "full" else WORKING_S)
        self.previews = Previews(redis, keys, seal, settings.public_url or "", self.retention)
        self.titles = TitleMarks(redis, keys, settings.retention_days * DAY_S)
        self.signs = WaitingSigns(redis, keys, self.retention)
        self.contexts = ViewContexts(redis, keys)
        self.homes = HomeMarks(redis, keys)
        self.budgets = CallBudgets(redis, keys)
        self.spending = spending(settings, redis, keys)
        self.access = AccessStore(redis, keys)
        self.dead_letters = DeadLetters(redis, keys, seal, settings.retention_days * DAY_S)
        self.choices = PreferenceStore(redis, keys, Choice(settings.reasoning, settings.glm_thinking), seal)
        self.limit = ConcurrencyLimit(
            redis, keys, RunningTurnLimits(settings.turns_per_user, settings.turns_per_workspace)
        )
