from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.glm.leaks import LeakStripper
from bot.glm.offline_reply import Reply
from tests.glm.conversing import QUESTION, talking, text_of


def strip(text: str, size: int, *, routes_thinking: bool = True, keeps_boxes: bool = False) -> tuple[str, str]:
    stripper = LeakStripper(routes_thinking=routes_thinking, keeps_boxes=keeps_boxes)
    found = [piece for at in range(0, len(text), size) for piece in stripper.feed(text[at : at + size])]
    found += stripper.end()
    return (
        "".join(words for channel, words in found if channel == "text"),
        "".join(words for channel, words in found if channel == "reasoning"),
    )


@pytest.mark.parametrize(
    ("leaky", "text", "reasoning"),
    [
        ("\n\nHello", "Hello", ""),
        ("The answer is <|begin_of_box|>42<|end_of_box|>.", "The answer is 42.", ""),
        ("<think>hm\nyes</think>\n\nNo", "No", "hm\nyes"),
        ("\n <think>hm</think>No", " No", "hm"),
        ("Well <think>so</think> no", "Well so no", ""),
        ("done</think>", "done", ""),
        ("<answer>7</answer><|endoftext|><|user|>", "7", ""),
        ("<|assistant|><|system|><|observation|>x<None>", "x", ""),
        ("ok /nothink", "ok ", ""),
        ("see a/nothink and /nothinking", "see a/nothink and /nothinking", ""),
        ("<tool_call>zoom\n<arg_key>x</arg_key>\n</tool_call>Then", "Then", ""),
        ("<tool_call>never closed", "never closed", ""),
        ("the <tool_call> tag", "the  tag", ""),
        ("write `<answer>` and `<|user|>`", "write `<answer>` and `<|user|>`", ""),
        ("``a ` <think>`` <think>", "``a ` <think>`` ", ""),
        ("```xml\n<answer>\n<|user|>\n```\n<answer>", "```xml\n<answer>\n<|user|>\n```\n", ""),
        ("~~~\n```\n<think>\n~~~\n<think>", "~~~\n```\n<think>\n~~~\n", ""),
        ("````\n```\n<answer>\n````\n</answer>", "````\n```\n<answer>\n````\n", ""),
        ("<|begin_of_box|>```html\n<p>\n```<|end_of_box|> done", "```html\n<p>\n``` done", ""),
        ("it`s <answer>\n<answer>ok", "it`s <answer>\nok", ""),
        ("- ```\n  <answer>\n  ```\n<answer>", "- ```\n  <answer>\n  ```\n", ""),
        ("```code``` <answer>x", "```code``` x", ""),
        ("a < b and <b>bold</b> <|not ours|> <th", "a < b and <b>bold</b> <|not ours|> <th", ""),
    ],
)
def test_tokens_go_and_text_stays_in_every_cut(leaky: str, text: str, reasoning: str) -> None:
    for size in range(1, len(leaky) + 1):
        assert strip(leaky, size) == (text, reasoning)


def test_only_a_possible_token_is_held_back() -> None:
    stripper = LeakStripper()
    assert stripper.feed("a<|end") == [("text", "a")]
    assert stripper.feed("less") == [("text", "<|endless")]
    assert stripper.feed("x <b") == [("text", "x <b")]
    assert stripper.feed("1 /") == [("text", "1 ")]
    assert stripper.feed("2") == [("text", "/2")]
    assert stripper.feed("``") == [("text", "``")]


def test_in_reasoning_think_tags_are_leaks() -> None:
    assert strip("<think>so <|begin_of_box|>7", 3, routes_thinking=False) == ("so 7", "")


@pytest.mark.parametrize(
    ("leaky", "text", "reasoning"),
    [
        ("at <|begin_of_box|>[[1, 2]]<|end_of_box|>.", "at <|begin_of_box|>[[1, 2]]<|end_of_box|>.", ""),
        ("\n<|begin_of_box|>\n7<|end_of_box|>", "<|begin_of_box|>7<|end_of_box|>", ""),
        ("<think><|begin_of_box|>hm</think><|begin_of_box|>7", "<|begin_of_box|>7", "hm"),
        ("<|begin_of_box|><think>hm</think>7<|user|>", "<|begin_of_box|>7", "hm"),
        ("<|begin_of_box|><|end_of_box|>", "", ""),
    ],
)
def test_box_tokens_stay_for_who_reads_them(leaky: str, text: str, reasoning: str) -> None:
    for size in range(1, len(leaky) + 1):
        assert strip(leaky, size, keeps_boxes=True) == (text, reasoning)


@pytest.mark.parametrize(("keeps", "text"), [(True, "<|begin_of_box|>7<|end_of_box|>"), (False, "7")])
async def test_the_ask_says_whether_box_tokens_stay(keeps: bool, text: str) -> None:
    async with talking([Reply("<|begin_of_box|>7<|end_of_box|>")]) as talk:
        assert text_of(await talk.ask(replace(QUESTION, keeps_boxes=keeps))) == text


@given(st.lists(st.sampled_from(["<think>", "</think>", "`", "```", "\n", "a", " ", "<", "|", "/nothink", "<answer>"])))
def test_any_cut_gives_the_same(words: list[str]) -> None:
    leaky = "".join(words)
    assert all(strip(leaky, size) == strip(leaky, max(1, len(leaky))) for size in (1, 2, 3, 5))


@given(st.text(alphabet=st.characters(exclude_characters="</")))
def test_text_without_marks_is_untouched(text: str) -> None:
    assert strip(text, 2) == (text.lstrip("\r\n"), "")
