import base64
import json
from dataclasses import replace
from typing import Any

from bot.core.model.messages import Ask, Image, Message, Reasoning, Text, ToolCall, ToolResult, ToolSpec
from bot.glm.catalog.providers import OPENROUTER, SGLANG, WCODE, ZAI
from bot.glm.catalog.sampling import Sampling
from bot.glm.request import RequestForm, request_body

PICTURE = Image("Image 1", "image/png", b"\x89PNG", 28, 28, 1)
DATA_URI = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
FORM = RequestForm("z-ai/glm-4.6v", WCODE)


def body(*messages: Message, form: RequestForm = FORM, **ask: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(request_body(Ask(messages, **ask), form))
    return loaded


def user(*parts: Text | Image) -> Message:
    return Message("user", parts)


def test_text_alone_is_a_plain_string_and_nothing_unset_is_sent() -> None:
    assert body(Message("system", (Text("Be kind."),)), user(Text("Hi"), Text(" there"))) == {
        "model": "z-ai/glm-4.6v",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi there"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_pictures_go_in_their_order_as_data_uris_without_detail() -> None:
    content = body(user(Text("Image 1:"), PICTURE, Text("What?")))["messages"][0]["content"]
    assert content == [
        {"type": "text", "text": "Image 1:"},
        {"type": "image_url", "image_url": {"url": DATA_URI}},
        {"type": "text", "text": "What?"},
    ]


def test_bare_base64_is_the_other_form() -> None:
    content = body(user(PICTURE), form=replace(FORM, image_as="base64"))["messages"][0]["content"]
    assert base64.b64decode(content[0]["image_url"]["url"], validate=True) == b"\x89PNG"


CALL = ToolCall("c1", "zoom", {"image": "img_1", "label": "é"})
ROUND = (
    user(Text("Zoom in")),
    Message("assistant", (Reasoning("I should zoom."), Text("Zooming."), CALL, ToolCall("c2", "look", {}, "bad"))),
    Message("tool", (ToolResult("c1", "zoom", "done", (replace(PICTURE, label="zoom_1"),)),)),
    Message("tool", (ToolResult("c2", "look", "nothing"),)),
)


def test_a_tool_round_with_pictures_in_a_user_message_after_all_results() -> None:
    messages = body(*ROUND)["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool", "user"]
    assert messages[1]["content"] == "Zooming."
    assert messages[1]["reasoning"] == "I should zoom."
    assert [json.loads(call["function"]["arguments"]) for call in messages[1]["tool_calls"]] == [
        {"image": "img_1", "label": "é"},
        {},
    ]
    assert messages[2] == {"role": "tool", "tool_call_id": "c1", "content": "done"}
    assert messages[4]["content"] == [
        {"type": "text", "text": "Picture zoom_1:"},
        {"type": "image_url", "image_url": {"url": DATA_URI}},
    ]


def test_a_tool_round_with_pictures_in_the_result_itself() -> None:
    messages = body(*ROUND, form=RequestForm("glm", SGLANG, tool_images="native"))["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool"]
    assert messages[2]["content"] == [
        {"type": "text", "text": "done"},
        {"type": "text", "text": "Picture zoom_1:"},
        {"type": "image_url", "image_url": {"url": DATA_URI}},
    ]
    assert messages[1]["reasoning_content"] == "I should zoom."


def test_reasoning_before_the_last_user_message_is_not_sent_back() -> None:
    messages = body(*ROUND, user(Text("And now?")))["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool", "user", "user"]
    assert "reasoning" not in messages[1]


def test_an_assistant_turn_without_words_is_left_out_and_one_with_calls_has_an_empty_string() -> None:
    messages = body(user(Text("a")), Message("assistant", (Reasoning("hm"),)), Message("assistant", (CALL,)))[
        "messages"
    ]
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[1]["content"] == ""


def test_tools_sampling_limits_and_switches() -> None:
    tool = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": {}})
    form = RequestForm(
        "glm-4.6v",
        ZAI,
        Sampling(temperature=0.3, top_k=2, stop=("END",), tool_choice="auto", max_tokens=999_999),
        thinking={"thinking": {"type": "disabled"}},
        request_id="r1",
    )
    sent = body(user(Text("Hi")), form=form, tools=(tool,))
    assert sent["tools"] == [
        {
            "type": "function",
            "function": {"name": "zoom", "description": "Looks closer.", "parameters": dict(tool.parameters)},
        }
    ]
    assert sent["max_tokens"] == 32_768
    assert (sent["temperature"], sent["stop"], sent["tool_choice"]) == (0.3, ["END"], "auto")
    assert (sent["thinking"], sent["request_id"]) == ({"type": "disabled"}, "r1")
    assert "top_k" not in sent  # Z.ai does not take it
    capped = body(user(Text("Hi")), form=replace(FORM, profile=OPENROUTER), max_tokens=30_000)
    assert capped["max_tokens"] == 24_000
    without = body(user(Text("Hi")), form=form, max_tokens=50)
    assert without["max_tokens"] == 50
    assert "tool_choice" not in without


def test_a_result_without_a_word_is_not_an_empty_message() -> None:
    call = ToolCall("c1", "now", {})
    written = body(user(Text("Hi")), Message("assistant", (call,)), Message("tool", (ToolResult("c1", "now", "\n"),)))
    assert written["messages"][-1]["content"] == "(done, nothing to tell)"
