"""Builds what stands between Slack's requests and the use cases: what listeners share, and who may come in."""

from collections.abc import Callable
from dataclasses import dataclass

from docket import Docket

from bot.bootstrap.slack_side import SlackSide
from bot.bootstrap.store import Store
from bot.core.accounts.exports import Exports, KeptRecords
from bot.core.accounts.forget_person import Accounts
from bot.core.files.downloads import KeptDownloads
from bot.core.files.web_files import WebFiles
from bot.core.intake.edits import MessageEdits
from bot.core.intake.gate import Gate
from bot.core.intake.receive import Receiver
from bot.core.model.models import Models
from bot.core.people.access import AccessRules
from bot.core.prompt.read_again import ReadAgain
from bot.internet.fetch import Internet
from bot.jobs.follow_ups import FollowUpQueue
from bot.jobs.queue import JobQueue
from bot.settings import Settings
from bot.slack.response_urls import ResponseUrls
from bot.store.threads.threads import Threads
from handlers import AccessCheck, Dependencies, FollowUps, PrivateReplies


@dataclass(frozen=True, slots=True)
class JobQueues:
    """Where jobs go: answers to `queue`, follow-ups to `later`. `refused` counts messages that found no room."""

    queue: JobQueue
    later: Docket
    refused: Callable[[str], None]


def memory_of(settings: Settings, slack: SlackSide, store: Store) -> Threads | ReadAgain:
    """Return where a thread's words are: in the store, or in Slack when the store keeps no words."""
    if settings.store == "full":
        return store.threads
    return ReadAgain(store.threads, slack.history, slack.identity.name)


def access_rules(settings: Settings) -> AccessRules:
    return AccessRules(
        settings.allow_guests,
        settings.allow_external,
        frozenset(settings.allow_users),
        frozenset(settings.allow_channels),
        frozenset(settings.allow_bots),
    )


def open_front(
    slack: SlackSide, store: Store, work: JobQueues, gate: Gate, memory: Threads | ReadAgain, models: Models
) -> Dependencies:
    check = AccessCheck(gate)
    replies = PrivateReplies(slack.gateway, slack.history, ResponseUrls(slack.client), check)
    follow_ups = FollowUps(FollowUpQueue(work.later, store.seal), replies, check)
    # This Internet has no reader: an export hands over bytes and reads none of them.
    originals = KeptDownloads(WebFiles(slack.downloads, Internet()), store.blobs)
    message_edits = MessageEdits(store.threads, work.queue, store.signals)
    return Dependencies(
        Receiver(store.threads, work.queue, work.refused, gate.bots, store.choices),
        message_edits,
        slack.gateway,
        slack.history,
        store.threads,
        store.choices,
        store.approvals,
        follow_ups,
        replies,
        store.followed,
        store.access,
        check,
        store.retention,
        Accounts(store.forgetting, store.threads, message_edits, [store.spending]),
        Exports(KeptRecords(store.forgetting, store.choices, store.spending), memory, originals),
        store.forgetting,
        store.signs,
        models,
    )
