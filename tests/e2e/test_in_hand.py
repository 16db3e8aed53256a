"""What a person can do with an answer, and how they choose what they see."""

from pathlib import Path

from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.api.views import open_stack
from bot.playground.workspace.records import Message
from bot.slack.reply import footer
from tests.checks import bot_messages, visible_text, wait_for
from tests.stage import Stage, stage

THOUGHT = "First I looked at the picture. Then I weighed two readings. I settled on the second."


def last_answer(on: Stage, root: Message) -> Message:
    return bot_messages(on.slack, root.channel, root.ts)[-1]


async def test_an_answer_is_regenerated_in_place_and_older_versions_stay(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Version one."), Reply(text="Version two.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", asked.ts)
        await on.slack.people.click("Ana", last_answer(on, asked), footer.AGAIN)
        await on.carried_out()
        await wait_for(lambda: "Version two." in visible_text(last_answer(on, asked)))
        await on.settled()
        assert len(bot_messages(on.slack, "#general", asked.ts)) == 1
        assert [call.method for call in on.slack.calls if call.error == "message_not_in_streaming_state"] == []
        assert on.asked(0)["messages"] == on.asked(1)["messages"]
        answer = last_answer(on, asked)
        await on.slack.people.click("Ana", answer, footer.MORE, selected_option=option(answer, footer.VERSIONS))
        await on.carried_out()
        assert "Version one." in str(open_stack(on.slack, on.slack.workspace.user("Ana").id)[-1])


async def test_a_stopped_answer_goes_on_when_asked_to(tmp_path: Path) -> None:
    words = " ".join(f"word{i}" for i in range(200))
    async with stage(tmp_path, [Reply(text=words), Reply(text="And on.")], pace=OfflinePace(0.05, 50.0)) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm go on")
        await wait_for(lambda: "word1" in "".join(visible_text(m) for m in bot_messages(on.slack)))
        on.slack.people.post("Ana", "#general", "stop", thread_ts=asked.ts)
        await on.answers("#general", asked.ts)
        await on.slack.people.click("Ana", last_answer(on, asked), footer.CONTINUE)
        await on.carried_out()
        await wait_for(lambda: "And on." in visible_text(last_answer(on, asked)))
        assert "Please continue where you stopped." in on.question()


async def test_the_reasoning_is_summarised_in_the_thread_for_who_wants_it(tmp_path: Path) -> None:
    replies = [Reply(reasoning=THOUGHT, text="Blue."), Reply(text="- looked at the picture\n- settled on blue")]
    async with stage(tmp_path, replies) as on:
        await on.slack.people.slash_command("Ana", "#general", "/glm", "reasoning summary")
        await on.carried_out()
        assert "`summary`" in visible_text(bot_messages(on.slack, "#general")[-1])
        asked = on.slack.people.post("Ana", "#general", "@glm why is it so blue here?")
        (answer,) = await on.answers("#general", asked.ts)
        assert answer.startswith("Blue.")
        assert THOUGHT not in answer
        kinds = [block["type"] for block in last_answer(on, asked).blocks]
        assert kinds.index("container") < kinds.index("actions"), "above the buttons, in their message"
        assert "settled on blue" in answer
        assert "Show reasoning" not in answer
        assert answer.count("hought for") == 1, "how long it took is told once"
        assert on.asked(1)["max_tokens"] <= 600
        await on.slack.people.click("Ana", last_answer(on, asked), footer.AGAIN)
        await on.carried_out()
        await on.settled()
        assert len(bot_messages(on.slack, "#general", asked.ts)) == 1, "a new version leaves no old reasoning behind"


async def test_reasoning_off_shows_none_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(reasoning=THOUGHT, text="Blue.")], reasoning="off") as on:
        asked = on.slack.people.post("Ana", "#general", "@glm why?")
        (answer,) = await on.answers("#general", asked.ts)
        assert answer == "Blue."


async def test_the_reasoning_is_there_to_be_looked_at(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(reasoning=THOUGHT, text="Blue.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm why?")
        await on.answers("#general", asked.ts)
        await on.slack.people.click("Ana", last_answer(on, asked), footer.REASONING)
        await on.carried_out()
        assert THOUGHT in str(open_stack(on.slack, on.slack.workspace.user("Ana").id)[-1])


async def test_think_at_the_beginning_of_a_message_is_an_order_and_not_a_word(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Yes.")) as on:
        asked = on.slack.people.post("Ana", "@glm", "!nothink is it so?")
        await on.answers(asked.channel, asked.ts)
        assert on.question() == "is it so?\n"
        assert on.asked()["thinking"] == {"type": "disabled"}


async def test_a_forgotten_thread_is_not_told_to_the_model_again(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Noted.")) as on:
        asked = on.slack.people.post("Ana", "@glm", "the code word is swordfish")
        await on.answers(asked.channel, asked.ts)
        answer = last_answer(on, asked)
        await on.slack.people.click("Ana", answer, footer.MORE, selected_option=option(answer, footer.FORGET))
        await on.carried_out()
        view = open_stack(on.slack, on.slack.workspace.user("Ana").id)[-1]
        await on.slack.people.submit_view("Ana", view, {})
        await on.carried_out()
        on.slack.people.post("Ana", "@glm", "what was it?", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        assert "swordfish" not in str(on.asked()["messages"][:-1])


def option(answer: Message, name: str) -> dict[str, object]:
    blocks = answer.blocks
    (row,) = [block for block in blocks if block["type"] == "actions"]
    menu = row["elements"][-1]
    found: dict[str, object] = next(one for one in menu["options"] if one["value"].startswith(name))
    return found
