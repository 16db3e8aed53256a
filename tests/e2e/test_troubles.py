"""What a person reads when the model or the conversation goes wrong. No answer is never an option."""

from pathlib import Path

import pytest

from bot import errors
from bot.glm.offline.reply import OfflinePace, Reply, refused
from tests.checks import bot_messages, wait_for
from tests.stage import stage

BALANCE = refused("1113", "Insufficient balance or no resource package. Please recharge.", 429)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (BALANCE, errors.ModelBalanceGone),
        (refused("1000", "Authentication Failed", 401), errors.ModelKeyWrong),
        (refused("1301", "unsafe content"), errors.ContentRefused),
        (refused("1211", "Unknown Model", 400), errors.ModelNotFound),
        (refused("1261", "Prompt exceeds max length"), errors.ContextTooLong),
        (Reply(status=502, body=b"<html>bad gateway</html>"), errors.ModelUnreachable),
        (Reply(text=""), errors.AnswerEmpty),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
async def test_each_trouble_has_its_own_sentence(tmp_path: Path, reply: Reply, error: type[errors.BotError]) -> None:
    async with stage(tmp_path, lambda _: reply) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        (answer,) = await on.answers("#general", asked.ts)
        assert error.user_message in answer
        assert "Traceback" not in answer


async def test_a_cut_answer_is_never_shown_as_complete(tmp_path: Path) -> None:
    words = " ".join(f"word{i}" for i in range(100))
    cut = Reply(text=words, cut_after=9_000)  # and again, as often as it is asked to go on
    async with stage(tmp_path, lambda _: cut, pace=OfflinePace(0.0, 400.0)) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        (answer,) = await on.answers("#general", asked.ts)
        assert answer.startswith("word0 word1")
        assert errors.GO_ON in answer


async def test_after_a_trouble_the_thread_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, [BALANCE, Reply(text="Better now.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", asked.ts)
        on.slack.people.post("Ana", "#general", "once more", thread_ts=asked.ts)
        assert (await on.answers("#general", asked.ts, 2))[1] == "Better now."


async def test_stay_quiet_makes_the_bot_wait_for_mentions(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Here.")) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", asked.ts)
        quiet = on.slack.people.post("Ana", "#general", "stay quiet", thread_ts=asked.ts)
        await on.settled()
        on.slack.people.post("Ben", "#general", "what do you all think?", thread_ts=asked.ts)
        await on.settled()
        assert len(on.model.requests) == 1
        noticed = on.slack.workspace.message(quiet.channel, quiet.ts)
        assert noticed is not None
        assert noticed.reactions
        on.slack.people.post("Ben", "#general", "@glm and you?", thread_ts=asked.ts)
        await on.answers("#general", asked.ts, 2)


async def test_a_reply_to_somebody_else_is_not_for_the_bot(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Here.")) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", asked.ts)
        ben = on.slack.workspace.user("Ben").id
        on.slack.people.post("Ana", "#general", f"<@{ben}> what do you think?", thread_ts=asked.ts)
        on.slack.people.post("Ana", "#general", "nothing to do with it")
        await on.settled()
        assert len(bot_messages(on.slack, "#general")) == 1


async def test_a_message_sent_while_the_bot_answers_is_answered_next(tmp_path: Path) -> None:
    replies = [Reply(text="First. " * 30), Reply(text="Second.")]
    async with stage(tmp_path, replies, pace=OfflinePace(0.3, 100.0)) as on:
        asked = on.slack.people.post("Ana", "@glm", "one")
        await wait_for(lambda: on.model.requests)
        on.slack.people.post("Ana", "@glm", "two", thread_ts=asked.ts)
        on.slack.people.post("Ana", "@glm", "three", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        said = "".join(str(on.asked(-1)["messages"]))
        assert said.index("one") < said.index("two") < said.index("three")
        assert len(on.model.requests) == 2
