"""Toolbox answers every tool call of the model, also a wrong one, and the turn goes on."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.agent import toolbox
from bot.core.agent.loop import MOST_ROUNDS
from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.model.events import Finished, TextDelta, ToolCalled
from bot.core.model.messages import Ask, ToolCall, ToolResult
from bot.core.model.usage import Usage
from bot.errors import AnswerEmpty, FileBroken, ModelUnreachable
from tests.core.fake_tools import FakeTool
from tests.core.fakes import Step, says
from tests.core.scene import Scene
from tests.core.values import file_ref, inbound

DONE = Finished("tool_calls", Usage(10, 5, 0, 0), "glm", 0.25)


def calls(*asked: ToolCall, words: str = "") -> list[Step]:
    return [*([TextDelta(words)] if words else []), *(ToolCalled(call) for call in asked), DONE]


def call(name: str = "look", call_id: str = "c1", **arguments: Any) -> ToolCall:
    return ToolCall(call_id, name, arguments)


def tool(result: Result | Exception, name: str = "look") -> FakeTool:
    async def answer(_arguments: Mapping[str, Any], _context: ToolContext) -> Result:
        if isinstance(result, Exception):
            raise result
        return result

    return FakeTool(name, answer)


def stage(*scripts: list[Step], tools: tuple[FakeTool, ...]) -> Scene:
    scene = Scene.of(*scripts)
    scene.source.offered = tools
    return scene


def results(ask: Ask) -> list[tuple[str, str]]:
    parts = [part for message in ask.messages for part in message.parts if isinstance(part, ToolResult)]
    return [(part.call_id, part.text) for part in parts]


async def test_a_call_is_answered_and_the_model_goes_on_with_what_it_brought() -> None:
    scene = stage(
        calls(call(place="here"), words="Let me see."), says("A valve."), tools=(tool(Result("It is a valve.")),)
    )
    await scene.ask(inbound(text="what is it?"))
    assert scene.turn.answer == "Let me see.\n\nA valve."
    first, second = scene.model.asks
    assert [spec.name for spec in first.tools] == ["look"]
    assert results(second) == [("c1", "It is a valve.")]
    assert [message.role for message in second.messages[-2:]] == ["assistant", "tool"]
    assert scene.turn.spent.prompt_tokens == 20, "every request of the turn is paid for"
    assert [(one.title, one.state) for one in scene.replies.last.steps] == [
        ("Busy with here", "in_progress"),
        ("Busy with here", "complete"),
    ]
    assert "[look: It is a valve.]" in scene.turn.reasoning


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (call("fly"), "There is no tool “fly”. There are: look."),
        (ToolCall("c1", "look", {}, "the arguments are not valid JSON"), "one JSON object"),
    ],
)
async def test_a_call_that_is_none_is_answered_to_the_model(asked: ToolCall, told: str) -> None:
    look = tool(Result("never"))
    scene = stage(calls(asked), says("Sorry."), tools=(look,))
    await scene.ask(inbound())
    assert told in results(scene.model.asks[1])[0][1]
    assert look.called == []
    assert scene.turn.answer == "Sorry."


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (ToolFailed("There is no page 9."), "There is no page 9."),
        (FileBroken("bad header"), "bad header"),
        (FileBroken(), "damaged or cut off; please export it again"),
        (ZeroDivisionError("secret"), toolbox.BROKE),
    ],
)
async def test_a_tool_that_fails_is_a_result(trouble: Exception, told: str) -> None:
    scene = stage(calls(call()), says("Then not."), tools=(tool(trouble),))
    await scene.ask(inbound())
    assert results(scene.model.asks[1]) == [("c1", told)]
    assert scene.turn.answer == "Then not."
    last = scene.replies.last.steps[-1]
    assert (last.state, last.output) == ("error", ""), "its words are for the model"


async def test_a_tool_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "TOOL_TIMEOUT_S", 0.01)

    async def sleep(_arguments: Mapping[str, Any], _context: ToolContext) -> Result:
        await asyncio.sleep(10)
        raise AssertionError

    scene = stage(calls(call()), says("Then not."), tools=(FakeTool("look", sleep),))
    await scene.ask(inbound())
    assert "longer than 0.01 seconds" in results(scene.model.asks[1])[0][1]


async def test_the_clock_stands_still_while_a_person_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "TOOL_TIMEOUT_S", 0.5)

    async def ask_first(_arguments: Mapping[str, Any], context: ToolContext) -> Result:
        return Result("yes" if await context.approve("do it", "this") else "no")

    scene = stage(calls(call()), says("Good."), tools=(FakeTool("look", ask_first),))
    scene.asking.thinks_s = 0.7
    await scene.ask(inbound())
    assert results(scene.model.asks[1]) == [("c1", "yes")]


async def test_several_calls_run_side_by_side_and_each_has_its_own_result_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = 0
    most = 0

    async def slow(arguments: Mapping[str, Any], _context: ToolContext) -> Result:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return Result(f"result {arguments['n']}")

    monkeypatch.setattr(toolbox, "MOST_CALLS", 16)
    asked = [call(call_id=f"c{n}", n=n) for n in range(20)]
    scene = stage(calls(*asked), says("All."), tools=(FakeTool("look", slow),))
    await scene.ask(inbound())
    told = results(scene.model.asks[1])
    assert [one[0] for one in told] == [f"c{n}" for n in range(20)]
    assert told[3] == ("c3", "result 3")
    assert told[16:] == [(f"c{n}", toolbox.TOO_MANY.format(most=16)) for n in range(16, 20)]
    assert most == toolbox.AT_ONCE


async def test_the_same_call_again_and_again_is_stopped_and_no_other() -> None:
    look = tool(Result("the same"))
    scene = stage(*[calls(call(a=1), call(call_id="c2", a=n)) for n in range(5, 10)], says("Done."), tools=(look,))
    await scene.ask(inbound())
    assert look.called.count({"a": 1}) == toolbox.MOST_SAME
    assert len([one for one in look.called if one != {"a": 1}]) == 5


async def test_after_twelve_rounds_it_is_asked_once_without_tools() -> None:
    scene = stage(*[calls(call(n=n)) for n in range(MOST_ROUNDS)], says("Enough."), tools=(tool(Result("more")),))
    await scene.ask(inbound())
    assert [bool(ask.tools) for ask in scene.model.asks] == [True] * MOST_ROUNDS + [False]
    assert scene.turn.answer == "Enough."


async def test_a_picture_that_a_tool_made_gets_a_label_and_is_shown_to_the_model() -> None:
    new = NewArtifact("picture", "zoom", "part.png", "a part", "image/png", b"png")
    scene = stage(
        calls(call()), says("I see ![the valve](zoom_1)."), tools=(tool(Result("Here is {0}.", made=(new,))),)
    )
    await scene.ask(inbound(files=(file_ref("plan.png"),)))
    result = next(
        part for message in scene.model.asks[1].messages for part in message.parts if isinstance(part, ToolResult)
    )
    assert result.text == "Here is zoom_1."
    assert [image.label for image in result.images] == ["zoom_1"]
    assert [made.label for made in scene.turn.made] == ["zoom_1"]
    artifacts = scene.replies.last.artifacts
    assert artifacts is not None
    shown = await artifacts.artifact("zoom_1")
    assert shown is not None
    assert shown.data == b"png"


async def test_what_is_for_the_person_stands_where_it_was_made_or_at_the_end() -> None:
    table = NewArtifact("table", "table", "Prices", "Prices", "", b"{}", is_for_person=True, is_for_model=False)
    drawn = NewArtifact("picture", "annotated", "a.png", "marked", "image/png", b"png", is_for_person=True)
    scene = stage(
        calls(call(), words="First the table."),
        says("And that is it."),
        tools=(tool(Result("ok", made=(table, drawn))),),
    )
    await scene.ask(inbound())
    assert scene.turn.answer == "First the table.\n\n![](table_1)\n\nAnd that is it.\n\n![](annotated_1)"


async def test_what_the_model_places_itself_is_not_shown_twice() -> None:
    drawn = NewArtifact("picture", "annotated", "a.png", "marked", "image/png", b"png", is_for_person=True)
    scene = stage(calls(call()), says("See ![here](annotated_1)!"), tools=(tool(Result("ok", made=(drawn,))),))
    await scene.ask(inbound())
    assert scene.turn.answer == "See ![here](annotated_1)!"


async def test_a_turn_is_tainted_once_it_has_read_what_nobody_of_the_thread_wrote() -> None:
    seen: list[bool] = []

    async def note(_arguments: Mapping[str, Any], context: ToolContext) -> Result:
        seen.append(context.is_tainted)
        return Result("ok", is_untrusted=True)

    scene = stage(calls(call(n=1)), calls(call(n=2)), says("Done."), tools=(FakeTool("look", note),))
    await scene.ask(inbound(text="hello"))
    assert seen == [False, True]
    scene.model.scripts += [calls(call(n=3)), says("Yes.")]
    await scene.ask(inbound("101.0", "100.000001", text="again"))
    assert seen == [False, True, True], "what was read stays in the thread"


async def test_a_long_result_is_cut_and_says_so() -> None:
    scene = stage(calls(call()), says("Long."), tools=(tool(Result("x" * 500_000)),))
    await scene.ask(inbound())
    told = results(scene.model.asks[1])[0][1]
    assert len(told) < 70_000
    assert "more characters]" in told


async def test_calls_that_are_not_begun_in_time_are_left_out_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "REPLY_S", 1.0)
    monkeypatch.setattr(toolbox, "AT_ONCE", 1)

    async def answer(_arguments: Mapping[str, Any], _context: ToolContext) -> Result:
        await asyncio.sleep(toolbox.REPLY_S)
        return Result("done")

    look = FakeTool("look", answer)
    asked = [call(call_id=f"c{at}", at=at) for at in range(3)]
    scene = stage(calls(*asked), says("Well."), tools=(look,))
    await scene.ask(inbound())
    assert [text for _, text in results(scene.model.asks[1])] == ["done", toolbox.TOO_LATE, toolbox.TOO_LATE]
    assert len(look.called) == 1


async def test_a_turn_shows_no_more_cards_than_slack_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "MOST_CARDS", 3)
    rounds = [calls(*[call(call_id=f"c{at}", at=at, round=nth) for at in range(2)]) for nth in range(3)]
    scene = stage(*rounds, says("Well."), tools=(tool(Result("done")),))
    await scene.ask(inbound())
    assert {one.id for one in scene.replies.last.steps} == {"c0", "c1", "c0.2"}
    assert len(results(scene.model.asks[-1])) == 6


async def test_of_too_many_tools_the_last_sources_are_offered() -> None:
    many = tuple(tool(Result("done"), f"tool_{at}") for at in range(140))
    scene = stage(says("Well."), tools=many)
    await scene.ask(inbound())
    offered = [spec.name for spec in scene.model.asks[0].tools]
    assert offered == [f"tool_{at}" for at in range(12, 140)]


async def test_brackets_in_what_was_read_are_no_labels() -> None:
    new = NewArtifact("picture", "web", "a.png", "a", "image/png", b"png")
    scene = stage(
        calls(call()), says("Well."), tools=(tool(Result("Its picture: {0}\nprint('{0}, {1}')", made=(new,))),)
    )
    await scene.ask(inbound())
    assert results(scene.model.asks[1])[0][1] == "Its picture: web_1\nprint('{0}, {1}')"


def table(name: str = "stock") -> NewArtifact:
    return NewArtifact(
        "table", "table", f"{name}.csv", name, "application/json", b"{}", is_for_person=True, is_for_model=False
    )


async def test_what_was_made_stands_where_the_model_places_it_else_after_its_lead_or_at_the_end() -> None:
    made = tool(Result("{0} is the table.", made=(table(),)))
    placed = stage(calls(call()), says("First. ![Stock](table_1) Then."), tools=(made,))
    await placed.ask(inbound())
    assert placed.turn.answer == "First. ![Stock](table_1) Then."
    led_up_to = stage(calls(call(), words="The stock:"), says("So few."), tools=(made,))
    await led_up_to.ask(inbound())
    assert led_up_to.turn.answer == "The stock:\n\n![](table_1)\n\nSo few."
    unplaced = stage(calls(call()), says("So few."), tools=(made,))
    await unplaced.ask(inbound())
    assert unplaced.turn.answer == "So few.\n\n![](table_1)"


async def test_what_was_made_is_shown_when_the_model_says_nothing_more_or_fails() -> None:
    made = tool(Result("{0} is the table.", made=(table(),)))
    silent = stage(calls(call()), [AnswerEmpty()], tools=(made,))
    await silent.ask(inbound())
    assert silent.turn.answer.strip() == "![](table_1)"
    assert not silent.turn.failure
    broken = stage(calls(call()), [ModelUnreachable()], tools=(made,))
    await broken.ask(inbound())
    assert "![](table_1)" in broken.replies.last.text
    assert broken.turn.failure == ModelUnreachable.user_message


async def test_a_model_that_has_made_nothing_and_says_nothing_is_told_of() -> None:
    scene = stage(calls(call()), [AnswerEmpty()], tools=(tool(Result("Nothing.")),))
    await scene.ask(inbound())
    assert scene.turn.failure == AnswerEmpty.user_message
