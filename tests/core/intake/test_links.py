import pytest

from bot.core.intake.links import addresses, ended, linked_files, links_to_message, links_to_page


@pytest.mark.parametrize(
    "text",
    [
        "see https://acme.slack.com/files/U012AB/F0123ABC/report.pdf please",
        "<https://acme.slack.com/files/W012AB/F0123ABC/report.pdf|the report>",
        "https://acme.enterprise.slack.com/docs/T012AB/F0123ABC",
        "https://app.slack.com/docs/T012AB/F0123ABC?focus_section_id=temp:C:x",
        "https://slack.com/files/U012AB/F0123ABC and again https://acme.slack.com/docs/T012AB/F0123ABC",
    ],
)
def test_a_link_to_a_file_on_slack_is_known(text: str) -> None:
    assert tuple(linked_files(text)) == ("F0123ABC",)


def test_a_linked_file_is_called_as_in_its_address() -> None:
    text = "https://acme.slack.com/files/U1A/F0A1/q3%0A%E6%8A%A5.pdf?x=1 https://acme.slack.com/docs/T1A/F0A2"
    assert linked_files(text) == {"F0A1": "q3 报.pdf", "F0A2": "F0A2"}


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/files/U012AB/F0123ABC/report.pdf",
        "https://slack.com.evil.example/files/U012AB/F0123ABC",
        "https://notslack.com/files/U012AB/F0123ABC",
        "https://acme.slack.com@evil.example/files/U012AB/F0123ABC",
        "https://acme.slack.com/archives/C0123ABC/p1700000000000000",
        "F0123ABC",
    ],
)
def test_no_other_link_is(text: str) -> None:
    assert not linked_files(text)


def test_a_local_slack_counts_when_it_is_named() -> None:
    link = "http://127.0.0.1:3999/files/U012AB/F0123ABC/report.pdf"
    assert not linked_files(link)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com/a，重点看结论", "https://example.com/a"),
        ("（https://example.com/a）", "https://example.com/a"),
        ("看https://example.com/a。谢谢", "https://example.com/a"),
        ("“https://example.com/a”", "https://example.com/a"),
        ("https://zh.wikipedia.org/wiki/北京", "https://zh.wikipedia.org/wiki/北京"),
        ("https://zh.wikipedia.org/wiki/北京_(消歧义)，总结", "https://zh.wikipedia.org/wiki/北京_(消歧义)"),
        ("https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC、", "https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC"),
        ("(see https://example.com/a_(b)).", "https://example.com/a_(b)"),
        ("[x](https://example.com/a)", "https://example.com/a"),
        ("**https://example.com/a?q=1**", "https://example.com/a?q=1"),
        ("https://example.com/a[1], and", "https://example.com/a[1]"),
        ("https://example.com/~ana/;p=1!", "https://example.com/~ana/;p=1"),
        ("`https://example.com/a`", "https://example.com/a"),
        ("https://example.com/a——重点看结论", "https://example.com/a"),
        ("https://example.com/a—see there", "https://example.com/a"),
        ("«https://example.com/a»", "https://example.com/a"),
        ("‹https://example.com/a›", "https://example.com/a"),
        ("„https://example.com/a“", "https://example.com/a"),
        ("https://example.com/a،شوف", "https://example.com/a"),
        ("https://example.com/a؟", "https://example.com/a"),
        ("https://example.com/a।", "https://example.com/a"),
        ("〔https://example.com/a〕", "https://example.com/a"),
        ("https://example.com/a｡", "https://example.com/a"),
        ("｢https://example.com/a｣", "https://example.com/a"),
        ("＜https://example.com/a＞｜标题", "https://example.com/a"),
        ("https://example.com/a→看", "https://example.com/a"),
        ("https://example.com/a\u200b见", "https://example.com/a"),
        ("https://ja.wikipedia.org/wiki/ジョン・レノン、", "https://ja.wikipedia.org/wiki/ジョン・レノン"),
        ("https://en.wikipedia.org/wiki/Rhine–Main", "https://en.wikipedia.org/wiki/Rhine–Main"),
        ("https://example.com/?to=a,https://example.com/b", "https://example.com/?to=a,https://example.com/b"),
        ("https://web.archive.org/web/2/https://a.org/", "https://web.archive.org/web/2/https://a.org/"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str, url: str) -> None:
    (found,) = addresses(text)
    assert found.url == url
    assert text[found.start : found.end] == url


def test_addresses_are_found_in_their_order_and_a_scheme_alone_is_none() -> None:
    text = "https://b.org/2、http://a.org/1 https:// https://），"
    assert [one.url for one in addresses(text)] == ["https://b.org/2", "http://a.org/1"]


def test_addresses_with_only_a_comma_between_them_are_several() -> None:
    found = list(addresses("https://a.org/1,2,https://b.org;https://c.org/x."))
    assert [one.url for one in found] == ["https://a.org/1,2", "https://b.org", "https://c.org/x"]
    assert ended("https://a.org/1,https://b.org") == "https://a.org/1"
    assert len(list(addresses("https://a.org/," * 5_000))) == 5_000


def test_brackets_without_end_take_no_time() -> None:
    assert ended("https://a.org/" + "(" * 100 + ")" * 200_000) == "https://a.org/" + "(" * 100 + ")" * 100


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://acme.slack.com/archives/C01/p1766458026240809，总结", True),
        ("<https://acme.slack.com/archives/C01/p1766458026240809?thread_ts=1.0&amp;cid=C01>", True),
        ("https://acme.slack.com/archives/C01", False),
        ("https://acme.slack.com/files/U012AB/F0123ABC", False),
        ("p1766458026240809", False),
    ],
)
def test_a_link_to_a_message_is_told_apart(text: str, links: bool) -> None:
    assert links_to_message(text) is links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see <https://tracker.example/ENG-1|ENG-1>", True),
        ("see [ENG-1](https://tracker.example/ENG-1)", True),
        ("https://acme.slack.com/archives/C01/p1766458026240809", True),
        ("https://acme.slack.com/files/U012AB/F0123ABC", False),
        ("https://acme.slack.com/files/U012AB/F0123ABC and https://tracker.example", True),
        ("tracker.example", False),
    ],
)
def test_a_link_that_slack_may_show_a_preview_of_is_told_apart(text: str, links: bool) -> None:
    assert links_to_page(text) is links


def test_a_file_s_link_ends_before_chinese_words_without_a_blank() -> None:
    assert linked_files("https://acme.slack.com/docs/T012AB/F0123ABC，总结") == {"F0123ABC": "F0123ABC"}
    assert linked_files("https://acme.slack.com/docs/T012AB/F0123ABC总结") == {"F0123ABC": "F0123ABC"}
