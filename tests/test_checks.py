import pytest

from bot.playground.workspace.records import Json, Message, Stream
from tests import checks


def test_the_text_of_blocks_is_read() -> None:
    cells = [[{"type": "raw_text", "text": "A"}, {"type": "raw_number", "value": 3}]]
    rich = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "rich"}, {"type": "user", "user_id": "U1"}],
    }
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
        {"type": "markdown", "text": "**bold**"},
        {"type": "rich_text", "elements": [rich]},
        {"type": "table", "rows": cells},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
        {"type": "container", "title": {"text": "More"}, "child_blocks": [{"type": "section", "text": {"text": "in"}}]},
    ]
    assert checks.fallback_text(blocks).splitlines() == [
        "Head",
        "**bold**",
        "rich<@U1>",
        "A | 3",
        "small",
        "More",
        "in",
    ]


def test_a_stream_reads_in_order() -> None:
    parts: list[Json] = [
        {"type": "markdown_text", "text": "one "},
        {"type": "task_update", "id": "t", "title": "Reading", "output": "3 pages"},
        {"type": "blocks", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "block"}}]},
        {"type": "markdown_text", "text": "two"},
    ]
    message = Message("C1", "1.1", bot_id="B1", stream=Stream(0.0, None, parts=parts))
    assert checks.visible_text(message).split() == ["one", "Reading", "3", "pages", "block", "two"]


async def test_waiting_gives_up() -> None:
    with pytest.raises(AssertionError, match="a miracle"):
        await checks.wait_for(lambda: False, timeout_s=0.02, what="a miracle")
