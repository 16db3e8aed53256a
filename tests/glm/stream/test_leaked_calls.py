"""A tool call that came as text is made when the tool was offered; it is never shown."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.model.events import Finished, ReasoningDelta, TextDelta, TextRetracted, ToolCalled
from bot.core.model.messages import ToolCall, ToolSpec
from bot.errors import AnswerCut
from bot.glm.offline.faults import CallStyle, as_text
from bot.glm.offline.reply import Reply
from bot.glm.stream.leaked_calls import UNREADABLE, calls_in, repaired
from tests.glm.conversing import QUESTION, heard, talking, text_of
from tests.glm.wires import DONE, USAGE, chunk

PARAMETERS = {
    "image": {"type": "string"},
    "box": {"type": "array"},
    "times": {"type": "integer"},
    "deep": {"type": "boolean"},
    "note": {"type": ["string", "null"]},
    "size": {"anyOf": [{"type": "number"}, {"type": "null"}]},
    "kind": {"enum": ["a", "7"]},
}
ZOOM = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": PARAMETERS})
NOW = ToolSpec("now", "The time.", {"type": "object", "properties": {}})
ASK = replace(QUESTION, tools=(ZOOM, NOW))


def pairs(**values: str) -> str:
    return "".join(f"<arg_key>{key}</arg_key>\n<arg_value>{value}</arg_value>\n" for key, value in values.items())


@pytest.mark.parametrize(
    ("body", "name", "arguments"),
    [
        ("zoom\n" + pairs(image="img_1"), "zoom", {"image": "img_1"}),
        ("zoom" + pairs(image="img_1").replace("\n", ""), "zoom", {"image": "img_1"}),
        ("now", "now", {}),
        ("now\n", "now", {}),
        (
            "zoom\n" + pairs(box="[1, 2, 3, 4]", times="3", deep="true"),
            "zoom",
            {"box": [1, 2, 3, 4], "times": 3, "deep": True},
        ),
        (
            "zoom\n" + pairs(image="7", note="null", kind="7", size="2.5"),
            "zoom",
            {"image": "7", "note": None, "kind": "7", "size": 2.5},
        ),
        (
            "zoom\n" + pairs(deep="False", size="null", times="many"),
            "zoom",
            {"deep": False, "size": None, "times": "many"},
        ),
        ("zoom\n" + pairs(box="['a', 1]", size="None"), "zoom", {"box": ["a", 1], "size": None}),
        ('zoom\n{"deep": "True", "times": "3", "image": "3"}', "zoom", {"deep": True, "times": 3, "image": "3"}),
        ("zoom\n" + pairs(else_="[1]"), "zoom", {"else_": [1]}),
        ("zoom\n" + pairs(image="a</arg_value> and <b>"), "zoom", {"image": "a</arg_value> and <b>"}),
        ("zoom\\n<arg_key>image</arg_key>\\n<arg_value>img_1</arg_value>\\n", "zoom", {"image": "img_1"}),
        ("zoom\n<arg_key>image</arg_key>\n<arg_value>img_1", "zoom", {"image": "img_1"}),
        ("zoom\n" + pairs(image="第一张\n图"), "zoom", {"image": "第一张\n图"}),
        ("zoom\n" + pairs(image="    indented    "), "zoom", {"image": "    indented    "}),
        ("zoom\n" + pairs(image="  def f():\n    pass\n"), "zoom", {"image": "  def f():\n    pass\n"}),
        ("zoom\n" + pairs(image="\nimg_1\n"), "zoom", {"image": "img_1"}),
        ("zoom\n" + pairs(image="\n  one\ntwo\n"), "zoom", {"image": "  one\ntwo"}),
        ("zoom\n" + pairs(note="\nnull\n", times=" 3 "), "zoom", {"note": None, "times": 3}),
        ("zoom\n" + pairs(box='[{\\"id\\": \\"1\\"}]'), "zoom", {"box": [{"id": "1"}]}),
        ("zoom\n" + pairs(image='[{\\"id\\": 1}]'), "zoom", {"image": '[{\\"id\\": 1}]'}),
        ("zoom\n" + pairs(box="[1, oops"), "zoom", {"box": "[1, oops"}),
        ('zoom\n{"image": "img_1"}', "zoom", {"image": "img_1"}),
        ('{"name": "zoom", "arguments": {"image": "img_1"}}', "zoom", {"image": "img_1"}),
        ('{"name": "zoom", "parameters": {"image": "img_1"}}', "zoom", {"image": "img_1"}),
        ('{"name": "zoom", "arguments": "{\\"image\\": \\"img_1\\"}"}', "zoom", {"image": "img_1"}),
        ('{"function": "zoom", "arguments": {"image": "img_1"}}', "zoom", {"image": "img_1"}),
        ('{"type": "function", "function": {"name": "zoom", "arguments": {"times": 1}}}', "zoom", {"times": 1}),
        ('{"tool": {"name": "zoom", "arguments": {"times": 1}}}', "zoom", {"times": 1}),
        ('{"name": "zoom", "arguments": {"image": "a\nb"}}', "zoom", {"image": "a\nb"}),
        ('{"name": "now"}', "now", {}),
        ('zoom image=img_1 times=3 note="two words"', "zoom", {"image": "img_1", "times": 3, "note": "two words"}),
        ('zoom(image="img_1", times=3)', "zoom", {"image": "img_1", "times": 3}),
        ("functions.zoom:0\n" + pairs(image="img_1"), "zoom", {"image": "img_1"}),
        ("other\n" + pairs(image="img_1"), "other", {"image": "img_1"}),
        ("zoomimage</arg_key><arg_value>img_1</arg_value>", "zoom", {"image": "img_1"}),
        ("zoom image</arg_key>\n<arg_value>img_1</arg_value>\n", "zoom", {"image": "img_1"}),
        ("zoom<arg_key>image</arg_key>img_1</arg_value>", "zoom", {"image": "img_1"}),
        (
            "zoom<arg_key>image</arg_key><arg_value>img_1</arg_value>times</arg_key><arg_value>2</arg_value>",
            "zoom",
            {"image": "img_1", "times": 2},
        ),
        (
            "zoom<arg_key>image</arg_key><arg_value>img_1</arg_value><arg_key>times</arg_key>2</arg_value>",
            "zoom",
            {"image": "img_1", "times": 2},
        ),
        ("now</arg_value>", "now", {}),
        ("<function=now></function>", "now", {}),
        (
            "<function=zoom><parameter=image>a</parameter> b</parameter><parameter=times>2</parameter></function>",
            "zoom",
            {"image": "a</parameter> b", "times": 2},
        ),
    ],
)
def test_name_and_arguments_of_a_leaked_call_are_read(body: str, name: str, arguments: dict[str, Any]) -> None:
    (call,) = calls_in(body, ASK.tools)
    assert (call.name, call.arguments, call.problem) == (name, arguments, "")


@pytest.mark.parametrize(
    "body",
    [
        "<function=zoom><parameter=image>img_1</function>",
        "zoom\n<arg_key>image",
        "zoom {broken",
        '{"name": "zoom", "arguments": [1]}',
        "zoom\nhm",
    ],
)
def test_a_call_whose_arguments_can_not_be_read_says_so(body: str) -> None:
    (call,) = calls_in(body, ASK.tools)
    assert (call.name, call.arguments, call.problem) == ("zoom", {}, UNREADABLE)


@pytest.mark.parametrize(
    ("name", "given", "tool_name", "arguments"),
    [
        ("now</arg_value>", {}, "now", {}),
        ("zoom<arg_key>image</arg_key><arg_value>img_1</arg_value>", {}, "zoom", {"image": "img_1"}),
        ("zoom<tool_call>image</arg_key><arg_value>img_1</arg_value>", {}, "zoom", {"image": "img_1"}),
        ("zoom<arg_key>", {"times": 2}, "zoom", {"times": 2}),
        ("other<arg_key>a</arg_key><arg_value>1</arg_value>", {}, "", {}),
        ("zoom", {"times": 2}, "zoom", {"times": 2}),
    ],
)
def test_a_name_that_marks_and_arguments_got_into(
    name: str, given: dict[str, Any], tool_name: str, arguments: dict[str, Any]
) -> None:
    call = repaired(ToolCall("c1", name, given), ASK.tools)
    assert call == ToolCall("c1", tool_name or name, arguments)


@pytest.mark.parametrize(
    "leaky",
    [
        "zoom\n<arg_key>image</arg_key>\n<arg_value>img_1</arg_value>\n</tool_call>",
        "Let me look.\nzoom<arg_key>image</arg_key><arg_value>img_1</arg_value></tool_call>",
        "Let me look.\nzoom<arg_key>image</arg_key><arg_value>img_1</arg_value>",
        "<tool_call>zoomimage</arg_key><arg_value>img_1</arg_value></tool_call>",
        "<tool_calls>\n<tool_call>zoom image</arg_key><arg_value>img_1</arg_value></tool_call>\n</tool_calls>",
        '<invoke name="zoom">\n<parameter name="image">img_1</parameter>\n</invoke>',
        '<function_calls>\n<invoke name="zoom">\n<image>img_1</image></invoke>\n</function_calls>',
        "<tool_call><function=zoom><parameter=image>img_1</parameter></function></tool_call>",
        "<tool_call>\n<function=zoom>\n<parameter=image>\nimg_1\n</parameter>\n</function>\n</tool_call>",
        "<tool_call>\n<function=zoom>\n<parameter=image>\nimg_1\n</parameter>\n</function>",
        f"<tool_call>zoom\n{pairs(image='img_1')}</tool_call>\n<tool_response>\nred\n</tool_response>\nIt is red.",
        f"<tool_call>zoom\n{pairs(image='img_1')}</tool_call><|observation|>It is red.<tool_call>now</tool_call>",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1_000])
async def test_a_call_that_lacks_a_mark_is_made_and_never_shown(leaky: str, size: int) -> None:
    parts = [chunk({"content": leaky[at : at + size]}) for at in range(0, len(leaky), size)]
    async with talking([Reply(raw=(b"".join(parts) + chunk({}, "stop", usage=USAGE) + DONE,))]) as talk:
        events = await talk.ask(ASK)
    made = [event.call for event in events if isinstance(event, ToolCalled)]
    assert [(call.name, call.arguments) for call in made] == [("zoom", {"image": "img_1"})]
    assert text_of(events).strip() == ""
    assert not any("arg_" in event.text or "tool" in event.text for event in events if isinstance(event, TextDelta))


async def test_a_call_in_another_form_within_the_reasoning_is_made() -> None:
    thought = 'I look.\n<invoke name="zoom">\n  <image>a </invoke> b</image>\n  <times>2</times>\n</invoke>'
    async with talking([Reply(reasoning=thought)]) as talk:
        events = await talk.ask(ASK)
    assert [event.call.arguments for event in events if isinstance(event, ToolCalled)] == [
        {"image": "a </invoke> b", "times": 2}
    ]
    assert "invoke" not in "".join(event.text for event in events if isinstance(event, ReasoningDelta))


async def test_a_call_in_another_form_that_is_cut_is_asked_for_again() -> None:
    async with talking([Reply('<invoke name="zoom"><image>im'), Reply("Fine.")]) as talk:
        assert text_of(await talk.ask(ASK)) == "Fine."


@pytest.mark.parametrize("size", [1, 7, 1_000])
async def test_the_marks_of_a_call_may_stand_in_its_values(size: int) -> None:
    value = "if a </tool_call> or </function> b"
    leaky = f"I look.\n<tool_call>\n<function=zoom>\n<parameter=image>{value}</parameter>\n</function>\n</tool_call>\n"
    parts = [chunk({"content": leaky[at : at + size]}) for at in range(0, len(leaky), size)]
    async with talking([Reply(raw=(b"".join(parts) + chunk({}, "stop", usage=USAGE) + DONE,))]) as talk:
        events = await talk.ask(ASK)
    assert [event.call.arguments for event in events if isinstance(event, ToolCalled)] == [{"image": value}]
    assert text_of(events).strip() == "I look."


async def test_a_call_in_the_name_of_a_call_is_made() -> None:
    name = "zoom<arg_key>image</arg_key><arg_value>img_1</arg_value>"
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    wire = chunk({"tool_calls": [call]}) + chunk({}, "tool_calls", usage=USAGE) + DONE
    async with talking([Reply(raw=(wire,))]) as talk:
        events = await talk.ask(ASK)
    assert [event.call for event in events if isinstance(event, ToolCalled)] == [
        ToolCall("c1", "zoom", {"image": "img_1"})
    ]


@pytest.mark.parametrize(
    "words",
    [
        "A key is\nother\n<arg_key>a</arg_key> here.",
        "Calls have <arg_key> and <arg_value>.",
        "Qwen has <function=zoom>.",
    ],
)
async def test_a_mark_behind_what_is_no_tool_stays(words: str) -> None:
    async with talking([Reply(words)]) as talk:
        assert text_of(await talk.ask(ASK)) == words


def test_a_list_is_several_calls() -> None:
    body = '[{"name": "now"}, {"name": "zoom", "arguments": {"times": 2}}]'
    assert [(call.name, call.arguments) for call in calls_in(body, ASK.tools)] == [("now", {}), ("zoom", {"times": 2})]


@pytest.mark.parametrize("style", ["lines", "line", "json", "named json"])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("finish", ["stop", "tool_calls"])
async def test_a_call_in_the_text_is_made(style: CallStyle, count: int, finish: str) -> None:
    calls = [ToolCall("", "zoom", {"image": f"img_{number}", "box": [1, 2]}) for number in range(count)]
    async with talking([Reply(f"Let me look.\n{as_text(*calls, style=style)}", finish=finish)]) as talk:
        events = await talk.ask(ASK)
    made = [event.call for event in events if isinstance(event, ToolCalled)]
    assert [(call.name, call.arguments) for call in made] == [("zoom", call.arguments) for call in calls]
    assert len({call.id for call in made}) == count
    assert text_of(events).strip() == "Let me look."
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "tool_calls"


async def test_a_call_in_the_reasoning_is_made_when_nothing_else_came() -> None:
    thought = f"I should look closer.\n{as_text(ToolCall('', 'now', {}))}"
    async with talking([Reply(reasoning=thought, finish="stop")]) as talk:
        events = await talk.ask(ASK)
    assert [event.call.name for event in events if isinstance(event, ToolCalled)] == ["now"]
    assert "tool_call" not in "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    async with talking([Reply("It is noon.", reasoning=thought)]) as talk:
        events = await talk.ask(ASK)
    assert text_of(events) == "It is noon."
    assert not any(isinstance(event, ToolCalled) for event in events)


async def test_a_call_inside_of_thinking_in_the_text_is_made_when_nothing_else_came() -> None:
    async with talking([Reply("<think>I look.\n<tool_call>now</tool_call>", finish="stop")]) as talk:
        events = await talk.ask(ASK)
    assert [event.call.name for event in events if isinstance(event, ToolCalled)] == ["now"]


async def test_the_same_call_in_both_ways_is_made_once() -> None:
    call = ToolCall("c1", "zoom", {"times": 2})
    async with talking([Reply(as_text(call), tool_calls=(call,))]) as talk:
        events = await talk.ask(ASK)
    assert [event.call.id for event in events if isinstance(event, ToolCalled)] == ["c1"]


async def test_a_call_without_its_end_is_made_when_it_lacks_nothing_else() -> None:
    text = as_text(ToolCall("", "zoom", {"times": 2})).removesuffix("</tool_call>")
    async with talking([Reply(text, finish="stop")]) as talk:
        events = await talk.ask(ASK)
    assert [event.call.arguments for event in events if isinstance(event, ToolCalled)] == [{"times": 2}]


@pytest.mark.parametrize("offered", [(), (NOW,)])
async def test_a_call_of_what_was_not_offered_is_an_answer_that_broke_off(offered: tuple[ToolSpec, ...]) -> None:
    text = f"Let me look.\n{as_text(ToolCall('', 'zoom', {'image': 'img_1'}))}"
    async with talking([Reply(text, finish="stop"), Reply("never asked")]) as talk:
        told: list[Any] = []
        with pytest.raises(AnswerCut):
            await heard(talk, told, replace(QUESTION, tools=offered))
        assert text_of(told) == "Let me look.\n"
        assert len(talk.sent) == 1


async def test_a_call_that_is_cut_is_not_made_and_not_shown_but_asked_for_again() -> None:
    cut = "Let me look.\n<tool_call>zoom\n<arg_key>image</arg_key>\n<arg_value>im"
    whole = f"I look.\n{as_text(ToolCall('', 'zoom', {'image': 'img_1'}))}"
    async with talking([Reply(cut, finish="stop"), Reply(cut, finish="abort"), Reply(whole, finish="stop")]) as talk:
        events = await talk.ask(ASK)
        assert len(talk.sent) == 3
    assert text_of(events) == "I look.\n"
    assert [event.call.arguments for event in events if isinstance(event, ToolCalled)] == [{"image": "img_1"}]
    assert not any(
        "tool_call" in event.text or "arg_" in event.text for event in events if isinstance(event, TextDelta)
    )


async def test_words_about_calls_in_code_stay_words() -> None:
    text = (
        f"GLM writes:\n```\n{as_text(ToolCall('', 'zoom', {'image': 'img_1'}))}\n```\nor `<tool_call>now</tool_call>`."
    )
    async with talking([Reply(text)]) as talk:
        events = await talk.ask(ASK)
    assert text_of(events) == text
    assert not any(isinstance(event, ToolCalled) for event in events)


async def test_text_before_an_orphan_end_of_thinking_is_reasoning() -> None:
    parts = [chunk({"content": words}) for words in ("Two and ", "two.</thi", "nk>\n\nIt is", " 4.")]
    async with talking([Reply(raw=(b"".join(parts) + chunk({}, "stop", usage=USAGE) + DONE,))]) as talk:
        events = await talk.ask()
    assert text_of(events) == "It is 4."
    assert TextRetracted() in events
    assert ReasoningDelta("Two and two.") in events
    async with talking([Reply("I look.</think><tool_call>now</tool_call>", finish="stop")]) as talk:
        events = await talk.ask(ASK)
    assert text_of(events) == ""
    assert ReasoningDelta("I look.") in events
