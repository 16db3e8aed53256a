"""Markdown as rich text: what a message that was streamed can be edited to."""

import pytest

from bot.playground.rules.blocks import check_blocks
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json
from bot.slack.markdown.rich_blocks import rich_blocks

EVERYTHING = """\
# Head

Plain **bold _both_** `code` ~~gone~~ [link](https://a.example/x) <@U1> <https://b.example|b> :tada: https://c.example.

- one
  two
- [ ] task
  1. inner
     ```
     code
     ```
  2. more

> quoted **words**
> and more

```python
print("hello")
```

| a | b |
|---|--:|
| 1 |   |

| c | d |
|---|---|
| 3 | 4 |
"""


def elements(markdown: str) -> list[Json]:
    (block,) = rich_blocks(markdown)
    assert block["type"] == "rich_text"
    found: list[Json] = block["elements"]
    return found


def test_slack_takes_it_and_nothing_is_lost() -> None:
    blocks = rich_blocks(EVERYTHING)
    check_blocks(LocalSlack(), blocks, "message")
    assert [block["type"] for block in blocks] == ["rich_text", "table", "rich_text"]
    told = str(blocks)
    for words in ("Head", "Plain ", "gone", "two", "☐ task", "inner", "more", "quoted ", 'print("hello")', "3  4"):
        assert words in told, words


def test_the_marks_of_a_line_become_styles_links_and_mentions() -> None:
    (section,) = elements("Is **bold** and `code` [x](https://a.example) <@U1> <#C1|ops> :tada: at 10:30:45")
    assert [one for one in section["elements"] if one.get("text", "x").strip()] == [
        {"type": "text", "text": "Is "},
        {"type": "text", "text": "bold", "style": {"bold": True}},
        {"type": "text", "text": " and "},
        {"type": "text", "text": "code", "style": {"code": True}},
        {"type": "link", "url": "https://a.example", "text": "x"},
        {"type": "user", "user_id": "U1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "emoji", "name": "tada"},
        {"type": "text", "text": " at 10:30:45"},
    ]


def test_lists_within_lists_go_in_and_numbers_go_on() -> None:
    found = elements("3. three\n   - inner\n4. four\n")
    assert [(one["style"], one["indent"], one.get("offset", 0), len(one["elements"])) for one in found] == [
        ("ordered", 0, 2, 1),
        ("bullet", 1, 0, 1),
        ("ordered", 0, 3, 1),
    ]


def test_paragraphs_stand_apart() -> None:
    (section,) = elements("One.\n\nTwo.")
    assert [one["text"] for one in section["elements"]] == ["One.", "\n\n", "Two."]


@pytest.mark.parametrize("markdown", ["", "  \n", "---"])
def test_nothing_is_no_block(markdown: str) -> None:
    assert rich_blocks(markdown) == []
