"""Every listener acknowledges before anything is asked of Slack, and nothing is lost by it.

The cases are held against what `handlers.register` registers: a new listener without a case fails here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.core.accounts import retention
from bot.core.ports import TurnCommit
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Turn, TurnMessage
from bot.errors import StateError
from bot.playground.api.views import open_stack
from bot.playground.app.deliveries import Delivery
from bot.playground.workspace.records import Json, Message
from bot.slack.dialogs import approval_question, modals, summary_modal, usage
from bot.slack.home import admin, dialogues, page, setting_rows, trials
from bot.slack.reply import footer
from bot.slack.reply.page_choice import SEE_PAGE, SEES_PAGE, SHOW_PAGE
from handlers import again, answers, approvals, lifecycle, shortcuts, summarize
from handlers.glm import access as access_words
from handlers.glm import accounts, money
from handlers.glm import words as commands
from handlers.home import opened as home
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.handlers.front_desk import FrontDesk, front_desk
from tests.handlers.listeners import listeners
from tests.slack.serving import asked

Kind = str
ANYTHING = lifecycle.ANYTHING.pattern


@dataclass
class Scene:
    """A question of Ana's and an answer under it with every button there is; Ben, whom nobody has asked about yet."""

    desk: FrontDesk
    root: Message
    answer: Message

    @property
    def people(self) -> Any:
        return self.desk.slack.people

    @property
    def thread(self) -> ThreadId:
        return ThreadId(self.desk.slack.workspace.team.id, self.root.channel, self.root.ts)

    def told(self) -> str:
        """All that Ben alone is shown, in words and dialogues."""
        ben = self.desk.id("Ben")
        ours = [one for one in bot_messages(self.desk.slack) if one.ephemeral_to == ben or one.channel == self.dm]
        views = [str(view.view) for view in open_stack(self.desk.slack, ben)]
        return "\n".join([*map(visible_text, ours), *views])

    @property
    def dm(self) -> str:
        return self.desk.dm("Ben")

    async def event(self, kind: str, act: Callable[[], object]) -> Delivery:
        before = len(self.desk.slack.deliveries.log)
        act()
        log = self.desk.slack.deliveries.log
        await wait_for(lambda: self.desk.slack.deliveries.is_idle and len(log) > before, 10, kind)
        (told,) = [one for one in log[before:] if kind in {one.event.get("type"), one.event.get("subtype")}]
        return told


Use = Callable[[Scene], Awaitable[Delivery]]
Comes = Callable[[Scene], Awaitable[object]]


def press(action: str, **chosen: Any) -> Use:
    return lambda scene: scene.people.click("Ben", scene.answer, action, **chosen)


def choose(action: str, value: str) -> Use:
    option = {"value": value, "text": {"type": "plain_text", "text": value}}
    return press(action, selected_option=option)


def command(name: str, text: str) -> Use:
    return lambda scene: scene.people.slash_command("Ben", "#general", name, text)


def menu(callback_id: str) -> Use:
    return lambda scene: scene.people.message_shortcut("Ben", scene.answer, callback_id)


def submit(view: Callable[[Scene], Json], **values: Any) -> Use:
    """Of a dialogue that stands open already."""

    async def use(scene: Scene) -> Delivery:
        slack = scene.desk.slack
        from bot.playground.api.views import show_view  # noqa: PLC0415

        shown = show_view(slack, view(scene), scene.desk.id("Ben"))
        filled = {block: {"value": value} for block, value in values.items()}
        delivery: Delivery = await slack.people.submit_view("Ben", shown, filled)
        return delivery

    return use


def tells(words: str) -> Comes:
    async def comes(scene: Scene) -> object:
        return words in scene.told()

    return comes


def replaces(words: str) -> Comes:
    """The message that was pressed gives way to these words."""

    async def comes(scene: Scene) -> object:
        return words in visible_text(scene.answer)

    return comes


async def is_asked(scene: Scene) -> object:
    """A turn waits in the thread."""
    return scene.thread in {thread for thread, _ in scene.desk.jobs.added}


async def is_noted(scene: Scene) -> object:
    return bool((await scene.desk.threads.load(scene.thread)).turns)


async def nothing(_: Scene) -> object:
    return True


def calls(method: str) -> Comes:
    async def comes(scene: Scene) -> object:
        return calls_of(scene.desk.slack, method)

    return comes


def about(scene: Scene) -> dict[str, str]:
    return {"thread": str(scene.thread), "ts": scene.answer.ts}


async def mention(scene: Scene) -> Delivery:
    return await scene.event("app_mention", lambda: scene.people.post("Ben", "#general", "@glm hello"))


async def reply(scene: Scene) -> Delivery:
    """A wish for quiet, which is shown by a reaction."""
    await scene.desk.threads.admit(asked(scene.desk.slack, scene.root), follow=True)
    act = lambda: scene.people.post("Ben", "#general", "stay quiet", thread_ts=scene.root.ts)  # noqa: E731
    return await scene.event("message", act)


async def edit(scene: Scene) -> Delivery:
    return await scene.event("message_changed", lambda: scene.people.edit(scene.root, "@glm why not?"))


async def delete(scene: Scene) -> Delivery:
    said = scene.people.post("Ben", "#general", "hello")
    await wait_for(lambda: scene.desk.slack.deliveries.is_idle)
    return await scene.event("message_deleted", lambda: scene.people.delete(said))


async def stop(scene: Scene) -> Delivery:
    """Of a question that waits in line: nobody else tells of it."""
    waiting = scene.people.post("Ben", "#general", "@glm and this?", thread_ts=scene.root.ts)
    await wait_for(lambda: scene.desk.slack.deliveries.is_idle)
    assert waiting.ts in {one.ts for one in await scene.desk.threads.waiting(scene.thread)}
    act = lambda: scene.people.press_stop("Ben", scene.root.channel, scene.root.ts)  # noqa: E731
    return await scene.event("agent_session_stopped", act)


async def stopped(scene: Scene) -> object:
    return any("Stopped." in visible_text(one) for one in bot_messages(scene.desk.slack, "#general", scene.root.ts))


async def entitle(scene: Scene) -> Delivery:
    event = {
        "type": "agent_session_title_changed",
        "channel": scene.dm,
        "user": scene.desk.id("Ben"),
        "thread_ts": scene.root.ts,
        "title": "Leeks",
    }
    return await sent(scene, event)


async def sent(scene: Scene, event: Json) -> Delivery:
    workspace = scene.desk.slack.workspace
    authorization = {"team_id": workspace.team.id, "user_id": workspace.bot.id, "is_bot": True, "enterprise_id": None}
    body = {"type": "event_callback", "team_id": workspace.team.id, "api_app_id": workspace.app_id, "event": event}
    return await scene.desk.slack.deliveries.send("events_api", {**body, "authorizations": [authorization]})


async def look(scene: Scene) -> Delivery:
    return await scene.event("app_context_changed", lambda: scene.people.look_at("Ben", "#general"))


async def open_messages(scene: Scene) -> Delivery:
    return await scene.event("app_home_opened", lambda: scene.people.open_home("Ben", "messages"))


async def other_event(scene: Scene) -> Delivery:
    return await sent(scene, {"type": "channel_rename", "channel": {"id": scene.root.channel, "name": "x"}})


async def delete_file(scene: Scene) -> Delivery:
    return await sent(scene, {"type": "file_deleted", "file_id": "F0GONE"})


async def suggestion(scene: Scene) -> Delivery:
    body = scene.people._interaction("block_suggestion", scene.desk.slack.workspace.user("Ben"))
    return await scene.desk.slack.deliveries.send("interactive", {**body, "action_id": "gone", "value": "x"})


async def view_closed(scene: Scene) -> Delivery:
    body = scene.people._interaction("view_closed", scene.desk.slack.workspace.user("Ben"))
    return await scene.desk.slack.deliveries.send("interactive", {**body, "view": {"callback_id": "gone"}})


def old_view(_: Scene) -> Json:
    title = {"type": "plain_text", "text": "Old"}
    return {"type": "modal", "callback_id": "gone", "title": title, "blocks": []}


async def use_version(scene: Scene) -> Delivery:
    """Of an answer that has none any more."""
    from bot.playground.api.views import show_view  # noqa: PLC0415

    turn = Turn("2026-11-23", (TurnMessage(scene.root.ts, "Ana", "why?"),), versions=("One.",))
    view = modals.versions(scene.thread, scene.root.ts, turn, "en")
    shown = show_view(scene.desk.slack, view, scene.desk.id("Ben"))
    delivery: Delivery = await scene.people.click("Ben", shown, modals.USE)
    return delivery


def feedback(scene: Scene) -> Json:
    return modals.feedback(scene.thread, scene.root.ts, "en")


QUESTION = {"type": "plain_text_input", "value": "What is it?"}
DAY = {"type": "static_select", "selected_option": {"value": "day"}}
BEN = {"type": "users_select", "selected_user": "U0BEN0000"}
CASES: dict[tuple[Kind, str], tuple[Use, Comes]] = {
    ("event", "app_mention"): (mention, nothing),
    ("event", "message"): (reply, calls("reactions.add")),
    ("event", "message_changed"): (edit, nothing),
    ("event", "message_deleted"): (delete, nothing),
    ("event", "agent_session_stopped"): (stop, stopped),
    ("event", "agent_session_title_changed"): (entitle, nothing),
    ("event", "app_context_changed"): (look, calls("assistant.threads.setSuggestedPrompts")),
    ("event", "app_home_opened"): (open_messages, tells("Hello! I'm GLM-4.6V")),
    ("event", "file_deleted"): (delete_file, nothing),
    ("event", ANYTHING): (other_event, nothing),
    ("middleware", "note_view"): (mention, nothing),
    ("command", summarize.COMMAND): (command(summarize.COMMAND, "last 20"), tells("On it: the summary of #general")),
    ("command", commands.COMMAND): (command(commands.COMMAND, ""), tells("What I can do")),
    ("command", ANYTHING): (command("/gone", ""), tells(lifecycle.NO_COMMAND)),
    ("shortcut", shortcuts.SUMMARISE): (menu(shortcuts.SUMMARISE), is_asked),
    ("shortcut", shortcuts.ASK): (menu(shortcuts.ASK), tells(summary_modal.ASK_LABEL)),
    ("shortcut", shortcuts.PAGE): (menu(shortcuts.PAGE), tells(shortcuts.NO_PICTURE)),
    ("shortcut", shortcuts.FILES): (
        lambda scene: scene.people.global_shortcut("Ben", shortcuts.FILES),
        tells(summary_modal.LENGTH_LABEL),
    ),
    ("shortcut", ANYTHING): (menu("gone"), tells(lifecycle.DEAD)),
    ("action", footer.RATED): (press(footer.RATED), is_noted),
    ("action", footer.GOOD): (press(footer.GOOD), is_noted),
    ("action", footer.BAD): (press(footer.BAD), tells(modals.FEEDBACK_LABEL)),
    ("action", footer.AGAIN): (press(footer.AGAIN), is_asked),
    ("action", footer.CONTINUE): (press(footer.CONTINUE), is_asked),
    ("action", footer.REASONING): (press(footer.REASONING), tells("Let me see.")),
    ("action", footer.MORE): (lambda scene: choose(footer.MORE, f"copy {scene.root.ts}")(scene), tells("Seen.")),
    ("action", modals.USE): (use_version, tells(answers.NO_LONGER)),
    ("action", footer.UNDO): (press(footer.UNDO), is_asked),
    ("action", footer.REDO): (press(footer.REDO), is_asked),
    ("action", footer.ZIP): (press(footer.ZIP), is_asked),
    ("action", footer.COMPARE): (choose(footer.COMPARE, "1 2"), is_asked),
    ("action", SHOW_PAGE): (choose(SHOW_PAGE, "report.pdf#7"), is_asked),
    ("action", SEES_PAGE.pattern): (press(SEE_PAGE.format(number=1)), is_asked),
    ("action", again.ACTION): (press(again.ACTION), replaces(again.UNDER_WAY)),
    ("action", approval_question.APPROVE): (press(approval_question.APPROVE), replaces(approvals.LATE)),
    ("action", approval_question.SHOW): (press(approval_question.SHOW), tells(approvals.NOTHING_TO_SHOW)),
    ("action", approval_question.DENY): (press(approval_question.DENY), replaces(approvals.LATE)),
    ("action", accounts.KEEP_ME): (press(accounts.KEEP_ME), replaces(accounts.KEPT)),
    ("action", accounts.FORGET_ME): (press(accounts.FORGET_ME), replaces(accounts.FORGOTTEN)),
    ("action", usage.CSV): (press(usage.CSV), tells(money.FOR_ADMINS)),
    ("action", trials.TRY): (press(trials.TRY), calls("files.completeUploadExternal")),
    ("action", setting_rows.SET): (press(setting_rows.SET), calls("views.publish")),
    ("action", setting_rows.INSTRUCTIONS): (press(setting_rows.INSTRUCTIONS), tells(dialogues.WHAT_I_KEEP_TO)),
    ("action", page.EXPORT): (press(page.EXPORT), tells(accounts.EXPORTING)),
    ("action", page.FORGET): (press(page.FORGET), tells(accounts.SURE)),
    ("action", admin.BUDGET): (press(admin.BUDGET), tells(money.BUDGETS_BY_ADMINS)),
    ("action", admin.ACCESS): (press(admin.ACCESS), tells(access_words.ADMINS_DECIDE)),
    ("action", admin.RETENTION): (press(admin.RETENTION), tells(retention.ADMINS_RETAIN)),
    ("action", ANYTHING): (press("gone"), tells(lifecycle.DEAD)),
    ("view", summary_modal.ORDER): (
        submit(lambda scene: summary_modal.order("en", scene.root.channel), recent={"selected_options": []}),
        nothing,
    ),
    ("view", summary_modal.ASK): (
        submit(lambda scene: summary_modal.ask("en", about(scene)), question=QUESTION),
        is_asked,
    ),
    ("view", modals.FEEDBACK): (submit(feedback), is_noted),
    ("view", modals.FORGET): (
        submit(lambda scene: modals.forget(scene.thread, scene.root.ts, "en")),
        tells(answers.FORGOTTEN),
    ),
    ("view", modals.READING): (submit(lambda _: modals.copying("x", "en")), nothing),
    ("view", setting_rows.INSTRUCTIONS): (
        submit(lambda _: dialogues.instructions("me", "", "en"), words=QUESTION),
        calls("views.publish"),
    ),
    ("view", page.FORGET): (
        submit(lambda _: dialogues.forget(accounts.SURE, accounts.FORGET_BUTTON, "en")),
        tells(accounts.FORGOTTEN),
    ),
    ("view", dialogues.NOTICE): (submit(lambda _: dialogues.notice("x", "en")), nothing),
    ("view", admin.BUDGET): (
        submit(lambda _: dialogues.budget("USD", "en"), amount=QUESTION | {"value": "5"}, period=DAY),
        tells(money.BUDGETS_BY_ADMINS),
    ),
    ("view", admin.ACCESS): (
        submit(lambda _: dialogues.access("en"), person=BEN),
        tells(access_words.ADMINS_DECIDE),
    ),
    ("view", admin.RETENTION): (
        submit(lambda _: dialogues.retention(30, 30, "en"), days=QUESTION | {"value": "7"}),
        tells(retention.ADMINS_RETAIN),
    ),
    ("view_submission", ANYTHING): (submit(old_view), tells(lifecycle.DEAD)),
    ("view_closed", ANYTHING): (view_closed, nothing),
    ("options", ANYTHING): (suggestion, nothing),
}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with front_desk() as desk:
        slack = desk.slack
        root = slack.people.post("Ana", "#general", "why is it so?")
        await wait_for(lambda: slack.deliveries.is_idle)
        thread = ThreadId(slack.workspace.team.id, root.channel, root.ts)
        await desk.threads.admit(asked(slack, root), follow=True)
        fence = (await desk.threads.begin(thread)).fence
        answer = Message(root.channel, slack.workspace.new_ts(), "Seen.", thread_ts=root.ts)
        turn = Turn("2026-11-23", (TurnMessage(root.ts, "Ana", "why?"),), answer="Seen.", reasoning="Let me see.")
        await desk.threads.commit(thread, fence, TurnCommit((root.ts,), turn))
        answer.bot_id, answer.user = slack.workspace.bot.bot_id, slack.workspace.bot.id
        answer.blocks = [{"type": "actions", "block_id": "row", "elements": buttons(root)}]
        slack.workspace.add_message(answer)
        desk.jobs.added.clear()
        yield Scene(desk, root, answer)


def buttons(root: Message) -> list[Json]:
    place = f'{{"ts": "{root.ts}", "root": "{root.ts}", "place": "channel", "team": "T1"}}'
    names = [name for kind, name in CASES if kind == "action" and name != ANYTHING]
    text = {"type": "plain_text", "text": "x"}
    values = {
        trials.TRY: "sales-chart.png",
        setting_rows.SET: "me think on",
        again.ACTION: place,
        footer.RATED: f"up {root.ts}",
        SEE_PAGE.format(number=1): "report.pdf#7",
    }
    return [
        {"type": "button", "action_id": name, "text": text, "value": values.get(name, root.ts)}
        for name in [*names, SEE_PAGE.format(number=1), "gone"]
    ]


def test_every_listener_has_its_case() -> None:
    assert sorted(listeners().all_of_them) == sorted(CASES)


@pytest.mark.parametrize(("kind", "name"), CASES)
async def test_slack_is_told_before_it_is_asked(scene: Scene, kind: Kind, name: str) -> None:
    use, comes = CASES[kind, name]
    before = len(scene.desk.slack.calls)
    delivery = await use(scene)
    assert delivery.is_acknowledged
    assert [call.method for call in scene.desk.slack.calls[before:]] == []
    await scene.desk.carry_out()
    assert await comes(scene)


# Dialogues to read, with no button but the one that closes them.
CLOSED = {("view", modals.READING), ("view", dialogues.NOTICE)}
PRESSES = [case for case in CASES if case[0] not in {"event", "middleware", "options", "view_closed"}]


@pytest.mark.parametrize(("kind", "name"), [case for case in PRESSES if case not in CLOSED])
async def test_who_presses_while_nothing_can_be_kept_is_told_so(scene: Scene, kind: Kind, name: str) -> None:
    scene.desk.kept.is_away = True
    use, _ = CASES[kind, name]
    delivery = await use(scene)
    assert delivery.is_acknowledged
    if (kind, name) != ("view", summary_modal.ORDER):  # nothing was chosen, which is said in the dialogue
        told = f"{scene.told()} {delivery.answer}"
        assert "I can't reach my memory right now" in told
        assert "我现在连不上自己的记忆" in told


async def test_an_edit_whose_offer_could_not_be_kept_is_offered_when_slack_tells_of_it_again(scene: Scene) -> None:
    scene.desk.kept.away_for = 1
    log = scene.desk.slack.deliveries.log
    before = len(log)
    scene.people.edit(scene.root, "why not?")
    await wait_for(lambda: scene.desk.slack.deliveries.is_idle and len(log) > before)
    assert [one.status for one in log[before:]] == [503, 200]
    await scene.desk.carry_out()
    (offer,) = [one for one in bot_messages(scene.desk.slack, "#general") if one.ephemeral_to]
    assert again.OFFER in visible_text(offer)
    scene.people.edit(scene.root, "or why?")
    await wait_for(lambda: scene.desk.slack.deliveries.is_idle)
    await scene.desk.carry_out()
    assert len([one for one in bot_messages(scene.desk.slack, "#general") if one.ephemeral_to]) == 1, "offered once"


async def test_an_offer_that_finds_redis_away_is_to_be_made_again_and_a_press_is_told_so(scene: Scene) -> None:
    async def away(_: object) -> None:
        raise StateError("away")

    scene.desk.follow_ups.check = away
    scene.people.edit(scene.root, "why not?")
    await wait_for(lambda: scene.desk.kept.waiting)
    with pytest.raises(StateError):
        await scene.desk.carry_out()
    await press(footer.AGAIN)(scene)
    await scene.desk.carry_out()
    assert "I can't reach my memory right now" in scene.told()


async def test_a_button_that_opens_a_page_is_no_dead_one(scene: Scene) -> None:
    scene.answer.blocks[0]["elements"][-1]["url"] = "https://example.com"
    delivery = await press("gone")(scene)
    assert delivery.is_acknowledged
    await scene.desk.carry_out()
    assert scene.told() == ""


async def test_a_dead_button_speaks_the_person_s_language(scene: Scene) -> None:
    scene.desk.slack.workspace.user("Ben").locale = "zh-CN"
    await press("gone")(scene)
    await scene.desk.carry_out()
    assert "这个已经不能用了" in scene.told()


@pytest.mark.parametrize("kind", ["dialog_cancellation", "workflow_step_execute", "something_new"])
async def test_what_even_bolt_does_not_know_is_acknowledged(scene: Scene, kind: str) -> None:
    body = scene.people._interaction(kind, scene.desk.slack.workspace.user("Ben"))
    delivery = await scene.desk.slack.deliveries.send("interactive", {**body, "callback_id": "gone"})
    assert delivery.is_acknowledged


async def test_what_was_kept_by_another_version_is_told(scene: Scene) -> None:
    body = scene.people._interaction("shortcut", scene.desk.slack.workspace.user("Ben"))
    await scene.desk.follow_ups.carry_out("of another version", {"team": scene.thread.team, "body": body})
    assert "That didn't work just now." in scene.told()


async def test_what_is_over_when_it_is_told_is_told_another_way(scene: Scene) -> None:
    """An address is good for half an hour; where the bot is no member it can say nothing to one person alone."""
    delivery = await press("gone")(scene)
    assert delivery.is_acknowledged
    scene.desk.slack.response_urls.clear()
    await scene.desk.carry_out()
    assert lifecycle.DEAD in scene.told()
    await press("gone")(scene)
    scene.desk.slack.response_urls.clear()
    scene.desk.slack.faults.add("chat.postEphemeral", error="not_in_channel", times=None)
    await scene.desk.carry_out()
    assert any(lifecycle.DEAD in visible_text(one) for one in bot_messages(scene.desk.slack, scene.dm))
    assert home.GREET != footer.GOOD
