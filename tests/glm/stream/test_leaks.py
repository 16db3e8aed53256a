from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import AnswerCut
from bot.glm.offline.reply import Reply
from bot.glm.stream.leaks import LONGEST_CALL, LeakStripper
from tests.glm.conversing import QUESTION, talking, text_of

ARGUMENT = "<arg_key>image</arg_key>\n<arg_value>img_1</arg_value>"
INNER = "<arg_key>code</arg_key>\n<arg_value>if </arg_value> or </tool_call> is in it</arg_value>"
BADLY_ENDED = "zoom\n<arg_key>a</arg_key>\n<arg_value>1\n"


def strip(text: str, size: int, *, routes_thinking: bool = True, keeps_boxes: bool = False) -> tuple[str, str]:
    stripper = LeakStripper(routes_thinking=routes_thinking, keeps_boxes=keeps_boxes)
    found = [piece for at in range(0, len(text), size) for piece in stripper.feed(text[at : at + size])]
    found += stripper.end()
    told = {"text": "", "reasoning": ""}
    for channel, words in found:
        if channel == "retract":
            told["text"] = ""
        else:
            told[channel] += words
    return told["text"], told["reasoning"]


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
        ("the <tool_call> tag", "the <tool_call> tag", ""),
        ("I think so.\n</think>\n\nIt is 4.", "It is 4.", "I think so.\n"),
        ("So it is 4.</think>It is 4.", "It is 4.", "So it is 4."),
        ("So it is 4.</thinking>It is 4.", "It is 4.", "So it is 4."),
        ("<thinking>hm\nyes</thinking>\n\nNo", "No", "hm\nyes"),
        ("close it with the </thinking> tag", "close it with the </thinking> tag", ""),
        ("Fine.<tool_response>", "Fine.", ""),
        ("So 4. </think> It is 4.", "It is 4.", "So 4. "),
        ("so it is four </think> It is 4.", "It is 4.", "so it is four "),
        ("四 </think> 答案是四。", "答案是四。", "四 "),
        ("close it with the </think> tag", "close it with the </think> tag", ""),
        ("one</think>two</think>three", "three", "onetwo"),
        ("hm</think><tool_call>now</tool_call>", "", "hm"),
        ("Use the <answer> element and <think> tag.", "Use the <answer> element and <think> tag.", ""),
        ("“Use the `<answer>` element and `<think>` tag”", "“Use the `<answer>` element and `<think>` tag”", ""),
        ("GLM writes <answer>, </answer> and </think>.", "GLM writes <answer>, </answer> and </think>.", ""),
        ("用 <think> 标签，或（<answer>）。", "用 <think> 标签，或（<answer>）。", ""),
        ("a <answer> tag is closed:\n</answer> ends it", "a <answer> tag is closed:\n</answer> ends it", ""),
        ("使用<think>标签。", "使用<think>标签。", ""),
        ("答案是<answer>四十二</answer>。", "答案是四十二。", ""),
        ("type /nothink to switch it off", "type /nothink to switch it off", ""),
        ("It is <answer>42</answer>.", "It is 42.", ""),
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


@pytest.mark.parametrize(
    ("leaky", "text", "calls"),
    [
        (f"Let me look.\n<tool_call>zoom\n{ARGUMENT}\n</tool_call>", "Let me look.\n", [f"zoom\n{ARGUMENT}\n"]),
        (f"Let me look. <tool_call>zoom{ARGUMENT}</tool_call>", "Let me look. ", [f"zoom{ARGUMENT}"]),
        ("<tool_call>now</tool_call>", "", ["now"]),
        ("<tool_call>now\n</tool_call>\n<tool_call>now</tool_call>", "", ["now\n", "now"]),
        (f"<tool_call>zoom\n{ARGUMENT}\n<tool_call>now</tool_call>", "", [f"zoom\n{ARGUMENT}\n", "now"]),
        ('<tool_call>{"name": "now"}</tool_call>', "", ['{"name": "now"}']),
        ('<tool_call>zoom {"image": "</tool_call>"}</tool_call>.', ".", ['zoom {"image": "</tool_call>"}']),
        ("<tool_call>zoom image=img_1</tool_call>", "", ["zoom image=img_1"]),
        (f"<tool_call>zoom\\n{ARGUMENT}</tool_call>", "", [f"zoom\\n{ARGUMENT}"]),
        (f"<tool_call>else\n{ARGUMENT}\n</tool_call>", "", [f"else\n{ARGUMENT}\n"]),
        (f"<tool_call>zoom\n{INNER}\n</tool_call>", "", [f"zoom\n{INNER}\n"]),
        ("<tool_call>zoom\n<arg_key>a</arg_key>\n<arg_value>1\n</tool_call> x", " x", [BADLY_ENDED]),
        ("<tool_call>zoom is the call that looks closer", "zoom is the call that looks closer", []),
        (
            f"```\n<tool_call>zoom\n{ARGUMENT}\n</tool_call>\n```",
            f"```\n<tool_call>zoom\n{ARGUMENT}\n</tool_call>\n```",
            [],
        ),
        ("`<tool_call>now</tool_call>`", "`<tool_call>now</tool_call>`", []),
    ],
)
def test_a_call_that_came_as_text_goes_aside_in_every_cut(leaky: str, text: str, calls: list[str]) -> None:
    for size in range(1, len(leaky) + 1):
        stripper = LeakStripper(offered=frozenset({"zoom", "now"}))
        found = [piece for at in range(0, len(leaky), size) for piece in stripper.feed(leaky[at : at + size])]
        found += stripper.end()
        assert "".join(words for _, words in found) == text
        assert stripper.calls == calls


@pytest.mark.parametrize("cut", range(len("<tool_call>") + 1, len(f"<tool_call>zoom\n{ARGUMENT}\n")))
def test_nothing_of_a_call_that_is_cut_is_ever_shown(cut: int) -> None:
    stripper = LeakStripper(offered=frozenset({"zoom"}))
    text = f"Let me look.\n<tool_call>zoom\n{ARGUMENT}\n"[: len("Let me look.\n") + cut]
    found = [*stripper.feed(text), *stripper.end()]
    assert "".join(words for _, words in found) == "Let me look.\n"
    assert f"<tool_call>{stripper.open_call}" == text.removeprefix("Let me look.\n")


def test_a_call_that_never_ends_does_not_go_on_for_ever() -> None:
    def endless(stripper: LeakStripper) -> None:
        for _ in range(LONGEST_CALL // 1_000 + 1):
            assert stripper.feed("x" * 1_000) == []

    stripper = LeakStripper(offered=frozenset({"zoom"}))
    stripper.feed("<tool_call>zoom\n<arg_key>image</arg_key>\n<arg_value>")
    with pytest.raises(AnswerCut):
        endless(stripper)


def test_what_goes_on_after_an_open_fence_is_still_code() -> None:
    stripper = LeakStripper(after="See:\n```xml\n<a>")
    assert stripper.feed("<answer>\n```\n<answer>x\n\ny") == [("text", "<answer>\n```\nx\n\ny")]


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
@example(["a", " ", "</think>", " ", "\n", "a"])
def test_any_cut_gives_the_same(words: list[str]) -> None:
    leaky = "".join(words)
    assert all(strip(leaky, size) == strip(leaky, max(1, len(leaky))) for size in (1, 2, 3, 5))


@given(st.text(alphabet=st.characters(exclude_characters="</")))
def test_text_without_marks_is_untouched(text: str) -> None:
    assert strip(text, 2) == (text.lstrip("\r\n"), "")
