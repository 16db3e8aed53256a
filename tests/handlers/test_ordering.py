"""The dialogue of `/summarize`: what is chosen is ordered, where it was wanted, and never where it must not be read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.slack.dialogs import summary_modal
from bot.slack.dialogs.summary_modal import NO_LINK, NOTHING_CHOSEN, WHAT_HINT
from bot.slack.read.summaries import target as summary_target
from handlers.ordering import PRIVATE
from handlers.private_replies import TOO_LATE
from tests.checks import bot_messages, visible_text
from tests.handlers.front_desk import FrontDesk, front_desk


@pytest.fixture
async def desk() -> AsyncIterator[FrontDesk]:
    async with front_desk() as desk:
        yield desk


def option(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


def picked(*files: str) -> dict[str, Any]:
    return {"type": "multi_static_select", "selected_options": [{"value": file} for file in files]}


async def test_without_words_there_is_a_dialogue_with_the_channel_s_files(desk: FrontDesk) -> None:
    desk.share("old.pdf")
    desk.share("new.pdf")
    desk.share("elsewhere.pdf", "#design")
    assert await desk.command() == ""
    blocks = {block["block_id"]: block for block in desk.view().view["blocks"]}
    assert list(blocks) == ["what", "link", "files", "recent", "length", "style", "language", "focus", "where"]
    offered = [one["text"]["text"] for one in blocks["what"]["element"]["options"]]
    assert offered == [
        "#general: today",
        "#general: this week",
        "#general: since I was last here",
        "#general: last 50",
        "A link",
        "Files",
    ]
    assert blocks["what"]["element"]["initial_option"]["text"]["text"] == "#general: today"
    wheres = [one["value"] for one in blocks["where"]["element"]["options"]]
    assert wheres == ["me", "channel"], "only me and a direct message are one"
    assert blocks["files"]["element"]["type"] == "file_input"
    shown = [one["text"]["text"] for one in blocks["recent"]["element"]["options"]]
    assert shown == ["new.pdf", "old.pdf"]
    assert not await desk.orders()


async def test_only_what_can_be_read_is_listed_and_once_each(desk: FrontDesk) -> None:
    names = ("plan.pdf", "setup.exe", "talk.mp4", "song.mp3", "plan.pdf")
    for name in names:
        desk.share(name)
    said = {"transcription": {"status": "complete", "preview": {"content": "Good morning"}}}
    clip = desk.slack.people.upload("Ana", "standup.mp4", b"mp4", mimetype="video/mp4", more=said)
    desk.slack.people.post("Ana", "#general", "", files=[clip])
    again = desk.share("notes.txt")
    desk.slack.people.post("Ben", "#general", "again", files=[desk.file(again)])
    desk.slack.people.post("glm", "#general", "", files=[desk.slack.people.upload("glm", "ours.csv", b"x")])
    gone = desk.share("gone.pdf")
    desk.slack.people.delete_file(desk.file(gone))
    await desk.command()
    shown = [one["text"]["text"] for one in _block(desk, "recent")["element"]["options"]]
    assert shown == ["notes.txt", "standup.mp4", "plan.pdf"]


def _block(desk: FrontDesk, block_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(block for block in desk.view().view["blocks"] if block["block_id"] == block_id)
    return found


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (None, "#general, today"),
        ("week", "#general, this week"),
        ("since", "#general, since your last message"),
        ("last", "#general, last 50"),
    ],
)
async def test_the_channel_it_was_opened_in_is_summarised(desk: FrontDesk, what: str | None, told: str) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    desk.slack.people.post("Ben", "#general", "hello yourself")
    await desk.command()
    assert await (desk.submit(what=option(what)) if what else desk.submit()) == {}
    order = await desk.order()
    assert order.brief is not None
    assert (order.brief.source, order.brief.spans[0].channel, order.files) == (told, "C0GENERAL", ())


async def test_a_link_in_the_dialogue(desk: FrontDesk) -> None:
    shared = desk.share("plan.pdf")
    await desk.command()
    missing = await desk.submit(what=option("link"))
    assert missing == {"response_action": "errors", "errors": {"link": NO_LINK}}
    wrong = await desk.submit(what=option("link"), link={"value": "the plan"})
    assert wrong == {"response_action": "errors", "errors": {"link": NO_LINK}}
    assert await desk.submit(what=option("link"), link={"value": desk.link(shared).strip("<>")}) == {}
    assert [file.name for file in (await desk.order()).files] == ["plan.pdf"]


async def test_files_that_are_given_are_summarised_instead(desk: FrontDesk) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    await desk.command()
    assert _block(desk, "what")["hint"]["text"] == WHAT_HINT
    assert await desk.submit(what=option("week"), files=desk.uploaded("a.pdf")) == {}
    order = await desk.order()
    assert order.brief is not None
    assert (order.brief.source, order.brief.spans) == ("a.pdf", ())


@pytest.mark.parametrize("place", ["#away", "@glm"])
async def test_where_nothing_can_be_read_links_and_files_are_offered(desk: FrontDesk, place: str) -> None:
    desk.slack.workspace.add_channel("away", ["Ana", "Ben"])
    desk.share("old.pdf", "#away")
    await desk.command(channel=place)
    assert "recent" not in [block["block_id"] for block in desk.view().view["blocks"]]
    assert [one["value"] for one in _block(desk, "what")["element"]["options"]] == ["link", "files"]


async def test_what_is_filled_in_is_ordered_for_the_person_alone(desk: FrontDesk) -> None:
    await desk.command()
    answer = await desk.submit(
        files=desk.uploaded("a.pdf", "b.pdf"),
        length=option("page"),
        style=option("minutes"),
        language=option("de"),
        focus={"value": " What does it cost? "},
    )
    assert answer == {}
    order = await desk.order()
    assert [file.name for file in order.files] == ["a.pdf", "b.pdf"]
    brief = order.brief
    assert brief is not None
    assert (brief.length, brief.style, brief.language, brief.focus) == ("page", "minutes", "de", "What does it cost?")
    assert order.channel == desk.dm()
    (whisper,) = bot_messages(desk.slack, "#general")
    assert whisper.ephemeral_to == desk.id("Ana")
    assert "comes in" in visible_text(whisper)


async def test_what_is_left_alone_is_usual(desk: FrontDesk) -> None:
    message = desk.share("plan.pdf")
    await desk.command()
    assert await desk.submit(recent=picked(message.files[0])) == {}
    order = await desk.order()
    brief = order.brief
    assert brief is not None
    assert (brief.length, brief.style, brief.language, brief.focus) == ("paragraph", "executive", "", "")
    assert [file.name for file in order.files] == ["plan.pdf"]


async def test_uploaded_files_can_be_downloaded(desk: FrontDesk) -> None:
    await desk.command()
    await desk.submit(files=desk.uploaded("a.pdf"))
    (file,) = (await desk.order()).files
    assert file.url.endswith("a.pdf")


async def test_in_the_channel_everybody_sees_who_asked(desk: FrontDesk) -> None:
    await desk.command()
    await desk.submit(files=desk.uploaded("a.pdf"), where=option("channel"))
    order = await desk.order()
    (root,) = desk.public("#general")
    assert root.text == f"<@{desk.id('Ana')}> asked for a summary of a.pdf"
    assert (order.root_ts, order.ts, order.place) == (root.ts, root.ts, "channel")
    watch = await desk.threads.following(order.thread)
    assert watch == "on", "what is asked in its thread is for the bot"


async def test_a_dialogue_from_before_an_upgrade_still_sends_a_direct_message(desk: FrontDesk) -> None:
    await desk.command()
    await desk.submit(files=desk.uploaded("a.pdf"), where=option("dm"))
    assert (await desk.order()).channel == desk.dm()
    assert not desk.public("#general")


async def test_nothing_chosen_and_too_much(desk: FrontDesk) -> None:
    await desk.command()
    nothing = await desk.submit(what=option("files"))
    assert nothing == {"response_action": "errors", "errors": {"files": NOTHING_CHOSEN}}
    many = desk.uploaded(*[f"{n}.pdf" for n in range(11)])
    answer = await desk.submit(files=many)
    assert "more than 10 files" in answer["errors"]["files"]
    assert desk.view().is_open
    assert not await desk.orders()


async def test_an_upload_that_is_too_large_is_said_in_the_dialogue(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary_target, "MOST_BYTES", 4)
    await desk.command()
    before = len(desk.slack.calls)
    answer = await desk.submit(files=desk.uploaded("a.pdf"))
    assert "a.pdf is too large" in answer["errors"]["files"]
    assert len(desk.slack.calls) == before, "nothing is asked of Slack for that"
    assert desk.view().is_open


async def test_a_channel_the_bot_is_not_in(desk: FrontDesk) -> None:
    desk.slack.workspace.add_channel("away", ["Ana", "Ben"])
    await desk.command(channel="#away")
    assert await desk.submit(files=desk.uploaded("a.pdf"), where=option("channel")) == {}
    (refusal,) = desk.public(desk.dm())
    assert "/invite @glm" in visible_text(refusal), "where the bot is not it says so directly"
    await desk.command(channel="#away")
    await desk.submit(files=desk.uploaded("a.pdf"), where=option("me"))
    assert (await desk.order()).channel == desk.dm()


async def test_what_is_private_never_lands_in_public(desk: FrontDesk) -> None:
    desk.slack.workspace.add_channel("team", ["Ana", "Ben", "glm"], kind="group")
    secret = desk.share("secret.pdf", "#team")
    await desk.command()
    assert await desk.submit(recent=picked(secret.files[0]), where=option("channel")) == {}
    (refusal,) = bot_messages(desk.slack, "#general")
    assert (visible_text(refusal), refusal.ephemeral_to) == (PRIVATE, desk.id("Ana"))
    assert not desk.public("#general")
    await desk.command(channel="#team")
    assert await desk.submit(recent=picked(secret.files[0]), where=option("channel")) == {}
    assert (await desk.order()).channel == secret.channel


async def test_from_anywhere_it_goes_to_the_direct_messages(desk: FrontDesk) -> None:
    delivery = await desk.slack.people.global_shortcut("Ana", "summarise_files")
    assert delivery.is_acknowledged
    await desk.carry_out()
    assert "where" not in [block["block_id"] for block in desk.view().view["blocks"]]
    assert await desk.submit(files=desk.uploaded("a.pdf")) == {}
    assert (await desk.order()).channel == desk.dm()


async def test_a_dialogue_that_opens_too_late_is_said(desk: FrontDesk) -> None:
    desk.slack.faults.add("views.open", error="expired_trigger_id")
    assert await desk.command() == TOO_LATE


def test_titles_fit_in_every_language() -> None:
    for language in ("en", "zh-CN"):
        for view in (summary_modal.order(language, "C1"), summary_modal.ask(language, {})):
            assert all(len(view[name]["text"]) <= 24 for name in ("title", "submit", "close"))
