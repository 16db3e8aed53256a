from dataclasses import dataclass

import pytest

from bot.core.agent.ports import Detail, ToolFailed
from bot.tools.web.addresses import allow, read_address, was_written
from tests.cost import EVENLY, growth
from tests.tools.tool_context import Approvals, Web, tool_context

URL = "https://example.com/a?q=1"


@pytest.mark.parametrize(
    "spoken",
    [
        "https://example.com/a?q=1",
        "See https://example.com/a?q=1.",
        "See (https://example.com/a?q=1), please",
        "[the page](https://example.com/a?q=1) is down",
        "看一下https://example.com/a?q=1，谢谢",
        "打开https://example.com/a?q=1这个网页",
        "HTTPS://EXAMPLE.com/a?q=1!",
        "http://example.com/a?q=1",
        "example.com/a?q=1 please",
        "**https://example.com/a?q=1**",
    ],
)
def test_an_address_in_a_persons_words_is_theirs(spoken: str) -> None:
    assert was_written(URL, spoken)


@pytest.mark.parametrize(
    "spoken",
    [
        "",
        "https://example.com/a",
        "https://example.com/a?q=12",
        "https://example.com/a?q=1&secret=2",
        "https://example.com.evil.org/a?q=1",
        "https://evil.org/?u=https://example.com/a?q=1",
        "me@example.com/a?q=1",
        "https://www.example.com/a?q=1",
        "https://example.com:8080/a?q=1",
        "the word example",
    ],
)
def test_another_path_query_or_host_is_another_address(spoken: str) -> None:
    assert not was_written(URL, spoken)


def test_a_bare_host_and_its_root_are_one() -> None:
    assert was_written("https://example.com/", "look at example.com")
    assert was_written("https://example.com", "[example.com](http://example.com)")
    assert not was_written("https://example.co", "look at example.com")


def test_brackets_and_escapes_inside_an_address_stay() -> None:
    assert was_written("https://w.org/wiki/A_(b)", "see https://w.org/wiki/A_(b) now")
    assert was_written("https://w.org/%e4%bd%a0", "see https://w.org/你 now")
    assert was_written("https://xn--bcher-kva.de/", "see https://bücher.de now")


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "ftp://a.org/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "http://[::1",
        "//a.org",
        "https://a.org/ b",
        "http://a.org\\@b.org/",
        "https://a.org:99999/",
        "http://a.org/\x01",
    ],
)
def test_only_whole_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(ToolFailed, match="begins with http"):
        read_address({"url": url})


def test_passwords_in_addresses_are_not_taken() -> None:
    with pytest.raises(ToolFailed, match="password"):
        read_address({"url": "https://a:b@example.com/"})


async def test_a_turn_that_read_nothing_of_others_is_not_asked() -> None:
    asked = Approvals()
    await allow(URL, Web(), tool_context(approve=asked))
    assert asked.asked == []


async def test_a_tainted_turn_opens_what_a_person_wrote_without_asking() -> None:
    asked = Approvals()
    await allow(URL, Web(), tool_context(approve=asked, spoken=f"read {URL}", is_tainted=True))
    assert asked.asked == []


async def test_a_tainted_turn_asks_before_it_opens_anything_else() -> None:
    asked = Approvals()
    await allow(URL, Web(), tool_context(approve=asked, spoken="read it", is_tainted=True))
    assert asked.asked == [("open this page\nNobody here has mentioned it.", URL)]


async def test_an_address_that_was_agreed_to_is_not_asked_about_again_and_another_one_is() -> None:
    asked = Approvals()
    bench = tool_context(approve=asked, is_tainted=True)
    for url in (URL, URL, f"{URL}?more"):
        await allow(url, Web(), bench)
    assert [detail for _, detail in asked.asked] == [URL, f"{URL}?more"]


async def test_a_no_is_a_result() -> None:
    with pytest.raises(ToolFailed, match="did not agree"):
        await allow(URL, Web(), tool_context(approve=Approvals(says=False), is_tainted=True))


async def test_an_inward_address_is_refused_at_once_and_never_asked_about() -> None:
    asked = Approvals()
    inward = "http://10.0.0.1/admin"
    for spoken in ("", f"open {inward}"):
        with pytest.raises(ToolFailed, match="private network"):
            await allow(inward, Web(), tool_context(approve=asked, spoken=spoken, is_tainted=True))
    assert asked.asked == []


SECRET = "https://the-secret.attacker.example/"


async def test_a_name_that_a_document_named_is_looked_up_after_the_yes_and_never_without() -> None:
    web = Web()

    @dataclass
    class Person(Approvals):
        async def __call__(self, action: str, detail: Detail) -> bool:
            assert web.happened == [], "names carry secrets"
            return await super().__call__(action, detail)

    with pytest.raises(ToolFailed, match="did not agree"):
        await allow(SECRET, web, tool_context(approve=Person(says=False), is_tainted=True))
    assert web.happened == []
    await allow(SECRET, web, tool_context(approve=Person(), is_tainted=True))
    assert web.happened == [f"look up {SECRET}"]


async def test_a_name_that_turns_out_inward_is_refused_after_the_yes() -> None:
    asked, url = Approvals(), "https://inward.attacker.example/"
    bench = tool_context(approve=asked, is_tainted=True)
    for _ in range(2):
        with pytest.raises(ToolFailed, match="name leads into a private network"):
            await allow(url, Web(), bench)
    assert len(asked.asked) == 1


@pytest.mark.parametrize(
    ("url", "spoken", "is_opened"),
    [
        ("https://example.com:443/", "", True),
        ("http://example.com:80/", "", True),
        ("http://example.com:22/", "", False),
        ("http://example.com:6379/", "see http://example.com/", False),
        ("http://example.com:8080/b", "see http://example.com:8080/a", True),
        ("http://example.com:8080/", "see example.com:8080/", True),
        ("http://example.com:8080/", "see http://other.example:8080/", False),
        ("http://example.com:8081/", "see http://example.com:8080/", False),
    ],
)
async def test_other_ports_than_the_webs_are_opened_where_a_person_wrote_them_or_agrees(
    url: str, spoken: str, is_opened: bool
) -> None:
    asked, web = Approvals(says=False), Web()
    bench = tool_context(approve=asked, spoken=spoken)
    if is_opened:
        await allow(url, web, bench)
        assert asked.asked == []
    else:
        with pytest.raises(ToolFailed, match="did not agree"):
            await allow(url, web, bench)
        assert web.happened == []


@pytest.mark.parametrize("piece", ["a.", "a-", "a", "a.bc", "x.co/(("])
@pytest.mark.parametrize("before", ["", "https://"])
def test_long_and_odd_threads_are_read_in_no_time(before: str, piece: str) -> None:
    def look(chars: int) -> None:
        assert not was_written(URL, before + piece * (chars // len(piece)))

    assert growth(look, 12_500) < EVENLY


@pytest.mark.parametrize(
    "spoken",
    [
        "https://example.com/a?q=1，重点看结论",
        "（https://example.com/a?q=1）",
        "example.com/a?q=1。谢谢",
        "（example.com/a?q=1）",
    ],
)
def test_an_address_amid_chinese_words_is_theirs(spoken: str) -> None:
    assert was_written(URL, spoken)


def test_chinese_letters_may_be_part_of_an_address() -> None:
    assert was_written("https://zh.wikipedia.org/wiki/北京", "看 https://zh.wikipedia.org/wiki/北京，总结")
    assert was_written("https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC", "https://zh.wikipedia.org/wiki/北京")
