from bot.core.agent.ports import Result, ToolContext, ToolFailed
from bot.core.document import Document, Page
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, integer, string
from bot.tools.tool_errors import tool_errors
from bot.words import text

LOOKING_AT_PAGE = text("is looking at {what}…")
LONGEST_TEXT = 55_000  # core.agent.toolbox would cut results at 60,000 without saying what is missing


class ViewPage:
    """Shows a page's picture even when its text is known: the model asks for what the text lost."""

    spec = ToolSpec(
        "view_page",
        "See one page of a document: its picture and its text.",
        {
            "type": "object",
            "properties": {
                "document": {"type": "string", "description": "file name"},
                "page": {"type": "integer", "description": "from 1"},
            },
            "required": ["document", "page"],
        },
    )
    step = LOOKING_AT_PAGE

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:
        name, number = string(arguments, "document"), integer(arguments, "page")
        with tool_errors(name):
            document = await context.documents.document(name)
        page = document.page(number)
        if page is None:
            raise ToolFailed(f"{name} has no page {number}; {_range(document)}.")
        heading = f"{name}, page {number} of {len(document.pages)}{_label_of(page)}"
        if not page.can_be_shown:
            return Result(f"{heading}. It has no picture; this is its text:\n{_words(page)}", is_untrusted=True)
        label = f"{name}#{number}"
        return Result(f"{heading}: its picture is {label}. Its text:\n{_words(page)}", (label,), is_untrusted=True)


def _range(document: Document) -> str:
    count = len(document.pages)
    return "it has no pages at all" if not count else f"its pages are 1 to {count}"


def _label_of(page: Page) -> str:
    return f" ({page.label})" if page.label else ""


def _words(page: Page) -> str:
    if not page.text.strip():
        return "(no text)"
    if len(page.text) <= LONGEST_TEXT:
        return page.text
    return (
        f"{page.text[:LONGEST_TEXT]}\n(cut here: {len(page.text):,} characters in all; find_in_document finds the rest)"
    )
