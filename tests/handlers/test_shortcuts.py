"""What people do with a message from its menu: summarised, asked about, made a page of, in its own thread."""

from collections.abc import AsyncIterator

import pytest

from bot.core.ports import TurnCommit
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Turn, TurnMessage
from bot.playground.workspace.records import Message
from bot.slack.read.summaries import target as summary_target
from bot.slack.reply.page_choice import page_buttons, page_choice
from handlers.shortcuts import ASK, MAKE_PAGE, NO_PICTURE, PAGE, SUMMARISE
from tests.checks import bot_messages, visible_text
from tests.handlers.front_desk import FrontDesk, front_desk
from tests.slack.serving import asked


@pytest.fixture
async def desk() -> AsyncIterator[FrontDesk]:
    async with front_desk() as desk:
        yield desk


async def use(desk: FrontDesk, shortcut: str, message: Message) -> str:
    """What the person alone is told."""
    before = {one.ts for one in bot_messages(desk.slack)}
    delivery = await desk.slack.people.message_shortcut("Ana", message, shortcut)
    assert delivery.is_acknowledged
    await desk.carry_out()
    told = [one for one in bot_messages(desk.slack) if one.ts not in before]
    assert all(one.ephemeral_to == desk.id("Ana") for one in told)
    return "\n".join(visible_text(one) for one in told)


async def remember(desk: FrontDesk, message: Message) -> ThreadId:
    """The thread has a turn of the bot's already."""
    thread = ThreadId(desk.slack.workspace.team.id, message.channel, message.ts)
    await desk.threads.admit(asked(desk.slack, message), follow=True)
    fence = (await desk.threads.begin(thread)).fence
    turn = Turn("2026-11-23", (TurnMessage(message.ts, "Ana", "look"),), answer="Seen.")
    await desk.threads.commit(thread, fence, TurnCommit((message.ts,), turn))
    return thread


async def test_a_message_with_files_is_summarised_in_its_thread(desk: FrontDesk) -> None:
    message = desk.share("report.pdf")
    assert await use(desk, SUMMARISE, message) == ""
    order = await desk.order()
    assert (order.root_ts, order.is_reply, order.channel) == (message.ts, True, message.channel)
    assert [file.name for file in order.files] == ["report.pdf"]
    assert order.brief is not None
    assert await desk.threads.following(order.thread) == "on"


async def test_a_reply_s_thread_is_summarised(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "What shall we do?")
    reply = desk.slack.people.post("Ben", "#general", "This.", thread_ts=root.ts)
    await use(desk, SUMMARISE, reply)
    order = await desk.order()
    assert order.root_ts == root.ts
    assert order.brief is not None
    assert [span.root_ts for span in order.brief.spans] == [root.ts]


async def test_using_it_again_orders_another(desk: FrontDesk) -> None:
    message = desk.share("report.pdf")
    await use(desk, SUMMARISE, message)
    await use(desk, SUMMARISE, message)
    assert len(await desk.orders()) == 2


async def test_where_the_bot_is_not_it_says_how_to_invite_it(desk: FrontDesk) -> None:
    desk.slack.workspace.add_channel("away", ["Ana", "Ben"])
    message = desk.share("plan.png", "#away")
    for shortcut in (SUMMARISE, ASK, PAGE):
        assert await use(desk, shortcut, message) == summary_target.NO_ACCESS.format(bot="glm")
    assert not await desk.orders()


async def test_a_question_about_a_message_is_asked_for_all_to_see(desk: FrontDesk) -> None:
    message = desk.share("plan.png", text="the new plan")
    assert await use(desk, ASK, message) == ""
    assert await desk.submit(question={"type": "plain_text_input", "value": "Who pays <this>?"}) == {}
    (shown,) = desk.public("#general")
    assert shown.thread_ts == message.ts
    assert shown.text == f"<@{desk.id('Ana')}> asks: Who pays &lt;this&gt;?"
    order = await desk.order()
    assert (order.root_ts, order.ts, order.brief) == (message.ts, shown.ts, None)
    assert order.text == "Who pays <this>?"
    assert order.quoted == "(This is about the message of Ana: “the new plan”)"
    assert order.files == (), "the thread is read, and the file with it"


async def test_a_question_about_an_alert_brings_what_the_alert_says(desk: FrontDesk) -> None:
    alert = desk.slack.people.app_posts(
        "Alertmanager",
        "#general",
        attachments=[{"title": "[FIRING:1] DiskFull", "text": "db1 is at 98 %", "fallback": "x"}],
    )
    assert await use(desk, ASK, alert) == ""
    await desk.submit(question={"type": "plain_text_input", "value": "What now?"})
    order = await desk.order()
    assert order.text == "What now?"
    assert order.quoted == "(This is about the message of Alertmanager: “[FIRING:1] DiskFull\ndb1 is at 98 %”)"


async def test_a_page_of_a_picture_that_was_forwarded(desk: FrontDesk) -> None:
    said = desk.share("sketch.png", "#design")
    forwarded = desk.slack.people.forward("Ana", "#general", said)
    await use(desk, PAGE, forwarded)
    assert (await desk.order()).text == MAKE_PAGE


async def test_in_a_thread_that_is_known_the_file_comes_along(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "@glm hello")
    await remember(desk, root)
    reply = desk.share("plan.png", thread_ts=root.ts)
    await use(desk, ASK, reply)
    await desk.submit(question={"type": "plain_text_input", "value": "What is it?"})
    questions = [order for order in await desk.orders() if order.text == "What is it?"]
    assert [file.name for order in questions for file in order.files] == ["plan.png"]


async def test_a_message_that_is_gone_meanwhile(desk: FrontDesk) -> None:
    message = desk.share("plan.png")
    await use(desk, ASK, message)
    desk.slack.people.delete(message)
    assert await desk.submit(question={"type": "plain_text_input", "value": "What is it?"}) == {}
    (told,) = [one for one in bot_messages(desk.slack, "#general") if one.ephemeral_to]
    assert visible_text(told) == summary_target.NOT_FOUND
    assert not desk.public("#general")


async def test_a_page_of_a_picture(desk: FrontDesk) -> None:
    await use(desk, PAGE, desk.share("sketch.png"))
    assert (await desk.order()).text == MAKE_PAGE


async def test_no_page_without_a_picture(desk: FrontDesk) -> None:
    assert await use(desk, PAGE, desk.share("report.pdf")) == NO_PICTURE
    assert not await desk.orders()


async def test_a_page_that_is_cited_can_be_shown(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "@glm hello")
    thread = await remember(desk, root)
    menu = page_choice(["my report.pdf#7", "my report.pdf#7"], "en")
    assert menu is not None
    assert [one["text"]["text"] for one in menu["options"]] == ["p. 7"]
    answer = Message(root.channel, desk.slack.workspace.new_ts(), "Seen.", thread_ts=root.ts)
    answer.bot_id, answer.user = desk.slack.workspace.bot.bot_id, desk.slack.workspace.bot.id
    answer.blocks = [{"type": "actions", "block_id": "row", "elements": [menu]}]
    desk.slack.workspace.add_message(answer)
    delivery = await desk.slack.people.click("Ben", answer, "show_page", selected_option=menu["options"][0])
    assert delivery.is_acknowledged
    await desk.carry_out()
    (order,) = await desk.threads.waiting(thread)
    assert (order.order, order.text) == ("show my report.pdf#7", "Show me my report.pdf, page 7.")


async def test_a_page_in_doubt_is_shown_by_one_press(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "@glm hello")
    thread = await remember(desk, root)
    buttons = page_buttons(["a.pdf#7", "a.pdf#7", "a.pdf#9"], "en")
    assert [one["text"]["text"] for one in buttons] == ["See p. 7", "See p. 9"]
    answer = Message(root.channel, desk.slack.workspace.new_ts(), "Seen.", thread_ts=root.ts)
    answer.bot_id, answer.user = desk.slack.workspace.bot.bot_id, desk.slack.workspace.bot.id
    answer.blocks = [{"type": "actions", "block_id": "row", "elements": buttons}]
    desk.slack.workspace.add_message(answer)
    delivery = await desk.slack.people.click("Ben", answer, buttons[1]["action_id"])
    assert delivery.is_acknowledged
    await desk.carry_out()
    (order,) = await desk.threads.waiting(thread)
    assert (order.order, order.text) == ("show a.pdf#9", "Show me a.pdf, page 9.")


def test_buttons_of_several_documents_are_told_apart() -> None:
    labels = [
        "report.pdf#7",
        "b.pdf#1",
        "x" * 100 + ".pdf#12",
        "y" * 150 + ".pdf#1",
        *(f"c.pdf#{at}" for at in range(9)),
    ]
    shown = [one["text"]["text"] for one in page_buttons(labels, "en")]
    assert shown[:2] == ["See report.pdf p. 7", "See b.pdf p. 1"]
    assert len(shown) == 5
    assert len(shown[2]) <= 75


def test_pages_of_several_documents_are_told_apart() -> None:
    menu = page_choice(["report.pdf#7", "b.pdf#1", "x" * 100 + ".pdf#12", "y" * 150 + ".pdf#1"], "en")
    assert menu is not None
    shown = [one["text"]["text"] for one in menu["options"]]
    assert shown[:2] == ["report.pdf p. 7", "b.pdf p. 1"]
    assert len(shown) == 3
    assert shown[2].endswith("… p. 12")
    assert len(shown[2]) <= 75
    assert page_choice([], "en") is None
