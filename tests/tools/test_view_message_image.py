from bot.tools.view_message_image import ViewMessageImage
from tests.tools.tool_context import refusal, tool_context


async def test_an_older_picture_is_shown_by_its_label() -> None:
    result = await ViewMessageImage().call({"image": "img_2"}, tool_context())
    assert result.shown == ("img_2",)
    assert result.text == "img_2 is photo.jpg."
    assert result.is_untrusted


async def test_an_unknown_label_is_answered_with_the_ones_there_are() -> None:
    assert "img_1, img_2" in await refusal(ViewMessageImage(), {"image": "img_7"})
