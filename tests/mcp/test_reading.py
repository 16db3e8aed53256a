"""What servers answer: texts, pictures, resources, errors, and what is too much of any."""

import base64

import mcp_types as types
import pytest

from bot.core.agent.ports import Result, ToolFailed
from bot.mcp.reading import EMPTY, ERROR, MOST_PICTURES, read_answer
from tests.mcp.sdk_server import PNG

PICTURE = types.ImageContent(data=base64.b64encode(PNG).decode(), mime_type="image/png")


def read(*content: types.ContentBlock, is_error: bool = False) -> Result:
    return read_answer(types.CallToolResult(content=list(content), is_error=is_error), "desk", "look")


def words(text: str) -> types.TextContent:
    return types.TextContent(text=text)


def test_texts_stand_under_each_other_and_are_never_trusted() -> None:
    result = read(words("one"), words("two {0}"))
    assert (result.text, result.made, result.is_untrusted) == ("one\ntwo {0}", (), True)
    assert read().text == EMPTY


def test_pictures_keep_their_places_up_to_a_number() -> None:
    result = read(words("a"), PICTURE, words("b"), PICTURE)
    assert result.text == "a\n[picture {0}]\nb\n[picture {1}]"
    assert [(new.name, new.about, new.data) for new in result.made] == [("look.png", "look (desk)", PNG)] * 2
    many = read(*[PICTURE] * (MOST_PICTURES + 1))
    assert len(many.made) == MOST_PICTURES
    assert many.text.endswith("[one more picture, left out]")


def test_a_picture_may_come_as_a_resource_and_a_damaged_one_is_named() -> None:
    blob = types.BlobResourceContents(uri="x://1", mime_type="image/png", blob=PICTURE.data)
    assert read(types.EmbeddedResource(resource=blob)).made[0].data == PNG
    damaged = read(types.ImageContent(data="not base64!", mime_type="image/png"))
    assert (damaged.text, damaged.made) == ("[a picture that is damaged]", ())


def test_other_content_is_named() -> None:
    blob = types.BlobResourceContents(uri="x://1", mime_type="application/zip", blob="AAAA")
    link = types.ResourceLink(name="plan", uri="x://2")
    result = read(types.EmbeddedResource(resource=blob), link, types.AudioContent(data="AAAA", mime_type="audio/wav"))
    assert result.text.splitlines() == [
        "[x://1: application/zip, which cannot be shown]",
        "[plan: x://2]",
        "[a sound, which cannot be heard]",
    ]


def test_a_value_is_told_where_there_is_no_text() -> None:
    answer = types.CallToolResult(content=[], structured_content={"grad": "21 °C"})
    assert read_answer(answer, "desk", "look").text == '{"grad": "21 °C"}'
    both = types.CallToolResult(content=[words("warm")], structured_content={"grad": 21})
    assert read_answer(both, "desk", "look").text == "warm"


def test_an_error_fails_the_call_with_the_servers_words() -> None:
    with pytest.raises(ToolFailed, match="drawer") as raised:
        read(words("no such drawer" + "!" * 9_000), is_error=True)
    assert len(raised.value.detail) < 4_100
    with pytest.raises(ToolFailed, match=ERROR):
        read(is_error=True)
