"""ChosenModel asks the chosen model, and refuses pictures that it can't see."""

import pytest

from bot.core.chosen_model import BLIND, NOT_SHOWN, ChosenModel, answered_by, check_sight, chosen_model
from bot.core.model.messages import Ask, Image, Message, Text, ToolResult
from bot.core.model.models import Models, OfferedModel
from bot.errors import TextOnlyModel
from tests.core.fakes import FakeModel, says

EYE, PAGE = OfferedModel("z-ai/eye", "Eye"), OfferedModel("z-ai/page", "Page", has_vision=False)
MODELS = Models((EYE, PAGE))
PICTURE = Image("img_1", "image/png", b"x", 1, 1, 1)
PLAIN = Ask((Message("user", (Text("hello"),)),))
SHOWN = Ask((Message("user", (PICTURE, Text("hello"))),))
LOOKED = Ask((Message("tool", (ToolResult("1", "zoom", "Here.", (PICTURE,)),)),))


async def asked(ask: Ask, chosen: str, models: Models = MODELS) -> Ask:
    model = FakeModel([says("Fine.")])
    with answered_by(chosen):
        async for _ in ChosenModel(model, models).stream(ask):
            pass
    (one,) = model.asks
    return one


@pytest.mark.parametrize(
    ("chosen", "named"), [("", None), ("z-ai/eye", None), ("z-ai/page", "z-ai/page"), ("z-ai/gone", None)]
)
async def test_the_chosen_one_is_named_where_it_is_not_the_default(chosen: str, named: str | None) -> None:
    assert (await asked(PLAIN, chosen)).model == named
    assert chosen_model() == ""


async def test_pictures_are_refused_with_the_nearest_that_sees() -> None:
    with pytest.raises(TextOnlyModel) as refused:
        await asked(SHOWN, "z-ai/page")
    assert refused.value.user_message == BLIND.format(title="Page", near="Eye", name="eye")
    assert await asked(SHOWN, "") == SHOWN


async def test_where_none_sees_the_operator_is_to_set_one() -> None:
    with pytest.raises(TextOnlyModel) as refused:
        check_sight(SHOWN, Models((PAGE,)))
    assert refused.value.user_message == TextOnlyModel.user_message


async def test_what_tools_show_is_told_of_instead() -> None:
    (message,) = (await asked(LOOKED, "z-ai/page")).messages
    assert message.parts == (ToolResult("1", "zoom", "Here." + NOT_SHOWN),)
    assert (await asked(LOOKED, "")).messages == LOOKED.messages
