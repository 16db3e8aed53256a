"""What goes when the rounds of a turn bring more than the model can take, and what never does."""

import pytest

from bot.core.model.messages import Ask, Image, Message, Part, Text, ToolCall, ToolResult
from bot.glm.catalog.providers import WCODE
from bot.glm.request import RequestForm, messages_json
from bot.glm.trimming import RequestLimits, fitted, limits, tokens_of

ROOMY = RequestLimits(50, 100_000)


def image(label: str, tokens: int = 1_000) -> Image:
    return Image(label, "image/png", b"x", 280, 280, tokens)


def question(count: int) -> Message:
    parts: list[Part] = []
    for at in range(1, count + 1):
        parts += [Text(f"Image {at}:\n"), image(f"img_{at}")]
    return Message("user", (*parts, Text("What is it?")))


def round_of(number: int, words: str = "ok", images: int = 1) -> tuple[Message, ...]:
    shown = tuple(image(f"zoom_{number}_{at}") for at in range(images))
    call, result = ToolCall(f"c{number}", "zoom", {}), ToolResult(f"c{number}", "zoom", words, shown)
    return Message("assistant", (call,)), Message("tool", (result,))


def labels(ask: Ask) -> list[str]:
    found: list[str] = []
    for message in ask.messages:
        for part in message.parts:
            if isinstance(part, Image):
                found.append(part.label)
            elif isinstance(part, ToolResult):
                found += [one.label for one in part.images]
    return found


def test_what_fits_is_left_as_it_is() -> None:
    ask = Ask((question(3), *round_of(1)))
    assert fitted(ask, ROOMY) is ask


def test_too_many_pictures_lose_the_oldest_and_say_so_where_they_stood() -> None:
    ask = fitted(Ask((question(3), *round_of(1, images=2))), RequestLimits(3, 100_000))
    assert labels(ask) == ["img_3", "zoom_1_0", "zoom_1_1"]
    assert "Image 1:\n(img_1 is left out from here on, to make room.)\n" in ask.messages[0].text


def test_too_many_tokens_lose_the_oldest_pictures_and_never_those_of_the_last_round() -> None:
    ask = Ask((question(3), *round_of(1), *round_of(2, images=3)))
    kept = fitted(ask, RequestLimits(50, tokens_of(ask) - 1_500))
    assert labels(kept) == ["img_3", "zoom_1_0", "zoom_2_0", "zoom_2_1", "zoom_2_2"]
    assert tokens_of(kept) <= tokens_of(ask) - 1_500 + 100
    assert labels(fitted(ask, RequestLimits(50, 10))) == ["zoom_2_0", "zoom_2_1", "zoom_2_2"]


def test_a_picture_left_out_of_a_result_is_named_there() -> None:
    ask = fitted(Ask((question(0), *round_of(1), *round_of(2))), RequestLimits(1, 100_000))
    (result,) = ask.messages[2].parts
    assert isinstance(result, ToolResult)
    assert result.text == "ok\n(zoom_1_0 is left out from here on, to make room.)"


def test_more_pictures_than_are_taken_in_one_round_are_cut_too() -> None:
    assert labels(fitted(Ask((question(1), *round_of(1, images=4))), RequestLimits(2, 100_000))) == [
        "zoom_1_2",
        "zoom_1_3",
    ]


def test_when_pictures_do_not_help_older_results_are_shortened_and_the_newest_are_not() -> None:
    ask = Ask((question(1), *round_of(1, "a" * 9_000), *round_of(2, "b" * 9_000), *round_of(3, "c" * 9_000)))
    kept = fitted(ask, RequestLimits(50, 4_500))
    lengths = [len(part.text) for message in kept.messages for part in message.parts if isinstance(part, ToolResult)]
    assert lengths[0] < 1_000
    assert lengths[1] < 1_000
    assert lengths[2] == 9_000


def test_what_is_left_is_still_a_request_in_good_order() -> None:
    ask = fitted(Ask((question(2), *round_of(1), *round_of(2))), RequestLimits(1, 100_000))
    written = messages_json(ask.messages, RequestForm("glm-4.6v", WCODE))
    assert [one["role"] for one in written] == ["user", "assistant", "tool", "assistant", "tool", "user"]
    assert all(one["content"] for one in written if one["role"] != "assistant")


@pytest.mark.parametrize(("answer", "room"), [(None, 116_736), (32_768, 93_388), (1_000_000, 62_259)])
def test_room_for_the_answer_is_kept(answer: int | None, room: int) -> None:
    assert limits(131_072, answer, 50) == RequestLimits(50, room)
