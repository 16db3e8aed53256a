"""Writes what the offline model says when no script tells it: what it is, and what it received. It invents nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.glm.offline.reply import Reply
from bot.glm.offline.rules import Picture, Prompt
from bot.words import clipped

_CJK = re.compile("[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]?")
_DOCUMENT_LETTERS = 280  # a longer text part counts as a page or a document, not as a question
_GIST_SENTENCES = 2
_LONGEST_QUESTION = 240
_MOST_DOCUMENTS = 12

_COLOURS: Mapping[str, tuple[str, tuple[int, int, int]]] = {
    "black": ("黑", (20, 20, 20)),
    "white": ("白", (240, 240, 240)),
    "grey": ("灰", (128, 128, 128)),
    "red": ("红", (200, 40, 40)),
    "orange": ("橙", (235, 140, 40)),
    "yellow": ("黄", (230, 215, 60)),
    "green": ("绿", (50, 150, 60)),
    "cyan": ("青", (60, 190, 200)),
    "blue": ("蓝", (50, 80, 200)),
    "purple": ("紫", (130, 60, 170)),
    "pink": ("粉", (235, 150, 180)),
    "brown": ("棕", (120, 80, 50)),
}


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language."""

    thought: str
    thought_pictures: str
    label: str
    pictures: str
    picture: str
    unnamed: str
    documents: str
    tool_results: str
    question: str
    no_question: str
    facts: str


_ENGLISH = _Words(
    thought="I am the offline stand-in, so I cannot really look or think. Messages received: {messages},"
    " about {tokens:,} tokens. ",
    thought_pictures="Pictures among them: {count}; I can measure pictures, but not understand them. ",
    label="**Offline stand-in, not GLM-4.6V.** No model is connected: set `GLM_API_KEY` to get real answers."
    " This is what would have been sent to it.",
    pictures="Pictures:",
    picture="{label}: {format}, {width} × {height} px, {tokens:,} tokens, on average {colour} ({hex}),"
    " brightness {brightness} of 255",
    unnamed="Picture {number}",
    documents="Text, by its first sentences:",
    tool_results="Results of tools:",
    question="Your question: “{question}”",
    no_question="There was no question in words.",
    facts="Earlier turns in this conversation: {turns}. The whole prompt: about {tokens:,} tokens.",
)
_CHINESE = _Words(
    thought="我是离线替身，不能真正看图或思考。我收到了 {messages} 条消息，约 {tokens:,} 个 token。",
    thought_pictures="其中有 {count} 张图片；我能测量它们，但不能理解它们。",
    label="**离线替身，并非 GLM-4.6V。** 目前没有连接模型：设置 `GLM_API_KEY` 后才有真正的回答。"
    "以下是本会发送给模型的内容。",
    pictures="图片：",
    picture="{label}：{format}，{width} × {height} 像素，{tokens:,} 个 token，平均颜色为{colour}色（{hex}），"
    "亮度 {brightness}/255",
    unnamed="图片 {number}",
    documents="文字（开头几句）：",
    tool_results="工具结果：",
    question="你的问题：“{question}”",
    no_question="没有文字问题。",
    facts="本对话此前的轮数：{turns}。整个提示约 {tokens:,} 个 token。",
)


def answer_to(body: Mapping[str, Any], prompt: Prompt) -> Reply:
    """Return the same reply for the same request, in Chinese where the question is in Chinese."""
    messages: list[Mapping[str, Any]] = body["messages"]
    question = _question(messages)
    words = _CHINESE if _CJK.search(question) else _ENGLISH
    reasoning = ""
    if not is_thinking_off(body):
        reasoning = words.thought.format(messages=len(messages), tokens=prompt.tokens)
        if prompt.pictures:
            reasoning += words.thought_pictures.format(count=len(prompt.pictures))
    question_line = words.question.format(question=question) if question else words.no_question
    turns = len(_questions(messages)) - 1
    sections = [
        words.label,
        _listed(words.pictures, _picture_lines(prompt.pictures, words)),
        _listed(words.documents, _gists(messages)),
        _listed(words.tool_results, _tool_lines(messages)),
        question_line,
        words.facts.format(turns=max(0, turns), tokens=prompt.tokens),
    ]
    return Reply("\n\n".join(filter(None, sections)), reasoning.strip())


def is_thinking_off(body: Mapping[str, Any]) -> bool:
    """Tell whether any provider's switch turns thinking off."""
    thinking, reasoning, template = (body.get(key) for key in ("thinking", "reasoning", "chat_template_kwargs"))
    return (
        (isinstance(thinking, dict) and thinking.get("type") == "disabled")
        or (isinstance(reasoning, dict) and (reasoning.get("enabled") is False or reasoning.get("effort") == "none"))
        or (isinstance(template, dict) and template.get("enable_thinking") is False)
    )


def _texts(message: Mapping[str, Any]) -> list[str]:
    """Return the text parts of a message that are not labels of pictures."""
    content = message.get("content")
    if not isinstance(content, list):
        return [content] if content else []
    following = [*content[1:], {}]
    return [
        part["text"]
        for part, after in zip(content, following, strict=True)
        if part["type"] == "text" and after.get("type") != "image_url" and part["text"].strip()
    ]


def _questions(messages: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the places of questions. Labelled pictures after tool messages are the output of those tools."""
    return [
        at
        for at, message in enumerate(messages)
        if message["role"] == "user" and (at == 0 or messages[at - 1]["role"] != "tool" or _texts(message))
    ]


def _question(messages: Sequence[Mapping[str, Any]]) -> str:
    places = _questions(messages)
    texts = _texts(messages[places[-1]]) if places else []
    if not texts:
        return ""
    lines = texts[-1].strip().splitlines()
    question = lines[-1].strip() if len(texts[-1]) > _LONGEST_QUESTION else " ".join(lines)
    return clipped(question, _LONGEST_QUESTION)


def _picture_lines(pictures: Sequence[Picture], words: _Words) -> Iterator[str]:
    for number, picture in enumerate(pictures, 1):
        name = min(_COLOURS, key=lambda colour: _distance(_COLOURS[colour][1], picture.colour))
        yield words.picture.format(
            label=picture.label.rstrip(":：") or words.unnamed.format(number=number),
            format=picture.format,
            width=picture.width,
            height=picture.height,
            tokens=picture.tokens,
            colour=name if words is _ENGLISH else _COLOURS[name][0],
            hex="#{:02x}{:02x}{:02x}".format(*picture.colour),
            brightness=picture.brightness,
        )


def _distance(colour_a: tuple[int, int, int], colour_b: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(colour_a, colour_b, strict=True))


def _gists(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    long = [
        text
        for message in messages
        if message["role"] == "user"
        for text in _texts(message)
        if len(text) > _DOCUMENT_LETTERS
    ]
    return [_gist(text) for text in long[:_MOST_DOCUMENTS]]


def _gist(text: str) -> str:
    sentences = [found.group().strip() for found in _SENTENCE.finditer(text[:4000]) if found.group().strip()]
    return " ".join(sentences[:_GIST_SENTENCES])[:_LONGEST_QUESTION]


def _tool_lines(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the gist of each tool result since the last question."""
    since = max(_questions(messages), default=0)
    return [_gist(text) for message in messages[since:] if message["role"] == "tool" for text in _texts(message)]


def _listed(title: str, lines: Iterator[str] | list[str]) -> str:
    items = "\n".join(f"- {line}" for line in lines)
    return f"{title}\n\n{items}" if items else ""
