from typing import Any

import pytest

from bot.core.agent.ports import NewArtifact
from bot.tools.make_file import MakeFile
from tests.tools.tool_context import refusal, tool_context


async def made(name: str, content: str) -> NewArtifact:
    result = await MakeFile().call({"name": name, "content": content}, tool_context())
    (new,) = result.made
    assert (new.kind, new.prefix, new.is_for_person, new.is_for_model) == ("file", "file", True, False)
    assert new.name in result.text
    return new


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("notes.txt", "text/plain"),
        ("data.csv", "text/csv"),
        ("read.md", "text/markdown"),
        ("page.html", "text/html"),
        ("a.json", "application/json"),
        ("a.yaml", "application/yaml"),
        ("tool.py", "text/x-python"),
        ("报告.md", "text/markdown"),
    ],
)
async def test_text_comes_as_it_was_written(name: str, mime: str) -> None:
    new = await made(name, "Ein „Satz“\r\n值\n")
    assert (new.name, new.mime, new.data.decode()) == (name, mime, "Ein „Satz“\r\n值\n")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\a b.MD", "a-b.md"),
        ("notes", "notes.txt"),
        ("in\u202evoice.txt", "invoice.txt"),
        ('a<b>:"|?*.txt', "a-b.txt"),
        (".html", "html.txt"),
        ("x" * 200 + ".txt", "x" * 96 + ".txt"),
    ],
)
async def test_a_name_is_made_safe(asked: str, given: str) -> None:
    assert (await made(asked, "a")).name == given


@pytest.mark.parametrize("name", ["run.exe", "logo.svg", "sheet.xlsx", "page.hta", "a.bat", "doc.pdf"])
async def test_only_text_is_made(name: str) -> None:
    assert "only text" in await refusal(MakeFile(), {"name": name, "content": "a"})


@pytest.mark.parametrize("content", [None, "", 7, ["a"]])
async def test_content_is_a_text(content: Any) -> None:
    assert "`content` must be a text" in await refusal(MakeFile(), {"name": "a.txt", "content": content})


async def test_a_file_has_at_most_a_million_bytes() -> None:
    assert len((await made("a.txt", "x" * 1_000_000)).data) == 1_000_000
    assert "1,000,002 bytes" in await refusal(MakeFile(), {"name": "a.txt", "content": "值" * 333_334})


@pytest.mark.parametrize(
    ("name", "content", "harmless"),
    [
        ("a.csv", 'a,"=1+2"\n+7,-3.5\n', "a,'=1+2\n+7,-3.5\n"),
        ("a.csv", "a;b\n@SUM(A1);=cmd|' /C calc'!A0\n", "a;b\n'@SUM(A1);'=cmd|' /C calc'!A0\n"),
        ("a.csv", 'x\r\n"=HYPERLINK(""http://e"",1)"\r\n', 'x\r\n"\'=HYPERLINK(""http://e"",1)"\r\n'),
        ("a.tsv", "a\t-2+3\n", "a\t'-2+3\n"),
    ],
)
async def test_cells_that_would_run_as_formulas_are_marked_as_text(name: str, content: str, harmless: str) -> None:
    assert (await made(name, content)).data.decode() == harmless


async def test_a_harmless_sheet_stays_as_it_is() -> None:
    content = 'a, "b"\n1,-2\n"x=1",3 %\n'
    assert (await made("a.csv", content)).data.decode() == content
    assert (await made("a.txt", "=1+2")).data == b"=1+2"
