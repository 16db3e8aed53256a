import csv
import io
import re

from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments, quoted, string
from bot.tools.naming import file_name, tidy
from bot.words import text

WRITING_FILE = text("is writing a file…")

MOST_BYTES = 1_000_000  # Slack shows text files up to 1 MB (facts/slack.md §2)
_PLAIN = (
    "c cfg conf cpp cs css diff dockerfile go graphql h hpp ics ini ipynb java js jsonl jsx kt less log lua patch php "
    "pl po proto r rb rs rst scala scss sh sql srt swift tex toml ts tsx txt vcf vtt vue"
)
MIMES = {
    **{f".{extension}": "text/plain" for extension in _PLAIN.split()},
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".py": "text/x-python",
}
# A cell that a spreadsheet would run as a formula. A plain number with a sign is none.
_FORMULA = re.compile(r"\s*(?:[=@]|[+-](?![\d.,]+\s*%?\s*$))|[\t\r]")


class MakeFile:
    spec = ToolSpec(
        "make_file",
        "Give the person a text file (txt, csv, md, html, json, xml, yaml, code).",
        {
            "type": "object",
            "properties": {"name": {"type": "string"}, "content": {"type": "string"}},
            "required": ["name", "content"],
        },
    )
    step = WRITING_FILE

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:  # noqa: ARG002 - every tool is called alike
        name, extension = _name(string(arguments, "name", 300))
        content = arguments.get("content")
        if not isinstance(content, str) or not content:
            raise ToolFailed(f"`content` must be a text with something in it, but is {quoted(content)}.")
        content, note = _harmless(content, extension)
        data = content.encode("utf-8", "replace")
        if len(data) > MOST_BYTES:
            raise ToolFailed(f"`content` has {len(data):,} bytes; a file has at most {MOST_BYTES:,}.")
        new = NewArtifact("file", "file", name, name, MIMES[extension], data, is_for_person=True, is_for_model=False)
        return Result(f"{{0}} is {name} ({len(data):,} bytes). The person gets it.{note}", made=(new,))


def _name(name: str) -> tuple[str, str]:
    """Return the last part of a path, made safe, and its extension; a name without one becomes a text file."""
    base = tidy(re.split(r"[/\\]", name)[-1])
    stem, dot, last = base.rpartition(".")
    if not dot:
        stem, last = base, "txt"
    extension = f".{last.lower()}"
    if extension not in MIMES:
        raise ToolFailed(
            f"`name` is {quoted(name)}, but a {extension} file can't be made here: only text, such as .txt, .csv, "
            ".tsv, .md, .html, .json, .xml, .yaml or source code."
        )
    return file_name(stem, extension), extension


def _harmless(content: str, extension: str) -> tuple[str, str]:
    """Mark the cells of a sheet that would run as formulas as text. Any other file stays as it is."""
    if extension not in {".csv", ".tsv"}:
        return content, ""
    delimiter = "\t" if extension == ".tsv" else _delimiter(content)
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ToolFailed(f"`content` is no well-formed {extension[1:].upper()}: {error}.") from error
    if not any(_FORMULA.match(cell) for row in rows for cell in row):
        return content, ""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n" if "\r\n" in content else "\n")
    writer.writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in rows)
    return file.getvalue(), " Cells that would run as formulas got a ' in front, so that they are shown as text."


def _delimiter(content: str) -> str:
    first = content.partition("\n")[0]
    return max(",;\t", key=first.count)
