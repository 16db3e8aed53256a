"""Edits and deletions as Slack tells of them: a tombstone is a deletion, an unfurled link is nothing."""

from pathlib import Path

from bot.core.thread.inbound import ThreadId
from bot.glm.offline.reply import Reply
from tests.checks import bot_messages, wait_for
from tests.stage import stage


async def test_a_question_with_answers_under_it_leaves_a_tombstone_and_is_forgotten(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm my password is swordfish")
        await on.answers("#general", asked.ts)
        thread = ThreadId(on.slack.workspace.team.id, asked.channel, asked.ts)
        assert "swordfish" in str(await on.services.threads.load(thread))
        on.slack.people.delete(asked)
        await on.settled()
        kinds = [one.event.get("subtype") for one in on.slack.deliveries.log if one.kind == "events_api"]
        assert "message_changed" in kinds, "with replies under it Slack keeps a tombstone"
        assert (await on.services.threads.load(thread)).is_new


async def test_an_unfurled_link_is_no_edit(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm see https://example.com")
        await on.answers("#general", asked.ts)
        on.slack.people.unfurl(asked)
        await on.settled()
        assert [message for message in bot_messages(on.slack) if message.ephemeral_to] == []
        assert len(on.model.requests) == 1


async def test_a_mention_that_an_edit_brings_in_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Here.")]) as on:
        said = on.slack.people.post("Ana", "#general", "what is this?")
        await on.settled()
        assert on.model.requests == type(on.model.requests)()
        on.slack.people.edit(said, "@glm what is this?")
        await wait_for(lambda: on.model.requests)
        assert [text.strip() for text in await on.answers("#general", said.ts)]
        assert on.question() == "Ana: what is this?\n"
        assert len(on.model.requests) == 1


async def test_an_edit_of_somebody_else_s_talk_is_not_for_the_bot(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Here.")]) as on:
        said = on.slack.people.post("Ben", "#general", "lunch?")
        on.slack.people.edit(said, "lunch at one?")
        on.slack.people.delete(said)
        await on.settled()
        assert not on.model.requests
        assert bot_messages(on.slack) == []
