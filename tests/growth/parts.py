"""All that text of others passes through whole: from the model, a person, a page, a document, Slack or Redis."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from bot import log, words
from bot.core import (
    claims,
    links,
    looking,
    page_drift,
    page_likeness,
    reasoning,
    speakers,
    thinking,
    tokens,
    transcript,
)
from bot.core.brief import BriefRefused
from bot.core.html_page import changed_lines
from bot.core.pointing import parse_marks
from bot.core.ports import Person
from bot.documents import emphasis, encoding, html, mail_head, plain, rtf, sniff, text
from bot.documents import links as document_links
from bot.documents.draft import Draft, tidy
from bot.glm import seam
from bot.glm.leaked_calls import calls_in, is_balanced
from bot.internet.html import read_html
from bot.slack import (
    blocks,
    content,
    latex,
    markdown,
    messages,
    modals,
    names,
    notes,
    outgoing,
    render_inline,
    render_pings,
    render_plain,
    room,
    shown_call,
    tables,
    titles,
)
from bot.slack import links as slack_links
from bot.tools import addresses, find_in_document, make_file, naming
from bot.web import previews
from tests.growth.streams import STREAMS, TOOL, passed

Work = Callable[[str], object]


class _Known(names.Names):
    async def person(self, team: str, user: str) -> Person:
        return Person(user, "ann")

    async def channel(self, team: str, channel: str) -> str:
        return "general"

    async def group(self, team: str, group: str) -> str:
        return "team"


_NAMES = _Known(None)  # type: ignore[arg-type]  # nothing is looked up


def _done(doing: Coroutine[Any, Any, object]) -> None:
    """What never waits."""
    try:
        doing.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def _cells(shown: str) -> None:
    lines = ["| a | b |", "|---|---|", *[f"| {line} | b |" for line in shown.split("\n")[:50]]]
    grid = tables.read_table(lines)
    if not tables.is_small(grid):
        tables.as_block(tables.plain_rows(grid), tables.as_markdown(grid)[:100])


def _cut(shown: str) -> None:
    half = len(shown) // 2
    content.parted((shown[:half],), (shown[half:],), is_final=False, must_rotate=True)
    markdown.closing(shown)


def _formula(shown: str) -> None:
    try:
        latex.to_unicode(shown[: latex.LONGEST])
    except latex.Unfaithful:
        return


def _message(shown: str) -> None:
    inner = [{"type": "text", "text": shown, "style": {"bold": True}}]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": inner}]}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": shown}}
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": shown}]]}
    attachments = [{"text": shown, "fields": [{"title": "a", "value": shown}]}, {"is_share": True, "text": shown}]
    message = {"text": shown, "user": "U1", "blocks": [rich, section, table], "attachments": attachments}
    messages.read_message(message)
    messages.read_message({**message, "bot_id": "B1"})


def _words_of_command(shown: str) -> None:
    try:
        slack_links.read_words(shown)
    except BriefRefused:
        return


def _addresses(shown: str) -> None:
    list(links.bare_addresses(shown))
    links.linked_files(shown)
    links.ended(shown)
    addresses.was_written("https://a.b/c", shown)


def _claim(shown: str) -> None:
    claims.holds(claims.Claim(shown), shown)


def _question(shown: str) -> None:
    thinking.directive(shown)
    looking.seems_meant(shown)
    tokens.estimate_tokens(shown)
    speakers.speaker_name(shown, "U1", "bot")


def _call(shown: str) -> None:
    for body in (shown, f"zoom {shown}", f"zoom\n<arg_key>a</arg_key><arg_value>{shown}", f"zoom{{{shown}"):
        is_balanced(body)
        calls_in(body, (TOOL,))


def _said_again(shown: str) -> None:
    again = seam.Seam(shown, is_prefix=False)
    again.feed(shown)
    again.end()


def _pages_of(shown: str) -> None:
    text.read_text(shown, text.text_kind(shown, "a.csv"), Draft("csv"))
    plain.cleaned(shown)
    tidy(shown)
    emphasis.settled(shown)
    document_links.joined(shown)


def _bytes(shown: str) -> None:
    data = shown.encode()
    sniff.sniff(data)
    encoding.decode_text(data)
    mail_head.mended(b"Content-Type: a; " + data)
    rtf.plain_rtf(b"{\\rtf1 " + data)


def _changed(shown: str) -> None:
    changed_lines(shown, shown[::-1])
    page_drift._worded(shown, shown[::-1], "en")


def _likeness(shown: str) -> None:
    there, wanted = page_likeness.words_of(shown), page_likeness.words_of(shown[::-1])
    page_likeness._missing(wanted, there)


WHOLE: dict[str, Work] = {
    **{name: partial(passed, name) for name in STREAMS},
    "a cell": render_inline.render_inline,
    "a table": _cells,
    "words without marks": render_plain.plain_line,
    "a notification": render_plain.to_plain,
    "lines without marks": render_plain.readable,
    "pings": render_pings.harmless,
    "a formula": _formula,
    "where a message ends": _cut,
    "how many blocks": room.expanding,
    "headings of a long answer": lambda shown: outgoing.about(shown, "en"),
    "the words of a command": _words_of_command,
    "names for ids": lambda shown: _done(_NAMES.readable("T1", shown)),
    "names for mentions": lambda shown: _done(_NAMES.named("T1", shown)),
    "a title": lambda shown: titles.title_of(shown, [shown]),
    "a note": lambda shown: notes._sections(notes._mrkdwn(blocks.escape(shown))),
    "a message": _message,
    "a question to approve": lambda shown: shown_call.view("a", shown, "en"),
    "reasoning to read": lambda shown: modals.reading("a", [shown], "en"),
    "an answer to copy": lambda shown: modals.copying(shown, "en"),
    "addresses": _addresses,
    "a claim": _claim,
    "a question": _question,
    "an extract": reasoning._extract,
    "places": parse_marks,
    "a leaked call": _call,
    "an answer said once more": _said_again,
    "a transcript": lambda shown: transcript.references(shown) or transcript.parts(shown, 1_000),
    "what changed": _changed,
    "how alike": _likeness,
    "a made file": lambda shown: [make_file._harmless(shown, kind) for kind in ("csv", "txt")],
    "a file's name": lambda shown: naming.stem_of(naming.tidy(shown)),
    "words to find": lambda shown: find_in_document._pattern(find_in_document._words(shown[:200])).findall(shown),
    "a preview": lambda shown: previews._still(shown) + previews._living(shown),
    "a line of the log": lambda shown: log.SECRET.sub("", shown),
    "words of ours": lambda shown: words.retell(shown, "zh"),
    "a web page": lambda shown: read_html(f"<body><p>{shown}".encode(), "", "https://a.b"),
    "a document's HTML": lambda shown: html.markdown(f"<table><td>{shown}", Draft("html")),
    "a document's text": _pages_of,
    "a document's bytes": _bytes,
}
