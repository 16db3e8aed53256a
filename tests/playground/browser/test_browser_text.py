import pytest

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.emoji import glyph, with_emoji
from bot.playground.browser.rendering.html import link, safe_url, tag, text
from bot.playground.browser.rendering.markdown import render_markdown
from bot.playground.browser.rendering.mrkdwn import render_mrkdwn, source_of
from bot.playground.browser.rendering.rich_text import render_rich_text
from bot.playground.workspace.rich_text import typed
from handlers.receive import SIGNS
from tests.playground.browser.reading import HOSTILE, assert_harmless, read


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_in_both_markups(context: RenderContext, hostile: str) -> None:
    for html in (render_markdown(hostile, context), render_mrkdwn(hostile, context)):
        found = assert_harmless(html)
        assert "alert(1)" in found.text
        assert "img" not in found.tags


@pytest.mark.parametrize(
    ("name", "sign"),
    [("eyes", "👀"), ("zipper_mouth_face", "🤐"), ("telescope", "🔭"), ("eyes::skin-tone-2", "👀"), ("nope", ":nope:")],
)
def test_names_of_emoji_show_as_emoji(name: str, sign: str) -> None:
    assert glyph(name) == sign
    assert with_emoji(f"a :{name}: b") == f"a {sign if sign[0] != ':' else f':{name}:'} b"


def test_what_the_bot_reacts_with_shows_as_emoji() -> None:
    assert all(":" not in glyph(name) for name in SIGNS.values())


def test_attributes_are_escaped() -> None:
    assert read(tag("p", text("<b>"), title='"><img>')).values("p", "title") == ['"><img>']


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://a.example/x?y=1#z", True),
        ("mailto:a@b.example", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("/page/act/post", False),
        ("//evil.example", False),
        ("https:evil", False),
        ("https://[", False),
        (None, False),
        (7, False),
    ],
)
def test_only_whole_web_and_mail_addresses_are_linked(url: object, *, is_safe: bool) -> None:
    assert (safe_url(url) is not None) is is_safe
    assert ("<a " in link(url, text("x"))) is is_safe


def test_markdown_has_tables_code_lists_and_one_size_of_heading(context: RenderContext) -> None:
    source = (
        "# One\n### Two\n\n| a | b |\n|---|--:|\n| 1 | `2` |\n\n```py\nx < 1\n```\n\n1. ~~no~~\n2. **yes**\n   - deep"
    )
    html = render_markdown(source, context)
    found = assert_harmless(html)
    assert found.tags.count("h4") == 2
    assert {"table", "th", "td", "pre", "ol", "ul", "s", "strong"} <= set(found.tags)
    assert found.values("td", "class") == ["right"]
    assert "x < 1" in found.text
    assert "py" in found.words


def test_markdown_links_bare_addresses_and_pictures_become_links(context: RenderContext) -> None:
    source = (
        "See https://a.example/b_c. ![secret](https://evil.example/?d=1) [t](https://c.example) `https://no.example`"
    )
    found = assert_harmless(render_markdown(source, context))
    assert found.values("a", "href") == ["https://a.example/b_c", "https://evil.example/?d=1", "https://c.example"]
    assert "img" not in found.tags


def test_markdown_honours_mentions_and_slack_links_but_not_escaped_ones(context: RenderContext) -> None:
    html = render_markdown("<@U0BEN0000> <https://a.example|label> &lt;!channel&gt; <!here> :tada: :nope:", context)
    found = assert_harmless(html)
    assert "@Ben" in found.words
    assert "@here" in found.words
    assert found.values("a", "href") == ["https://a.example"]
    assert "<!channel>" in found.text
    assert "🎉" in found.text
    assert ":nope:" in found.text


def test_markdown_keeps_single_line_breaks_and_task_lists(context: RenderContext) -> None:
    found = assert_harmless(render_markdown("one\ntwo\n\n- [x] done\n- [ ] open", context))
    assert "br" in found.tags
    assert found.values("span", "aria-label") == ["done", "to do"]


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_unfinished_markdown_of_a_live_stream_is_harmless(context: RenderContext, cut: int) -> None:
    assert_harmless(
        render_markdown("**bo `co\n```js\n<script>\n```\n[x](https://a.example) | a |\n|--|\n<@U0"[:cut], context)
    )


def test_mrkdwn_marks_mentions_links_and_escapes(context: RenderContext) -> None:
    people = "<@U0ANA0000> <#C0GENERAL|general> <!subteam^S1|@team>"
    source = f"*b _i_* ~s~ `<c>` <https://a.example|l&amp;l> {people}\n&gt; quoted"
    found = assert_harmless(render_mrkdwn(source, context))
    assert {"b", "i", "s", "code", "a", "blockquote"} <= set(found.tags)
    assert "l&l" in found.words
    assert "@Ana" in found.words
    assert "#general" in found.words
    assert "@team" in found.words
    assert "mention mine" in found.values("span", "class")


def test_mrkdwn_leaves_arithmetic_and_names_alone(context: RenderContext) -> None:
    found = read(render_mrkdwn("2 * 3 * 4, snake_case_name, a ~ b ~ c, **not bold**", context))
    assert not {"b", "i", "s"}.intersection(found.tags)


def test_rich_text_has_lists_quotes_code_and_styles(context: RenderContext) -> None:
    words = {"type": "text", "text": "<b>hi", "style": {"bold": True, "code": True}}
    section = {"type": "rich_text_section", "elements": [words, {"type": "link", "url": "javascript:x", "text": "l"}]}
    groups = [
        section,
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [section]},
        {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U0BEN0000"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "<pre>"}]},
        "nonsense",
    ]
    found = assert_harmless(render_rich_text(groups, context))
    assert {"ol", "li", "blockquote", "pre", "b", "code"} <= set(found.tags)
    assert "<b>hi" in found.words
    assert "@Ben" in found.words
    assert not found.values("a", "href")


def test_the_editor_gets_back_what_was_typed(context: RenderContext) -> None:
    said = "@ben see https://a.example/?a=1&b=2 in #general: 1 < 2 *bold* `code`"
    text_of_it, _ = typed(context.workspace, said)
    assert source_of(text_of_it, context) == said
