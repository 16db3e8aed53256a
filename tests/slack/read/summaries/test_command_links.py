"""What people hand to /summarize, as Slack escapes it."""

import pytest

from bot.core.brief import BriefRefused
from bot.slack.read.summaries.command_help import HELP, LINES
from bot.slack.read.summaries.command_links import (
    ChannelLink,
    ChannelName,
    FileLink,
    MessageLink,
    Period,
    WebLink,
    read_link,
    read_words,
)
from bot.words import Filled, say

HOST = "https://acme.slack.com"


@pytest.mark.parametrize(
    ("token", "link"),
    [
        (f"<{HOST}/archives/C01/p1766458026240809>", MessageLink("C01", "1766458026.240809")),
        (f"{HOST}/archives/C01/p1766458026240809", MessageLink("C01", "1766458026.240809")),
        (
            f"<{HOST}/archives/C01/p1766458030000100?thread_ts=1766458026.240809&amp;cid=C01|the message>",
            MessageLink("C01", "1766458030.000100", "1766458026.240809"),
        ),
        (
            f"<{HOST}/archives/C01/p1766458026240809?thread_ts=1766458026.240809&amp;cid=C01>",
            MessageLink("C01", "1766458026.240809"),
        ),
        ("<https://app.slack.com/client/T1/C01/thread/C01-1766458026.240809>", MessageLink("C01", "1766458026.240809")),
        (f"<{HOST}/files/U01/F0AB/report.pdf>", FileLink("F0AB")),
        (f"<{HOST}/files/U01/F0AB/a%20report.pdf|a report.pdf>", FileLink("F0AB")),
        ("<https://files.slack.com/files-pri/T1-F0AB/download/report.pdf>", FileLink("F0AB")),
        (f"<{HOST}/docs/T1/F0CAN>", FileLink("F0CAN")),
        (f"<{HOST}/archives/C01>", ChannelLink("C01")),
        ("<https://acme.enterprise.slack.com/docs/T1/F0CAN?focus_section_id=temp:C:a>", FileLink("F0CAN")),
        (f"{HOST}/archives/C01/p1766458026240809.", MessageLink("C01", "1766458026.240809")),
        (f"{HOST}/archives/C01/p1766458030000100?thread_ts=x&cid=C01", MessageLink("C01", "1766458030.000100")),
        ("https://example.com/docs/FAQ", WebLink("https://example.com/docs/FAQ")),
        ("https://example.com/archives/CATS", WebLink("https://example.com/archives/CATS")),
        ("https://chat.example.com/docs/T1/F0123456789", FileLink("F0123456789")),
        ("https://example.com/a_(b),", WebLink("https://example.com/a_(b)")),
        ("<#C01|general>", ChannelLink("C01")),
        ("<#C01>", ChannelLink("C01")),
        ("<#C01|>", ChannelLink("C01")),
        ("<https://example.com/a?b=1&amp;c=2|example.com>", WebLink("https://example.com/a?b=1&c=2")),
        ("HTTPS://Example.com", WebLink("HTTPS://Example.com")),
    ],
)
def test_a_link_is_read(token: str, link: object) -> None:
    assert read_link(token) == link


@pytest.mark.parametrize("token", ["hello", "<@U01|ana>", "<mailto:a@b.c|a@b.c>", "ftp://x.y", "", "https://"])
def test_anything_else_is_no_link(token: str) -> None:
    assert read_link(token) is None


@pytest.mark.parametrize(
    ("words", "period", "focus"),
    [
        ("last 50", Period("last", 50), ""),
        ("Last 20 messages", Period("last", 20), ""),
        ("the last", Period("last", 50), ""),
        ("last 100000", Period("last", 1_000), ""),
        ("today", Period("today"), ""),
        ("this week", Period("week"), ""),
        ("today what was decided?", Period("today"), "what was decided?"),
        ("最近 20 条消息", Period("last", 20), ""),
        ("本周", Period("week"), ""),
        ("last50", Period("last", 50), ""),
        ("last " + "9" * 5_000, Period("last", 1_000), ""),
        ("last 20: decisions?", Period("last", 20), "decisions?"),
        ("today!", Period("today"), ""),
        ("yesterday", Period("yesterday"), ""),
        ("Last week.", Period("last_week"), ""),
        ("last five", Period("last", 5), ""),
        ("the last twenty messages", Period("last", 20), ""),
        ("last fifty", Period("last", 50), ""),
        ("last hundred", Period("last", 100), ""),
        ("5", Period("last", 5), ""),
        ("5 messages", Period("last", 5), ""),
        ("five", Period("last", 5), ""),
        ("since I was last here", Period("since"), ""),
        ("please sum up yesterday", Period("yesterday"), ""),
        ("messages from yesterday, please", Period("yesterday"), ""),
        ("yesterday decisions", Period("yesterday"), "decisions"),
        ("what did Ben say yesterday?", Period("yesterday"), "what did Ben say yesterday?"),
        ("what was said in the last 5 messages?", Period("last", 5), "what was said in the last 5 messages?"),
        ("decisions last week", Period("last_week"), "decisions last week"),
        ("昨天", Period("yesterday"), ""),
        ("上周", Period("last_week"), ""),
        ("上个星期的消息", Period("last_week"), ""),
        ("最近五条", Period("last", 5), ""),
        ("最近二十条消息", Period("last", 20), ""),
        ("最后 5 条", Period("last", 5), ""),
        ("五条", Period("last", 5), ""),
        ("5条消息", Period("last", 5), ""),
        ("最近一百二十条", Period("last", 120), ""),
        ("最近", Period("last", 50), ""),
        ("我上次来之后", Period("since"), ""),
        ("请总结昨天的消息", Period("yesterday"), ""),
        ("昨天谁说了什么？", Period("yesterday"), "谁说了什么？"),
    ],
)
def test_a_time_is_read(words: str, period: Period, focus: str) -> None:
    wanted = read_words(words)
    assert (wanted.period, wanted.focus, wanted.links) == (period, focus, ())


@pytest.mark.parametrize(
    "words",
    [
        "last 3 days",
        "last 30 days",
        "最近三天",
        "最近 30 天",
        "today's figures",
        "周一",
        "0",
        "last 2 hours",
        "last -5",
        "last 0",
        "lastly explain",
        f"{HOST}/team/U1",
    ],
)
def test_what_could_be_misread_is_not_understood(words: str) -> None:
    with pytest.raises(BriefRefused, match=r"\w"):
        read_words(words)


def test_a_channel_after_a_time() -> None:
    wanted = read_words("last 20 messages in <#C01|general> what about money?")
    assert (wanted.links, wanted.focus) == ((ChannelLink("C01"),), "what about money?")


def test_a_channel_with_a_time() -> None:
    wanted = read_words("<#C01|general> today")
    assert (wanted.links, wanted.period) == ((ChannelLink("C01"),), Period("today"))


def test_what_else_is_said_is_the_question() -> None:
    wanted = read_words(f"<{HOST}/files/U01/F0AB/x.pdf> what does it cost &amp; when?")
    assert (wanted.links, wanted.focus) == ((FileLink("F0AB"),), "what does it cost & when?")


def test_several_links_each_once() -> None:
    link = f"<{HOST}/files/U01/F0AB/x.pdf>"
    assert read_words(f"{link} {link} <https://a.b>").links == (FileLink("F0AB"), WebLink("https://a.b"))


def test_nothing_is_nothing() -> None:
    assert read_words("  ").is_empty


@pytest.mark.parametrize("words", ["please do it", "<@U01|ana>", "todayish", "last 0", "weekly", "???"])
def test_what_is_not_understood_is_quoted(words: str) -> None:
    with pytest.raises(BriefRefused) as refused:
        read_words(words)
    shown = "@U01" if "ana" in words else words
    assert refused.value.user_message.startswith(f"I don't understand “{shown}”. Did you mean `/summarize ")


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("yesterdya", {"yesterday", "#channel yesterday"}),
        ("las week", {"last week", "this week"}),
        ("上週", {"last week", "today"}),
        ("lst 50", {"last 50", "last week"}),
        ("hlep", {"help", "today"}),
    ],
)
def test_the_two_nearest_right_lines_are_told_and_work(words: str, lines: set[str]) -> None:
    with pytest.raises(BriefRefused) as refused:
        read_words(words)
    assert isinstance(refused.value.user_message, Filled)
    assert {str(refused.value.user_message.fields[name]) for name in ("one", "other")} == lines


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_right_line_is_understood_as_it_is_told(language: str) -> None:
    for line in LINES:
        assert not read_words(say(line, language)).is_empty, line
    for typed in say(HELP, language).split("`")[1::2]:
        if typed != "/summarize":
            assert not read_words(typed).is_empty, typed


@pytest.mark.parametrize("words", ["help", " Help ", "?", "帮助"])
def test_help_is_asked_for(words: str) -> None:
    assert read_words(words).is_help


@pytest.mark.parametrize("words", ["what was decided about the colour", "Did we agree?", "谁负责？", "预算定了吗"])
def test_a_question_alone_is_one_about_the_channel(words: str) -> None:
    wanted = read_words(words)
    assert (wanted.links, wanted.period, wanted.focus) == ((), None, words)


def test_a_channel_by_its_name() -> None:
    for words in ("#Design last 5", "last 5 in #design", "#design 最近五条"):
        wanted = read_words(words)
        assert (wanted.links, wanted.period, wanted.focus) == ((ChannelName("design"),), Period("last", 5), "")
    assert read_words("#设计 昨天").links == (ChannelName("设计"),)
    assert read_words("today, what about #1?").focus == "what about #1?"


def test_a_time_in_a_question_about_a_file_is_part_of_the_question() -> None:
    wanted = read_words(f"<{HOST}/files/U01/F0AB/x.pdf> what has changed since last week?")
    assert (wanted.period, wanted.focus) == (None, "what has changed since last week?")


@pytest.mark.parametrize(
    ("words", "link", "focus"),
    [
        ("<https://example.com/a，重点看结论>", WebLink("https://example.com/a"), "重点看结论"),
        (
            "<https://example.com/a，重点看结论|example.com/a，重点看结论>",
            WebLink("https://example.com/a"),
            "重点看结论",
        ),
        ("https://example.com/a，重点看结论", WebLink("https://example.com/a"), "重点看结论"),
        (f"<{HOST}/archives/C01/p1766458026240809，总结>", MessageLink("C01", "1766458026.240809"), "总结"),
        (f"{HOST}/archives/C01/p1766458026240809，总结", MessageLink("C01", "1766458026.240809"), "总结"),
        ("<https://zh.wikipedia.org/wiki/北京>", WebLink("https://zh.wikipedia.org/wiki/北京"), ""),
        ("https://zh.wikipedia.org/wiki/北京", WebLink("https://zh.wikipedia.org/wiki/北京"), ""),
        ("<https://example.com/{a}.|here>", WebLink("https://example.com/{a}."), ""),
    ],
)
def test_what_stands_right_behind_an_address_is_the_question(words: str, link: object, focus: str) -> None:
    wanted = read_words(words)
    assert (wanted.links, wanted.focus) == ((link,), focus)


def test_brackets_around_an_address_are_not_part_of_it() -> None:
    assert read_words("（<https://example.com/a）>").links == (WebLink("https://example.com/a"),)
    assert read_words("（https://example.com/a）").links == (WebLink("https://example.com/a"),)
