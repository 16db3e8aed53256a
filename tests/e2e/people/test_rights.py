"""What is read for somebody is what they may read: members, guests and people of other companies, by every way; and
what is private, missing or unknown gets the same words.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.glm.offline.reply import Reply
from bot.playground.workspace.records import Message
from bot.playground.workspace.sharing import permalink
from bot.slack.read.linked_files import NOT_SHARED
from bot.slack.read.summaries.target import FILE_NOT_FOUND, NO_ACCESS
from tests.e2e.people.test_access import command, whispers, with_people
from tests.stage import Stage, stage

ANSWERS = [Reply(text="Well.")] * 20
WORDS = b"the secret plan\n"


def places(on: Stage) -> dict[str, Message]:
    """A file and its message in a public channel, and in a private one, that only Ben and the bot are in."""
    workspace, found = on.slack.workspace, {}
    for name, kind in (("strategy", "channel"), ("layoffs", "group")):
        workspace.add_channel(name, ["Ben", "glm"], kind=kind)
        file = on.slack.people.upload("Ben", f"{name}.txt", WORDS, mimetype="text/plain")
        found[name] = on.slack.people.post("Ben", f"#{name}", f"about {name}", files=[file])
    return found


def file_link(message: Message | None, user: str = "U0BEN0000") -> str:
    return f"https://acme.slack.com/files/{user}/{message.files[0] if message else 'F0NOWHERE'}/plan.txt"


@pytest.mark.parametrize(("who", "reads"), [("Ana", {"strategy"}), ("Gus", set()), ("Eve", set())])
async def test_a_linked_file_is_read_for_who_may_open_it(tmp_path: Path, who: str, reads: set[str]) -> None:
    allowed: dict[str, Any] = {"allow_guests": True, "allow_external": True}
    async with stage(tmp_path, ANSWERS, slack=with_people(), **allowed) as on:
        linked: dict[str, Message | None] = {**places(on), "nowhere": None}
        for _ in range(2):  # the second time Ben's own question has brought it into the cache
            refusals = set()
            for name, message in linked.items():
                asked = on.slack.people.post(who, "#general", f"@glm read {file_link(message)}")
                (answer,) = await on.answers("#general", asked.ts)
                if who != "Eve":  # links of people from elsewhere are not followed at all
                    assert (WORDS.decode().strip() in on.question()) == (name in reads), (who, name)
                assert name in reads or WORDS.decode().strip() not in json.dumps(on.asked()), (who, name)
                if name not in reads and NOT_SHARED in answer:
                    refusals.add(answer.split(NOT_SHARED)[0].rsplit("(", 1)[-1])
            for name in ("strategy", "layoffs"):
                mine = on.slack.people.post("Ben", "@glm", f"read {file_link(linked[name])}")
                await on.answers(mine.channel, mine.ts)
                assert WORDS.decode().strip() in on.question()


@pytest.mark.parametrize(("who", "reads"), [("Ana", {"strategy"}), ("Gus", set()), ("Eve", set())])
async def test_summaries_are_for_who_may_read_along(tmp_path: Path, who: str, reads: set[str]) -> None:
    allowed: dict[str, Any] = {"allow_guests": True, "allow_external": True}
    async with stage(tmp_path, ANSWERS, slack=with_people(), **allowed) as on:
        found = places(on)
        message, file = NO_ACCESS.format(bot="glm"), FILE_NOT_FOUND.format(bot="glm")
        missing = permalink(on.slack.workspace, found["strategy"]).replace(found["strategy"].channel, "C0NOWHERE")
        for words, refusal in ((missing, message), (file_link(None), file), ("<#C0NOWHERE|layoffs> last 5", message)):
            await command(on, who, f"<{words}>" if words.startswith("http") else words, "/summarize")
            assert whispers(on, who)[-1] == refusal
        for name, said in found.items():
            ways = (
                (f"<{permalink(on.slack.workspace, said)}>", message),
                (f"<#{said.channel}|{name}> last 5", message),
                (f"<{file_link(said)}>", file),
            )
            for words, refusal in ways:
                await command(on, who, words, "/summarize")
                is_refused = whispers(on, who)[-1] == refusal
                assert is_refused == (name not in reads), (who, words)
        told = json.dumps([on.asked(index) for index in range(len(on.model.requests))])
        assert ("about layoffs" in told) is False
        assert ("about strategy" in told) == bool(reads)


async def test_the_name_of_a_private_channel_is_for_its_members(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        secret = places(on)["layoffs"].channel
        for who, told in (("Ana", f"#{secret}"), ("Ben", "#layoffs")):
            asked = on.slack.people.post(who, "@glm", f"what is <#{secret}>?")
            await on.answers(asked.channel, asked.ts)
            assert told in on.question(), who
