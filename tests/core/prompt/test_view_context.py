"""`seems_meant` finds questions about the channel that their asker looks at."""

import pytest

from bot.core.prompt.view_context import seems_meant


@pytest.mark.parametrize(
    "question",
    [
        "What was decided in this channel?",
        "summarise the thread please",
        "What happened here?",
        "who said that up here",
        "这个频道最近说了什么？",
        "总结一下该消息列",
        "这里说了什么",
    ],
)
def test_it_seems_meant(question: str) -> None:
    assert seems_meant(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is wrong here in this screenshot?",
        "hello there",
        "Where is the chart?",
        "频道是什么意思？",
        "这张图怎么了？",
        "",
    ],
)
def test_it_does_not(question: str) -> None:
    assert not seems_meant(question)
