"""Pages as people read them: text, headings, lists, tables and links; nothing that runs or only surrounds."""

import asyncio
import subprocess
import sys

import pytest

from bot.core.files.web_page import PageContent
from bot.documents.text.web_page import MOST_CHARS, read_web_page
from tests.cost import EVENLY, growth

URL = "https://site.example/news/today.html"


def read(page: str | bytes, content_type: str = "text/html") -> PageContent:
    return read_web_page(page.encode() if isinstance(page, str) else page, content_type, URL)


def test_an_article_becomes_markdown() -> None:
    reading = read(
        """<!doctype html><html><head><title> Costs
        of 2026 </title><style>p{}</style></head><body>
        <nav><a href=/>Home</a></nav>
        <h1>Costs</h1><p>Up by <b>12&nbsp;%</b>, see <a href="../more?x=1#y"> the
        report</a>, or <a href="#top">above</a>.<!-- not --> Really.</p>
        <ul><li>lamps<li>bulbs <ol start=3><li>LED</li><li>halogen</ol></ul>
        <blockquote><p>Too much.</p><p>Far too much.</p></blockquote>
        <table><tr><th>item<th>price<tr><td>a|b<td>24.00<tr><td>lamp</table>
        <pre><code>if x &lt; 1:
    stop()</code></pre><p>Call <code>stop()</code>.<br>Next line <img src=x.png alt="a red lamp"></p>
        <script>alert(1)</script><div hidden>hidden</div><p style="display: none">gone</p><footer>imprint</footer>"""
    )
    assert reading.title == "Costs of 2026"
    assert reading.text == (
        "# Costs\n\nUp by **12 %**, see [the report](https://site.example/more?x=1#y), or above. Really.\n\n"
        "- lamps\n- bulbs\n  3. LED\n  4. halogen\n\n"
        "> Too much.\n>\n> Far too much.\n\n"
        "| item | price |\n| --- | --- |\n| a\\|b | 24.00 |\n| lamp |  |\n\n"
        "```\nif x < 1:\n    stop()\n```\n\n"
        "Call `stop()`.\nNext line [Picture: a red lamp]"
    )
    assert not reading.is_cut


def test_the_main_part_is_taken_where_a_page_names_one() -> None:
    words = "A long story. " * 20
    assert read(f"<body><div>Buy now</div><main><p>{words}</p></main>").text == words.strip()
    assert "Buy now" in read("<body><div>Buy now</div><main><p>short</p></main>").text
    assert "Buy now" in read(f"<body><div>Buy now</div><article>{words}</article><article>{words}</article>").text


def test_a_page_that_is_all_navigation_is_still_read() -> None:
    assert read("<body><nav><a href=/a>One</a></nav>").text == "[One](https://site.example/a)"


def test_tables_that_only_lay_out_a_page_are_paragraphs() -> None:
    page = "<table><tr><td><p>left</p><table><tr><td>a<td>b</table><td>right</table>"
    assert read(page).text == "left\n\n| a | b |\n| --- | --- |\n\nright"


def test_links_that_do_not_lead_to_the_web_stay_text() -> None:
    page = '<a href="javascript:alert(1)">one</a> <a href="data:text/html,x">two</a> <a href="http://[">three</a>'
    assert read(page).text == "one two three"


def test_a_link_around_blocks_keeps_their_text() -> None:
    assert read("<a href=/x><h2>Card</h2><p>words</p></a>").text == "## Card\n\nwords"


@pytest.mark.parametrize("page", ["", "   ", "<!-- -->", "\0\0", "<html></html>", "<p>" * 1000, "</p></p></table>"])
def test_empty_and_broken_pages_have_no_text(page: str) -> None:
    assert not read(page).text.strip("\0")


def test_the_main_pictures_come_in_order_of_what_the_page_says() -> None:
    page = """<head><base href="https://cdn.example/"><meta property="og:image" content="/og.png">
        <meta name="twitter:image" content="https://t.example/t.jpg"></head>
        <img src="icon.png" width=16><img src=logo.png><img src="data:image/png;base64,AA">
        <img src=large.jpg width=900>"""
    assert read(page).pictures == (
        "https://cdn.example/og.png",
        "https://t.example/t.jpg",
        "https://cdn.example/large.jpg",
    )
    assert read("<img src=tiny.png width=20 height=20>").pictures == ()


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("<p>价格".encode("gb2312"), "text/html; charset=GB2312", "价格"),
        ("<meta charset=big5><p>價格".encode("big5"), "text/html", "價格"),
        ("<p>naïve “x”".encode("cp1252"), "text/html; charset=iso-8859-1", "naïve “x”"),
        ("<p>ı ş".encode("cp1254"), "text/html; charset=iso-8859-9", "ı ş"),
        ("<p>é".encode("utf-16"), "text/html; charset=utf-8", "é"),
        ("<p>é".encode(), "text/html; charset=rot13", "é"),
        ("<p>é".encode(), "text/html; charset=none-such", "é"),
        ("<p>é".encode(), "text/html; charset=gb2312", "é"),
        ("é".encode("cp1252") * 20, "text/plain; charset=iso-8859-1", "é" * 20),
    ],
)
def test_encodings(data: bytes, content_type: str, text: str) -> None:
    assert read(data, content_type).text == text


def test_an_xml_declaration_does_no_harm() -> None:
    assert read("<?xml version='1.0' encoding='gbk'?><html><p>价格".encode("gbk")).text == "价格"


@pytest.mark.parametrize("piece", ["<p>word ", "<table><tr><td>a<td>b</table>", "<a href=/x>y ", "<ul><li>x", "<br>y"])
def test_enormous_pages_are_cut_in_time(piece: str) -> None:
    def read_enormous(chars: int) -> None:
        assert len(read(piece * (chars // len(piece))).text) <= MOST_CHARS

    assert growth(read_enormous, 95_000) < EVENLY


def test_words_between_the_items_of_a_list_and_formulas_are_kept() -> None:
    page = """<ul>Some <i>loose</i> words<li>one</li> and more <a href=/x>there</a><li>two</ul>
        <p>Let <span style="display: none" class="mwe-math-mathml-inline">
        <math><annotation encoding="application/x-tex">A^2</annotation></math></span> be."""
    assert read(page).text == (
        "Some *loose* words\n- one\nand more [there](https://site.example/x)\n- two\n\nLet $A^2$ be."
    )


async def test_a_page_is_read_in_a_process_of_its_own() -> None:
    """Neither its parser nor its reader is loaded here."""
    code = f"""
import asyncio, sys
from bot.documents.document_reader import DocumentReader
from bot.documents.sandbox.sandbox import Sandbox

async def main():
    async with Sandbox(workers=1) as sandbox:
        reader = DocumentReader(sandbox, "", "")
        page = await reader.web_page(b"<title>T</title><p>x <a href=b>b</a>", "text/html", {URL!r})
    print(page.title, page.text, [name for name in sys.modules if name.startswith(("lxml", "bot.documents.text"))])

asyncio.run(main())"""
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.stdout == "T x [b](https://site.example/news/b) []\n", ended.stderr


@pytest.mark.parametrize("tag", ["div", "font", "pre"])
@pytest.mark.parametrize("depth", [300, 3_000])
def test_words_below_many_open_tags_are_read(tag: str, depth: int) -> None:
    text = read(f"<p>before {f'<{tag}>' * depth}deep words</p><p>after").text
    assert [word for word in ("before", "deep", "words", "after") if word not in text] == []
