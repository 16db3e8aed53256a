"""An answered question that is edited: offered once to its writer, answered on their press."""

from pathlib import Path

from bot.glm.offline.reply import Reply
from bot.playground.workspace.records import Message
from handlers.again import ACTION, BUTTON, GONE, OFFER, UNDER_WAY
from tests.checks import bot_messages, visible_text, wait_for
from tests.stage import Stage, stage


def offers(on: Stage) -> list[Message]:
    return [message for message in bot_messages(on.slack) if message.ephemeral_to]


async def test_the_writer_alone_is_offered_and_the_offer_gives_way_to_a_word(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), Reply(text="Two.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm one")
        await on.answers("#general", asked.ts)
        on.slack.people.edit(asked, "@glm two")
        await wait_for(lambda: offers(on))
        (offer,) = offers(on)
        assert offer.ephemeral_to == asked.user
        assert OFFER in visible_text(offer)
        assert offer.blocks[1]["elements"][0]["text"]["text"] == BUTTON
        delivery = await on.slack.people.click("Ana", offer, ACTION)
        assert delivery.is_acknowledged
        await on.answers("#general", asked.ts, 2)
        assert on.question() == "Ana: two\n"
        assert OFFER not in " ".join(visible_text(message) for message in offers(on))
        assert UNDER_WAY in " ".join(visible_text(message) for message in bot_messages(on.slack))


async def test_a_second_press_asks_the_model_no_more_than_once_at_a_time(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), Reply(text="Two.", wait_s=0.3)]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm one")
        await on.answers("#general", asked.ts)
        on.slack.people.edit(asked, "@glm two")
        await wait_for(lambda: offers(on))
        (offer,) = offers(on)
        delivery = await on.slack.people.click("Ana", offer, ACTION)
        await on.slack.deliveries.send("interactive", delivery.body)
        await on.answers("#general", asked.ts, 2)
        assert len(on.model.requests) == 2


async def test_the_offer_speaks_the_writer_s_language(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One.")]) as on:
        on.slack.workspace.user("Ana").locale = "zh-CN"
        asked = on.slack.people.post("Ana", "#general", "@glm one")
        await on.answers("#general", asked.ts)
        on.slack.people.edit(asked, "@glm two")
        await wait_for(lambda: offers(on))
        assert "要我重新回答吗" in visible_text(offers(on)[0])


async def test_an_offer_for_a_question_that_is_gone_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm one")
        await on.answers("#general", asked.ts)
        on.slack.people.edit(asked, "@glm two")
        await wait_for(lambda: offers(on))
        on.slack.people.delete(asked)
        await on.settled()
        await on.slack.people.click("Ana", offers(on)[0], ACTION)
        await on.carried_out()
        assert GONE in " ".join(visible_text(message) for message in bot_messages(on.slack))
        assert len(on.model.requests) == 1
