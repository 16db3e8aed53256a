"""What is kept of people: forgotten when they want it, handed to them, kept as long as an admin says; and what is
deleted in Slack.
"""

import csv
import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from bot.core.accounts import retention
from bot.core.money.usage_rows import NOBODY
from bot.glm.offline.reply import Reply
from bot.playground.api.views import open_stack
from bot.playground.app.events import emit
from bot.playground.workspace.records import Message
from bot.slack.read.summaries.target import FILE_NOT_FOUND
from bot.slack.reply import footer
from bot.words import say
from handlers.glm import accounts
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.acting import deposited, post
from tests.e2e.documents.test_pictures import PNG, pictures, upload
from tests.e2e.people.test_access import command, whispers, with_people
from tests.e2e.people.test_rights import file_link
from tests.stage import Stage, stage
from tests.store.threads.test_forgetting import everything

ANSWERS = [Reply(text=f"Answer {number}.") for number in range(1, 20)]
SECRET = "the launch code is 4711"


async def forget_me(on: Stage, user: str = "Ana") -> None:
    await command(on, user, "forget me")
    person = on.slack.workspace.user(user).id
    question = [one for one in bot_messages(on.slack) if one.ephemeral_to == person][-1]
    assert visible_text(question).startswith(accounts.SURE)
    await on.slack.people.click(user, question, accounts.FORGET_ME)
    await on.carried_out()
    await on.settled()


async def stored(on: Stage) -> str:
    """Everything that stands in Redis, as text."""
    return (await everything(on.services.redis)).decode()


async def test_forget_me_takes_everything_and_what_was_said_is_not_read_again(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        private = on.slack.people.post("Ana", "@glm", SECRET)
        await on.answers(private.channel, private.ts)
        root = on.slack.people.post("Ben", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        on.slack.people.post("Ana", "#general", f"@glm {SECRET}", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        await command(on, "Ana", "reasoning full")
        await forget_me(on)
        assert whispers(on, "Ana")[-1] == accounts.FORGOTTEN
        assert SECRET not in await stored(on)
        assert not [key async for key in on.services.redis.scan_iter(f"glm:prefs:*:{private.user}")]
        spending = on.services.spending
        used = await spending.rows(on.services.identity.team, [spending.today])
        assert {row.user for row in used} == {NOBODY, root.user}, "the sums stay, without the name"
        on.slack.people.post("Ben", "#general", "and now?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        on.slack.people.post("Ana", "@glm", "do you remember?", thread_ts=private.ts)
        await on.answers(private.channel, private.ts, 2)
        asked = [json.dumps(on.asked(index)) for index in range(len(on.model.requests))][-2:]
        assert all(SECRET not in one for one in asked), asked
        assert "hello" in asked[0], "Ben's own words are still known"


async def test_what_was_said_before_is_not_summed_up_either(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        on.slack.people.post("Ana", "#general", SECRET)
        on.slack.people.post("Ben", "#general", "we ship on Friday")
        await forget_me(on)
        on.slack.people.post("Ana", "#general", "and I am new here")
        await command(on, "Ben", "last 10", "/summarize")
        await wait_for(lambda: on.model.requests)
        asked = json.dumps(on.asked())
        assert SECRET not in asked
        assert "we ship on Friday" in asked
        assert "I am new here" in asked


async def test_files_of_who_is_forgotten_do_not_come_along_with_a_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="They ship on Friday.")]) as on:
        (mine,) = deposited(on, (("ana.txt", SECRET.encode()),))
        root = on.slack.people.post("Ben", "#general", "we ship on Friday")
        on.slack.people.post("Ana", "#general", "here", files=[mine], thread_ts=root.ts)
        alone = on.slack.people.post("Ana", "#general", "look at this", files=[mine])
        await forget_me(on)
        await command(on, "Ben", permalink(on, root), "/summarize")
        await wait_for(lambda: on.model.requests)
        await on.settled()
        asked = json.dumps(on.asked())
        assert SECRET not in asked
        assert "ana.txt" not in asked
        assert "we ship on Friday" in asked
        await command(on, "Ben", permalink(on, alone), "/summarize")
        await command(on, "Ben", "", "/summarize")
        await on.settled()
        assert len(on.model.requests) == 1, "a link to what is forgotten leads to nothing"
        (view,) = open_stack(on.slack, on.slack.workspace.user("Ben").id)
        assert "ana.txt" not in json.dumps(view.view), "nor is its file offered"


async def test_a_link_to_a_file_of_who_is_forgotten_leads_to_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        files = deposited(on, (("before.txt", SECRET.encode()), ("after.txt", b"we ship on Friday")))
        before, after = (on.slack.people.post("Ana", "#general", "here", files=[file]) for file in files)
        await forget_me(on)
        files[1].created_s = int(time.time()) + 1
        for words in (f"@glm read {file_link(before)}", f"@glm read {file_link(after)}"):
            asked = on.slack.people.post("Ben", "#general", words)
            await on.answers("#general", asked.ts)
        assert SECRET not in json.dumps([on.asked(index) for index in range(2)])
        assert "we ship on Friday" in on.question()
        await command(on, "Ben", f"<{file_link(before)}>", "/summarize")
        assert whispers(on, "Ben")[-1] == FILE_NOT_FOUND.format(bot="glm")
        mine = on.slack.people.post("Ana", "@glm", f"read {file_link(before)}")
        await on.answers(mine.channel, mine.ts)
        assert SECRET in on.question(), "who links to a file of their own hands it in anew"


def permalink(on: Stage, message: Message) -> str:
    return f"<https://team.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}>"


async def test_forgetting_waits_for_the_button_and_is_for_those_who_may_not_use_it_too(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS, slack=with_people()) as on:
        asked = on.slack.people.post("Ana", "@glm", SECRET)
        await on.answers(asked.channel, asked.ts)
        await command(on, "Ana", "forget me")
        assert SECRET in await stored(on)
        question = [one for one in bot_messages(on.slack) if one.ephemeral_to][-1]
        await on.slack.people.click("Ana", question, accounts.KEEP_ME)
        await on.carried_out()
        assert whispers(on, "Ana")[-1] == accounts.KEPT
        assert SECRET in await stored(on)
        await forget_me(on, "Gus")
        assert whispers(on, "Gus")[-1] == accounts.FORGOTTEN
        assert SECRET in await stored(on), "of Gus, not of Ana"


async def test_export_brings_threads_with_pictures_settings_and_usage(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm what is this?", files=[upload(on, "form.png")])
        await on.answers("#general", asked.ts)
        on.slack.people.post("Ben", "#general", f"@glm {SECRET}", thread_ts=asked.ts)
        await on.answers("#general", asked.ts, 2)
        await command(on, "Ana", "reasoning full")
        await command(on, "Ana", "export")
        await on.carried_out()
        dm = on.slack.workspace.dm("Ana").id
        await wait_for(lambda: any(one.files for one in on.slack.workspace.messages[dm].values()))
        (sent,) = [one for one in on.slack.workspace.messages[dm].values() if one.files]
        archive = zipfile.ZipFile(io.BytesIO(on.slack.workspace.files[sent.files[0]].data))
        names = set(archive.namelist())
        thread = f"threads/{asked.channel}-{asked.ts}.md"
        picture = f"threads/{asked.channel}-{asked.ts}/1.png"
        assert names == {"README.md", "settings.json", "usage.json", "usage.csv", thread, picture}
        told = archive.read(thread).decode()
        assert "what is this?" in told
        assert "Answer 1." in told
        assert SECRET not in told, "others' words are theirs"
        assert archive.read(picture) == PNG
        assert json.loads(archive.read("settings.json")) == {"reasoning": "full"}
        (used,) = json.loads(archive.read("usage.json")).values()
        assert used["answers"] == 1
        rows = list(csv.DictReader(archive.read("usage.csv").decode("utf-8-sig").splitlines()))
        assert [(row["person_id"], row["channel"], row["requests"]) for row in rows] == [
            (asked.user, asked.channel, "1")
        ]


async def test_an_admin_says_how_long_it_remembers(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS, slack=with_people()) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", asked.ts)
        await command(on, "Ana", "retention 7")
        assert whispers(on, "Ana")[-1] == retention.ADMINS_RETAIN
        for wrong in ("retention 0", "retention 31", "retention x", "retention 7 there", "retention 7 here now"):
            await command(on, "Cid", wrong)
            assert whispers(on, "Cid")[-1] == retention.DAYS.format(most=30)
        await command(on, "Cid", "retention 7 everyone")
        await command(on, "Cid", "retention 3 here")
        assert whispers(on, "Cid")[-1] == accounts.RETAINS.format(scope=accounts.HERE, days="3 days")
        (key,) = [key async for key in on.services.redis.scan_iter("glm:thread:*")]
        assert 0 < await on.services.redis.ttl(key) <= 3 * 86_400
        await command(on, "Ana", "retention")
        assert whispers(on, "Ana")[-1] == accounts.RETAINED.format(days="3 days", all="7 days")
        await command(on, "Cid", "retention default here")
        assert whispers(on, "Cid")[-1] == accounts.AS_BEFORE.format(scope=accounts.HERE, days="7 days")


async def test_a_file_that_is_deleted_leaves_memory_and_cache(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        file = upload(on, "form.png")
        asked = post(on, "@glm what is this?", channel="#general")
        await on.answers("#general", asked.ts)
        shown = on.slack.people.post("Ana", "#general", "and this?", files=[file], thread_ts=asked.ts)
        await on.answers("#general", asked.ts, 2)
        assert "form.png" in await stored(on)
        on.slack.people.delete_file(file)
        on.slack.events.add("file_deleted")  # as the manifest has it
        event = {"type": "file_deleted", "file_id": file.id, "event_ts": f"{time.time():.6f}"}
        emit(on.slack, event, on.slack.workspace.channel("#general"))
        await on.settled()
        await on.carried_out()
        assert "form.png" not in await stored(on)
        on.slack.people.post("Ana", "#general", "and now?", thread_ts=shown.thread_ts)
        await on.answers("#general", asked.ts, 3)
        assert not pictures(on.asked())


def test_the_words_are_there_in_chinese() -> None:
    assert say(accounts.SURE, "zh-CN") != accounts.SURE


async def test_a_late_preview_under_a_forgotten_person_s_link_is_forgotten(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS) as on:
        root = on.slack.people.post("Ben", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        asked = on.slack.people.post("Ana", "#general", "@glm https://tracker.example/ENG-1?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        on.slack.people.unfurl(asked, title=SECRET)
        on.slack.people.post("Ben", "#general", "@glm well?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        assert SECRET in on.question()
        await forget_me(on)
        assert SECRET not in await stored(on)
        on.slack.people.post("Ben", "#general", "@glm and now?", thread_ts=root.ts)
        await wait_for(lambda: "and now?" in on.question())
        assert SECRET not in str(on.asked())


@pytest.mark.parametrize("channel", ["#general", "@glm"])
async def test_with_a_minimal_store_no_word_is_kept_and_the_thread_is_known_all_the_same(
    tmp_path: Path, channel: str
) -> None:
    async with stage(tmp_path, ANSWERS, store="minimal") as on:
        asked = post(on, f"@glm {SECRET}", ("form.png", PNG), channel=channel)
        (answer,) = await on.answers(asked.channel, asked.ts)
        on.slack.people.post("Ana", channel, "what did I say?", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        kept = await stored(on)
        assert SECRET not in kept
        assert "what did I say" not in kept
        assert "Answer" not in kept
        messages = json.dumps(on.asked()["messages"])
        assert all(one in messages for one in (SECRET, "Answer 1.", "what did I say?", "form.png"))
        assert "Answer 1." in answer
        assert len(pictures(on.asked())) == 1
        await command(on, "Ana", "export")
        dm = on.slack.workspace.dm("Ana").id
        await wait_for(lambda: any(_is_archive(on, one.files) for one in on.slack.workspace.messages[dm].values()))


def _is_archive(on: Stage, files: list[str]) -> bool:
    return bool(files) and on.slack.workspace.files[files[0]].name == "glm-export.zip"


async def test_with_a_minimal_store_what_failed_is_tried_again_with_its_question(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(status=401), Reply(text="Yes.")], store="minimal") as on:
        asked = on.slack.people.post("Ana", "#general", "@glm is it so?")
        await on.answers("#general", asked.ts)
        failed = bot_messages(on.slack, "#general", asked.ts)[-1]
        await on.slack.people.click("Ana", failed, footer.AGAIN)
        await wait_for(lambda: len(on.model.requests) == 2)
        await on.settled()
        assert "is it so?" in on.question()
        assert visible_text(bot_messages(on.slack, "#general", asked.ts)[-1]).startswith("Yes.")


async def test_with_a_minimal_store_what_is_deleted_in_slack_is_gone(tmp_path: Path) -> None:
    async with stage(tmp_path, ANSWERS, store="minimal") as on:
        root = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        said = on.slack.people.post("Ben", "#general", f"@glm {SECRET}", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        on.slack.people.delete(said)
        await on.settled()
        on.slack.people.post("Ana", "#general", "and now?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        messages = json.dumps(on.asked()["messages"])
        assert SECRET not in messages
        assert "hello" in messages
