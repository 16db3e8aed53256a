"""Draws Markdown as Slack shows it in markdown blocks and streams: GitHub's flavour without HTML and pictures.

Mentions and `<url|label>` work inside it (facts/slack.md §1.3). Headings have one size, and images become links (§1.6).
"""

import re
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.emoji import with_emoji
from bot.playground.browser.rendering.html import Html, link, safe_url, tag, text
from bot.playground.browser.rendering.mrkdwn import code_block, render_inline

Env = MutableMapping[str, Any]
_SLACK_TOKEN = re.compile(
    r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^<>\n]*)?|!(?:here|channel|everyone)|(?:https?://|mailto:)[^<>|\s]+\|[^<>\n]*)>"
)
_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?\"'*_~\])}]")
_TASK = re.compile(r"^\[([ xX])\]\s+")


def render_markdown(source: object, context: RenderContext) -> Html:
    """Return blocks of HTML, which are safe whatever the source holds."""
    return Html(_PARSER.render(str(source or ""), {"context": context}))


def _slack_token(state: StateInline, silent: bool) -> bool:
    found = _SLACK_TOKEN.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("slack_token", "", 0)
        token.content = found[0]
    state.pos = found.end()
    return True


def _finish(state: StateCore) -> None:
    """Make links leave the page safely, turn bare addresses into links, and mark tasks in list items."""
    for index, token in enumerate(state.tokens):
        if token.type != "inline" or token.children is None:
            continue
        is_item = index >= 2 and state.tokens[index - 2].type == "list_item_open"
        token.children = _finished(token.children, is_item=is_item)


def _finished(children: list[Token], *, is_item: bool) -> list[Token]:
    done: list[Token] = []
    depth = 0
    for position, token in enumerate(children):
        if token.type == "link_open":
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer nofollow")
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text":
            done.append(token)
            continue
        if is_item and position == 0 and (task := _TASK.match(token.content)):
            done.append(Token("task_mark", "", 0, content=task[1].strip()))
            token.content = token.content[task.end() :]
        done.extend([token] if depth else _with_links(token.content))
    return done


def _with_links(content: str) -> list[Token]:
    parts: list[Token] = []
    position = 0
    for found in _ADDRESS.finditer(content):
        parts.append(Token("text", "", 0, content=content[position : found.start()]))
        parts.append(Token("bare_link", "", 0, content=found[0]))
        position = found.end()
    parts.append(Token("text", "", 0, content=content[position:]))
    return parts


def _words(token: Token, _env: Env) -> str:
    return text(with_emoji(token.content))


def _bare_link(token: Token, _env: Env) -> str:
    return link(token.content, text(token.content))


def _picture_link(token: Token, _env: Env) -> str:
    """Write a link, as Slack does. Loading the picture would tell a stranger's server who reads this."""
    address = token.attrGet("src")
    return link(address, text(token.content or address))


def _slack(token: Token, env: Env) -> str:
    return render_inline(token.content, env["context"])


def _task_mark(token: Token, _env: Env) -> str:
    done = bool(token.content)
    return tag("span", text("☑ " if done else "☐ "), role="img", aria_label="done" if done else "to do")


def _heading(token: Token, _env: Env) -> str:
    return '<h4 class="heading">' if token.nesting == 1 else "</h4>"


def _code(token: Token, _env: Env) -> str:
    return code_block(token.content, token.info.strip().partition(" ")[0])


def _table(token: Token, _env: Env) -> str:
    if token.nesting == 1:
        return '<div class="table-wrap" tabindex="0" role="region" aria-label="Table"><table>'
    return "</table></div>"


def _cell_open(token: Token, _env: Env) -> str:
    """Write the alignment as a class, since the page's policy allows no inline style."""
    align = str(token.attrGet("style") or "").rpartition(":")[2]
    return f'<{token.tag} class="{align}">' if align in {"left", "center", "right"} else f"<{token.tag}>"


def _as_rule(draw: Callable[[Token, Env], str]) -> Callable[..., str]:
    """Adapt a function to markdown-it's signature, bound as a method of its renderer."""

    def render(_self: object, tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
        return draw(tokens[index], env)

    return render


class _SlackMarkdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        return safe_url(url) is not None


def _parser() -> MarkdownIt:
    parser = _SlackMarkdown("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("autolink", "slack_token", _slack_token)
    parser.core.ruler.push("finish", _finish)
    rules = {
        "text": _words, "bare_link": _bare_link, "image": _picture_link, "slack_token": _slack, "task_mark": _task_mark,
        "heading_open": _heading, "heading_close": _heading, "fence": _code, "code_block": _code,
        "table_open": _table, "table_close": _table, "th_open": _cell_open, "td_open": _cell_open,
    }  # fmt: skip
    for name, rule in rules.items():
        parser.add_render_rule(name, _as_rule(rule))
    return parser


_PARSER = _parser()
