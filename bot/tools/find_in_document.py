import asyncio
import re
from dataclasses import dataclass

from bot.core.agent.ports import Result, ToolContext
from bot.core.document import Document, Page, find_pages
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, string
from bot.tools.tool_errors import tool_errors
from bot.words import text

SEARCHING_DOCUMENT = text("is searching a document…")
MOST_PAGES = 10
SNIPPETS_A_PAGE = 3
AROUND = 120
LONGEST_QUERY = 200

# Chinese, Japanese and Korean are written without spaces, and lines break anywhere in them.
_WIDE = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
_WIDE_RUN = re.compile(f"{_WIDE}+")


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """What was found on a page. `count` counts the whole phrase; it is 0 when only some of its words are there."""

    page: Page
    count: int
    snippets: tuple[str, ...]


class FindInDocument:
    spec = ToolSpec(
        "find_in_document",
        "Find the pages of a document that hold a phrase or its words.",
        {
            "type": "object",
            "properties": {"document": {"type": "string", "description": "file name"}, "query": {"type": "string"}},
            "required": ["document", "query"],
        },
    )
    step = SEARCHING_DOCUMENT

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        name, query = string(arguments, "document"), string(arguments, "query", LONGEST_QUERY)
        with tool_errors(name):
            document = await context.documents.document(name)
        phrases, words = await asyncio.to_thread(_search, document, query)
        return Result(_result(name, query, document, phrases, words), is_untrusted=True)


def _search(document: Document, query: str) -> tuple[list[FoundPlaces], list[FoundPlaces]]:
    """Return the pages with the phrase in their order; if there are none, those with most of its words, best first."""
    pattern = _pattern([query])
    phrases = [found for page in document.pages if (found := _look(page, pattern, is_phrase=True)).count]
    if phrases:
        return phrases, []
    words = _words(query)
    numbers = find_pages(document, words, MOST_PAGES)
    pages = [page for number in numbers if (page := document.page(number))]
    return [], [_look(page, _pattern(words), is_phrase=False) for page in pages]


def _look(page: Page, pattern: re.Pattern[str], *, is_phrase: bool) -> FoundPlaces:
    hits = list(pattern.finditer(page.text))
    snippets: list[str] = []
    shown_to = -1
    for hit in hits:
        if hit.start() >= shown_to and len(snippets) < SNIPPETS_A_PAGE:
            snippets.append(_snippet(page.text, hit))
            shown_to = hit.end() + AROUND
    return FoundPlaces(page, len(hits) if is_phrase else 0, tuple(snippets))


def _snippet(words: str, hit: re.Match[str]) -> str:
    start, end = max(0, hit.start() - AROUND), min(len(words), hit.end() + AROUND)
    excerpt = re.sub(r"\s+", " ", words[start:end]).strip()
    return f"{'…' if start else ''}{excerpt}{'…' if end < len(words) else ''}"


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    """Match in upper and lower case, and across line breaks. Characters without spaces may have one between them."""
    forms = []
    for phrase in phrases:
        escaped = r"\s+".join(re.escape(word) for word in phrase.split())
        forms.append(re.sub(f"({_WIDE})(?={_WIDE})", r"\1\\s*", escaped))
    return re.compile("|".join(forms) or r"(?!)", re.IGNORECASE)


def _words(query: str) -> list[str]:
    """Return the words of the query. A run of Chinese counts as its pairs of characters."""
    words: list[str] = []
    for word in re.findall(r"[^\s,;:!?，。；：！？、“”\"()（）]+", query):
        runs = _WIDE_RUN.findall(word)
        pairs = [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]
        words += pairs or [word]
    return list(dict.fromkeys(words))


def _result(name: str, query: str, document: Document, phrases: list[FoundPlaces], words: list[FoundPlaces]) -> str:
    if phrases:
        times = sum(found.count for found in phrases)
        first = f"“{query}” stands in {name} {_times(times)}, on {_pages(len(phrases))} of {len(document.pages)}:"
        rest = ", ".join(str(found.page.number) for found in phrases[MOST_PAGES:])
        more = [f"Also on: {rest}"] if rest else []
        return "\n".join([first, *map(_line, phrases[:MOST_PAGES]), *more])
    if words:
        first = f"“{query}” does not stand in {name} as a phrase; {_pages(len(words))} with words of it, best first:"
        return "\n".join([first, *map(_line, words)])
    return (
        f"Nothing of “{query}” was found in {name} ({_pages(len(document.pages))}). Try other words.{_unread(document)}"
    )


def _line(found: FoundPlaces) -> str:
    label = f" ({found.page.label})" if found.page.label else ""
    return f"- page {found.page.number}{label}: {' | '.join(found.snippets) or '(no excerpt)'}"


def _unread(document: Document) -> str:
    """Name the pages without text, which can't be searched, so that the model can look at them."""
    blind = [str(page.number) for page in document.pages if not page.text.strip() and page.can_be_shown]
    numbers = f"{', '.join(blind[:20])}{' …' if len(blind) > 20 else ''}"
    return f" Pages without text, which only view_page can show: {numbers}." if blind else ""


def _pages(count: int) -> str:
    return f"{count:,} page{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
