"""Everything a person can press, choose or send has a listener, and every listener has something that reaches it."""

from collections.abc import Iterator
from typing import Any

from bot.core.reply import Footer
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.turn import Turn
from bot.slack.dialogs import modals, summary_modal, usage
from bot.slack.dialogs.approval_question import ApprovalQuestion
from bot.slack.home import dialogues
from bot.slack.home import page as home
from bot.slack.manifest import manifest
from bot.slack.reply.footer import footer_blocks, simpler_footer
from bot.slack.reply.page_choice import SEES_PAGE
from handlers import again
from handlers.glm import accounts
from tests.handlers.listeners import listeners
from tests.slack.home.pages import whole_page

THREAD = ThreadId("T1", "C1", "1.1")
LONG = "x" * 10_000  # more than a question shows, so that all of it is offered
QUESTION = Inbound("T1", "C1", "1.1", "1.1", "U1", "T1", "channel", "")
ANEW = Turn("2026-11-23", (), versions=("One.",))
EVERYTHING = Footer(
    ("line",),
    "1.1",
    True,
    True,
    True,
    can_continue=True,
    page_versions=(1, 2, 3),
    can_undo=True,
    can_redo=True,
    cited=("a.pdf#1", "a.pdf#2"),
    doubted=("a.pdf#1", "a.pdf#2"),
)


def action_ids(blocks: Any) -> Iterator[str]:
    """Those of elements that act when they are pressed; an input tells its value with its dialogue."""
    for block in blocks:
        for element in block.get("elements", ()) if block["type"] in {"actions", "context_actions"} else ():
            yield element["action_id"]
        if "accessory" in block:
            yield block["accessory"]["action_id"]


class Whispers:
    def __init__(self) -> None:
        self.blocks: list[Any] = []

    async def whisper(self, *_: object, blocks: list[Any]) -> None:
        self.blocks += blocks


async def test_every_button_and_menu_has_its_listener() -> None:
    whispers: Any = Whispers()
    await again.offer(whispers, QUESTION, "en")
    question = ApprovalQuestion(THREAD, "U1", "May I?", LONG, "en")
    shown = [*footer_blocks(EVERYTHING), *question.with_buttons("q"), *whispers.blocks]
    shown += [*(simpler_footer(footer_blocks(EVERYTHING)) or []), *modals.versions(THREAD, "1.1", ANEW, "en")["blocks"]]
    shown += accounts.ask_to_forget("en").blocks
    shown += home.view(whole_page())["blocks"]
    shown += usage.blocks(usage.Figures(usage.YOURS, 0, 0, {}, (), "USD", has_download=True), "en", 0)
    heard = [one for one in listeners().actions if isinstance(one, str)]
    numbered = {one for one in action_ids(shown) if SEES_PAGE.fullmatch(one)}
    assert sorted(set(action_ids(shown)) - numbered) == sorted(heard)
    assert numbered
    assert ("action", SEES_PAGE.pattern) in listeners().all_of_them


def test_every_dialogue_has_its_listener() -> None:
    shown = {
        summary_modal.ORDER,
        summary_modal.ASK,
        *(
            view["callback_id"]
            for view in (
                modals.feedback(THREAD, "1.1", "en"),
                modals.forget(THREAD, "1.1", "en"),
                modals.reading("title", ["text"], "en"),
                dialogues.instructions("me", "", "en"),
                dialogues.budget("USD", "en"),
                dialogues.access("en"),
                dialogues.retention(30, 30, "en"),
                dialogues.forget("Sure?", "Do it", "en"),
                dialogues.notice("words", "en"),
            )
        ),
    }
    assert set(listeners().views) == shown
    assert summary_modal.order("en")["callback_id"] == summary_modal.ORDER
    assert summary_modal.ask("en", {})["callback_id"] == summary_modal.ASK


def test_the_manifest_and_the_listeners_name_the_same_commands() -> None:
    assert {command["command"] for command in manifest()["features"]["slash_commands"]} == set(listeners().commands)


def test_the_manifest_and_the_listeners_name_the_same_shortcuts() -> None:
    kinds = {"message": "message_action", "global": "shortcut"}
    offered = {(one["callback_id"], kinds[one["type"]]) for one in manifest()["features"]["shortcuts"]}
    assert offered == {(one["callback_id"], one["type"]) for one in listeners().shortcuts}


def test_the_manifest_asks_for_every_event_that_is_listened_to() -> None:
    asked = {name.partition(".")[0] for name in manifest()["settings"]["event_subscriptions"]["bot_events"]}
    heard = {one["type"] if isinstance(one, dict) else one for one in listeners().events if not hasattr(one, "match")}
    assert heard <= asked
    # What is left ends or changes the installation; the last listener takes note of it.
    assert asked - heard == {"app_uninstalled", "tokens_revoked"}
