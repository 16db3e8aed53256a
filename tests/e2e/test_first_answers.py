"""A person asks, the bot answers: mention, direct message, follow-up."""

from pathlib import Path

from pydantic import SecretStr

from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from tests.checks import wait_for
from tests.stage import stage


async def test_a_mention_is_answered_once_in_its_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(reasoning="Let me see.", text="It is **42**.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm what is the answer?")
        assert await on.answers("#general", asked.ts) == ["It is **42**.\nThought for 1 s"]
        assert len(on.model.requests) == 1
        assert on.question() == "Ana: what is the answer?\n"


async def test_a_direct_message_is_answered_in_its_thread_without_a_speaker(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Hello there.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "hello")
        assert await on.answers(asked.channel, asked.ts) == ["Hello there."]
        assert on.question() == "hello\n"


async def test_a_thread_is_remembered_and_needs_no_second_mention(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), Reply(text="Two.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm first")
        await on.answers("#general", asked.ts)
        on.slack.people.post("Ben", "#general", "second", thread_ts=asked.ts)
        assert await on.answers("#general", asked.ts, 2) == ["One.", "Two."]
        first, second = on.asked(0)["messages"], on.asked(1)["messages"]
        assert second[: len(first)] == first
        assert second[-1]["content"] == "Ben: second\n"


async def test_over_a_socket_it_is_the_same(tmp_path: Path) -> None:
    slack = LocalSlack()
    token = SecretStr(slack.app_token)
    async with stage(tmp_path, lambda _: Reply(text="Yes."), slack=slack, slack_app_token=token) as on:
        await wait_for(lambda: slack.deliveries.sockets.is_connected)
        asked = slack.people.post("Ana", "#general", "@glm hello")
        assert await on.answers("#general", asked.ts) == ["Yes."]
        assert {delivery.via for delivery in slack.deliveries.log} == {"socket"}


async def test_slacks_verification_of_the_address_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        assert await on.slack.deliveries.verify_url()
