"""`/summarize` with words: found, allowed, ordered in the direct messages; or refused in one sentence."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest

from bot.playground.workspace.records import Message
from bot.slack.read.summaries import periods
from bot.slack.read.summaries import target as summary_target
from bot.slack.read.summaries.command_help import HELP
from tests.checks import calls_of, visible_text
from tests.handlers.front_desk import WORDS, FrontDesk, front_desk

NOT_THERE = "<https://acme.slack.com/archives/C0GENERAL/p{ts}>"


class OneDay(datetime):
    """No midnight comes between two orders of a test."""

    NOW = datetime.now(UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.NOW.astimezone(tz)


@pytest.fixture
def one_day(monkeypatch: pytest.MonkeyPatch) -> float:
    """The time at which orders are given, in seconds since 1970."""
    monkeypatch.setattr(periods, "datetime", OneDay)
    return OneDay.NOW.timestamp()


@pytest.fixture
async def desk() -> AsyncIterator[FrontDesk]:
    async with front_desk() as desk:
        yield desk


async def test_a_message_with_files(desk: FrontDesk) -> None:
    told = await desk.command(desk.link(desk.share("report.pdf")))
    order = await desk.order()
    assert [file.name for file in order.files] == ["report.pdf"]
    assert order.brief is not None
    assert not order.brief.spans
    assert order.text == "Please summarise report.pdf."
    assert (order.channel, order.place, order.is_reply, order.user) == (desk.dm(), "dm", False, desk.id("Ana"))
    (root,) = desk.public(desk.dm())
    assert (root.ts, root.text) == (order.root_ts, "Summary of report.pdf")
    assert told.startswith("On it: the summary of report.pdf comes in <https://")
    assert f"/archives/{desk.dm()}/p{root.ts.replace('.', '')}|our direct messages>." in told
    assert not desk.public("#general"), "nobody else hears of it"


async def test_a_file_and_a_question_about_it(desk: FrontDesk) -> None:
    file = desk.file(desk.share("plan.pdf"))
    await desk.command(f"<https://acme.slack.com/files/{file.user}/{file.id}/plan.pdf> what does it cost?")
    order = await desk.order()
    assert [one.id for one in order.files] == [file.id]
    assert order.brief is not None
    assert order.brief.focus == "what does it cost?"


async def test_a_canvas(desk: FrontDesk) -> None:
    file = desk.slack.people.upload("Ana", "Notes", b"<h1>Notes</h1>", mode="quip", filetype="quip")
    desk.slack.people.post("Ana", "#general", "the notes", files=[file])
    await desk.command(f"<https://acme.slack.com/docs/T1/{file.id}>")
    assert [one.id for one in (await desk.order()).files] == [file.id]


async def test_a_web_page(desk: FrontDesk) -> None:
    await desk.command("<https://example.com/pricing?a=1&amp;b=2|example.com>")
    (file,) = (await desk.order()).files
    assert (file.url, file.mode, file.name) == (
        "https://example.com/pricing?a=1&b=2",
        "web",
        "example.com/pricing?a=1&b=2",
    )


async def test_a_thread_by_its_root_and_by_a_reply(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "What shall we do?")
    reply = desk.slack.people.post("Ben", "#general", "This.", thread_ts=root.ts)
    for message in (root, reply):
        await desk.command(desk.link(message))
    for order in await desk.orders():
        assert order.brief is not None
        (span,) = order.brief.spans
        assert (span.channel, span.root_ts, span.until) == (root.channel, root.ts, order.ts)
    assert len(await desk.orders()) == 2


async def test_a_thread_brings_its_replies_files_once_and_never_our_own(desk: FrontDesk) -> None:
    root = desk.share("plan.pdf", text="the plan")
    for user, names in (("Ben", ["one.csv", "two.png"]), ("glm", ["ours.csv"])):
        files = [desk.slack.people.upload(user, name, b"x") for name in names]
        desk.slack.people.post(user, "#general", "more", files=files, thread_ts=root.ts)
    reply = desk.slack.people.post("Ben", "#general", "Done.", thread_ts=root.ts)
    for link in (desk.link(root), desk.link(reply), desk.link(reply).split("?", 1)[0] + ">"):
        await desk.command(link)
    assert len(await desk.orders()) == 3
    for order in await desk.orders():
        assert [file.name for file in order.files] == ["plan.pdf", "one.csv", "two.png"]
        assert order.brief is not None
        assert order.brief.spans[0].root_ts == root.ts


async def test_what_is_too_much_of_a_thread_is_only_told_of(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "Screenshots, please")
    for number in range(12):
        file = desk.slack.people.upload("Ben", f"{number}.png", b"x")
        desk.slack.people.post("Ben", "#general", "", files=[file], thread_ts=root.ts)
    await desk.command(desk.link(root))
    files = (await desk.order()).files
    assert [file.mode for file in files] == ["hosted"] * 10 + ["left_out"] * 2


async def test_a_file_that_can_t_be_read_beside_one_that_can(desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_target, "MOST_BYTES", 2 * 1_048_576)
    files = [desk.slack.people.upload("Ana", name, data) for name, data in (("a.pdf", b"x"), ("b.pdf", bytes(3 << 20)))]
    message = desk.slack.people.post("Ana", "#general", files=files)
    await desk.command(desk.link(message))
    assert [file.name for file in (await desk.order()).files] == ["a.pdf", "b.pdf"], "the receipt tells of the other"


async def test_a_part_of_a_thread(desk: FrontDesk) -> None:
    root = desk.slack.people.post("Ana", "#general", "What shall we do?")
    desk.slack.people.post("Ben", "#general", "This.", thread_ts=root.ts)
    await desk.command(f"{desk.link(root)} last 20")
    order = await desk.order()
    assert order.brief is not None
    (span,) = order.brief.spans
    assert (span.name, span.root_ts, span.most) == ("a thread", root.ts, 20)


async def test_a_channel_where_many_have_just_joined(desk: FrontDesk) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    for _ in range(20):
        desk.slack.people.post("Ben", "#general", "joined").subtype = "channel_join"
    assert "comes in" in await desk.command("last 50")


async def test_names_in_a_question_are_readable(desk: FrontDesk) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    await desk.command(f"today what did <@{desk.id('Ben')}|ben> say?")
    order = await desk.order()
    assert order.brief is not None
    assert order.brief.focus == "what did @ben say?"


async def test_a_long_message_alone(desk: FrontDesk) -> None:
    await desk.command(desk.link(desk.slack.people.post("Ana", "#general", WORDS)))
    order = await desk.order()
    assert order.brief is not None
    assert order.brief.spans[0].name == "a message"


async def test_a_channel_s_last_messages_and_its_days(desk: FrontDesk, one_day: float) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    for words in ("last 50", "today", "this week", "<#C0GENERAL|general> today"):
        assert "comes in" in await desk.command(words)
    last, today, week, linked = [order.brief.spans[0] for order in await desk.orders() if order.brief]
    assert (last.name, last.most, last.oldest) == ("#general", 50, "")
    assert float(week.oldest) <= float(today.oldest) <= one_day
    assert float(today.oldest) > one_day - 86_400
    assert linked.oldest == today.oldest


async def test_a_day_begins_where_the_person_is(desk: FrontDesk) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    await desk.command("today")
    await desk.command("today", user="Mei")
    ana, mei = [float(order.brief.spans[0].oldest) for order in await desk.orders() if order.brief]
    assert (ana - mei) % 86_400 == 8 * 3_600


async def test_yesterday_and_last_week_end_where_today_and_this_week_begin(desk: FrontDesk, one_day: float) -> None:
    for days in (1, 7):
        ts = f"{one_day - days * 86_400:.6f}"
        desk.slack.workspace.add_message(Message("C0GENERAL", ts, "long ago", user=desk.id("Ben")))
    desk.slack.people.post("Ben", "#general", "now")
    for words in ("yesterday", "today", "last week", "this week"):
        await desk.command(words)
    spans = {order.brief.source: order.brief.spans[0] for order in await desk.orders() if order.brief}
    yesterday, last_week = spans["#general, yesterday"], spans["#general, last week"]
    # An hour more or less where the clocks change.
    assert abs(float(yesterday.until) - float(yesterday.oldest) - 86_400) <= 3_600
    assert abs(float(last_week.until) - float(last_week.oldest) - 7 * 86_400) <= 3_600
    assert yesterday.until == spans["#general, today"].oldest
    assert last_week.until == spans["#general, this week"].oldest


async def test_since_the_person_was_last_here(desk: FrontDesk) -> None:
    desk.slack.people.post("Ben", "#general", "before")
    own = desk.slack.people.post("Ana", "#general", "bye")
    desk.slack.people.post("Ben", "#general", "after")
    await desk.command("since I was last here")
    await desk.command("我上次来之后", user="Mei")
    ana, mei = [order.brief for order in await desk.orders() if order.brief]
    assert (ana.spans[0].oldest, ana.source) == (own.ts, "#general, since your last message")
    assert (mei.spans[0].oldest, mei.spans[0].most, mei.source) == ("", 50, "#general，最近 50 条"), "who never wrote"


async def test_a_channel_by_the_name_that_was_typed(desk: FrontDesk) -> None:
    desk.slack.people.post("Ben", "#design", "blue")
    await desk.command("#design last five")
    order = await desk.order()
    assert order.brief is not None
    (span,) = order.brief.spans
    assert (span.channel, span.most, order.brief.source) == ("C0DESIGN0", 5, "#design, last 5")


async def test_a_question_alone_is_asked_of_the_channel(desk: FrontDesk) -> None:
    desk.slack.people.post("Ben", "#general", "we take the blue one")
    await desk.command("which colour did we take?")
    order = await desk.order()
    assert order.brief is not None
    (span,) = order.brief.spans
    assert (span.channel, span.most, order.brief.focus) == ("C0GENERAL", 50, "which colour did we take?")


async def test_a_private_summary_is_one_thing_whose_title_tells_its_source(desk: FrontDesk) -> None:
    desk.slack.people.post("Ben", "#design", "blue")
    told = await desk.command("last 5", channel="#design")
    (root,) = desk.public(desk.dm())
    assert root.text == "Summary of #design, last 5"
    assert told.startswith("On it: the summary of #design, last 5 comes in <https://")
    desk.slack.workspace.user("Mei").locale = "zh-CN"
    await desk.command("最近五条", channel="#design", user="Mei")
    (root,) = desk.public(desk.dm("Mei"))
    assert root.text == "总结：#design，最近 5 条"


async def test_several_links_are_one_order(desk: FrontDesk) -> None:
    await desk.command(f"{desk.link(desk.share('a.pdf'))} {desk.link(desk.share('b.pdf'))}")
    assert [file.name for file in (await desk.order()).files] == ["a.pdf", "b.pdf"]


async def test_in_our_direct_messages_nothing_more_is_said(desk: FrontDesk) -> None:
    assert await desk.command(desk.link(desk.share()), channel="@glm") == ""
    assert (await desk.order()).channel == desk.dm()


async def test_a_process_that_dies_over_an_order_is_followed_by_one_that_goes_on_with_it(desk: FrontDesk) -> None:
    """Between the first message and the end: neither a second message, nor a second order."""
    shared = desk.link(desk.share("report.pdf"))
    await desk.slack.people.slash_command("Ana", "#general", "/summarize", shared)
    ((name, payload),) = desk.kept.waiting.values()
    await desk.carry_out()
    await desk.follow_ups.carry_out(name, payload)
    assert len(desk.public(desk.dm())) == 1
    assert len({order.ts for order in await desk.orders()}) == 1
    await desk.command(shared)
    assert len(desk.public(desk.dm())) == 2, "ordered again, it is another"


# -- bad input: one clear sentence each, and nothing ordered


async def refused(desk: FrontDesk, words: str, sentence: str, **where: str) -> None:
    told = await desk.command(words, **where)
    assert told == sentence
    assert not await desk.orders()
    assert not desk.public(desk.dm())


async def test_words_that_are_not_understood_get_a_proposal(desk: FrontDesk) -> None:
    told = await desk.command("something &lt;nice&gt; please")
    assert told.startswith("I don't understand “something &lt;nice&gt; please”. Did you mean `/summarize ")
    assert await desk.command("yesterdya") == (
        "I don't understand “yesterdya”. Did you mean `/summarize yesterday` or `/summarize #channel yesterday`? "
        "`/summarize help` shows all I understand."
    )
    desk.slack.workspace.user("Mei").locale = "zh-CN"
    assert await desk.command("上週", user="Mei") == (
        "我没看懂“上週”。你是想说 `/summarize 上周` 还是 `/summarize 今天`？`/summarize 帮助` 会列出我能看懂的说法。"
    )
    assert not await desk.orders()


@pytest.mark.parametrize("typed", ["help", "帮助"])
async def test_help(desk: FrontDesk, typed: str) -> None:
    assert await desk.command(typed) == HELP
    assert not await desk.orders()


async def test_a_channel_the_bot_is_not_in(desk: FrontDesk) -> None:
    sentence = summary_target.NO_ACCESS.format(bot="glm")
    for kind in ("channel", "group"):
        desk.slack.workspace.add_channel(f"a-{kind}", ["Ana", "Ben"], kind=kind)
        message = desk.slack.people.post("Ana", f"#a-{kind}", "hello")
        await refused(desk, "last 50", sentence, channel=f"#a-{kind}")
        await refused(desk, desk.link(message), sentence)


async def test_nothing_is_told_of_what_the_person_may_not_see(desk: FrontDesk) -> None:
    desk.slack.workspace.add_channel("secret", ["Ben", "glm"], kind="group")
    file = desk.slack.people.upload("Ben", "salaries.pdf", b"%PDF")
    message = desk.slack.people.post("Ben", "#secret", "look", files=[file])
    unseen, unfound = summary_target.NO_ACCESS.format(bot="glm"), summary_target.FILE_NOT_FOUND.format(bot="glm")
    await refused(desk, f"<https://acme.slack.com/files/{file.user}/{file.id}/salaries.pdf>", unfound)
    await refused(desk, "<https://acme.slack.com/files/U1/F0NOWHERE/salaries.pdf>", unfound)
    nowhere = desk.link(message).replace(message.channel, "C0NOWHERE")
    places = (f"<#{message.channel}|secret>", "<#C0NOWHERE|secret>", "#secret", "#nowhere")
    for words in (desk.link(message), nowhere, *(f"{place} last 10" for place in places)):
        await refused(desk, words, unseen)
    assert "comes in" in await desk.command(desk.link(message), user="Ben")


@pytest.mark.parametrize("traits", [{"is_restricted": True}, {"team": "T0OTHER00"}])
async def test_guests_and_people_of_other_companies_see_only_where_they_are(
    desk: FrontDesk, traits: dict[str, Any]
) -> None:
    desk.slack.workspace.add_user("Gus", **traits)
    desk.slack.workspace.add_channel("strategy", ["Ben", "glm"])
    file = desk.slack.people.upload("Ben", "strategy.pdf", b"%PDF")
    message = desk.slack.people.post("Ben", "#strategy", "look", files=[file])
    linked = f"<https://acme.slack.com/files/{file.user}/{file.id}/strategy.pdf>"
    unseen, unfound = summary_target.NO_ACCESS.format(bot="glm"), summary_target.FILE_NOT_FOUND.format(bot="glm")
    for words in (desk.link(message), f"<#{message.channel}|strategy> last 10"):
        await refused(desk, words, unseen, user="Gus", channel="@glm")
    await refused(desk, linked, unfound, user="Gus", channel="@glm")
    assert "comes in" in await desk.command(linked), "a member could open it"


async def test_a_guest_sees_what_stands_where_they_are(desk: FrontDesk) -> None:
    desk.slack.workspace.add_user("Gus", is_restricted=True)
    crowd = [desk.slack.workspace.add_user(f"p{n}").id for n in range(2_100)]
    desk.slack.workspace.add_channel("strategy", [*crowd, "Ben", "glm", "Gus"])
    file = desk.slack.people.upload("Ben", "strategy.pdf", b"%PDF")
    desk.slack.people.post("Ben", "#strategy", "look", files=[file])
    linked = f"<https://acme.slack.com/files/{file.user}/{file.id}/strategy.pdf>"
    assert summary_target.FILE_NOT_FOUND.format(bot="glm") != await desk.command(linked, user="Gus", channel="@glm")
    assert len(await desk.orders()) == 1
    assert not calls_of(desk.slack, "conversations.members"), "their own list told"


async def test_a_private_file_for_one_who_was_there(desk: FrontDesk) -> None:
    desk.slack.workspace.add_channel("team", ["Ana", "Ben", "glm"], kind="group")
    file = desk.slack.people.upload("Ben", "plan.pdf", b"%PDF")
    desk.slack.people.post("Ben", "#team", "look", files=[file])
    assert "comes in" in await desk.command(f"<https://acme.slack.com/files/{file.user}/{file.id}/plan.pdf>")


async def test_a_message_without_files_or_thread(desk: FrontDesk) -> None:
    await refused(desk, desk.link(desk.slack.people.post("Ana", "#general", "hello")), summary_target.NO_FILES)


async def test_a_link_that_leads_nowhere(desk: FrontDesk) -> None:
    recent = f"{time.time() - 60:.6f}".replace(".", "")
    await refused(desk, NOT_THERE.format(ts=recent), summary_target.NOT_FOUND)
    await refused(
        desk, "<https://acme.slack.com/files/U1/F0NOWHERE/x.pdf>", summary_target.FILE_NOT_FOUND.format(bot="glm")
    )
    gone = desk.share()
    desk.slack.people.delete_file(desk.file(gone))
    await refused(
        desk,
        f"<https://acme.slack.com/files/U1/{desk.file(gone).id}/x.pdf>",
        summary_target.FILE_NOT_FOUND.format(bot="glm"),
    )
    await refused(desk, desk.link(gone), summary_target.NOT_FOUND)


async def test_a_message_that_the_plan_no_longer_keeps(desk: FrontDesk) -> None:
    old = f"{time.time() - 100 * 86_400:.6f}".replace(".", "")
    await refused(desk, NOT_THERE.format(ts=old), summary_target.TOO_OLD)


async def test_a_file_that_is_too_large(desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_target, "MOST_BYTES", 2 * 1_048_576)
    message = desk.share("huge.pdf", data=bytes(3 * 1_048_576))
    await refused(desk, desk.link(message), "huge.pdf is too large (3 MB): I read files up to 2 MB.")


async def test_a_time_in_which_nothing_was_said(desk: FrontDesk) -> None:
    await refused(desk, "today", summary_target.NOTHING_SAID, channel="#design")


async def test_a_slack_that_does_not_answer(desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.summarize.PATIENCE_S", 0.05)
    desk.slack.people.post("Ana", "#general", "hello")
    desk.slack.faults.add("conversations.history", delay_s=0.5)
    await refused(desk, "last 50", summary_target.SLACK_AWAY)


async def test_a_slack_that_does_not_take_the_first_message(desk: FrontDesk) -> None:
    desk.slack.people.post("Ana", "#general", "hello")
    desk.slack.faults.add("conversations.open", error="user_disabled")
    await refused(desk, "last 50", summary_target.SLACK_AWAY)


async def test_nothing_in_a_name_is_markup(desk: FrontDesk) -> None:
    message = desk.share("<!channel> & co.pdf")
    await desk.command(desk.link(message))
    (root,) = desk.public(desk.dm())
    assert "<!channel>" not in visible_text(root).replace("&lt;", "")


async def test_a_long_message_whose_words_are_only_in_blocks(desk: FrontDesk) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": WORDS}}
    report = desk.slack.people.app_posts("Reports", "#general", blocks=[block])
    await desk.command(f"{desk.link(report)[:-1]}，重点看结论>")
    order = await desk.order()
    assert order.brief is not None
    assert [span.root_ts for span in order.brief.spans] == [report.ts]
    assert order.brief.focus == "重点看结论"


async def test_the_files_of_a_message_that_was_forwarded(desk: FrontDesk) -> None:
    forwarded = desk.slack.people.forward("Ana", "#general", desk.share("report.pdf", "#design"))
    await desk.command(desk.link(forwarded))
    assert [file.name for file in (await desk.order()).files] == ["report.pdf"]
