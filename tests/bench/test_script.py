import pytest

from bench.script import TOOLS, Answers, answer
from bench.texts import MAKE_PAGE, STALLS_FIRST, Tools, answer_text, pace_asked, question, tools_asked


def asking(text: str) -> dict[str, object]:
    return {"role": "user", "content": [{"type": "text", "text": text}]}


RESULT: dict[str, object] = {"role": "tool", "content": "done"}
PICTURES: dict[str, object] = {"role": "user", "content": [{"type": "text", "text": "Picture zoom_1:"}]}


def test_all_tools_are_called_at_once_and_then_comes_the_answer() -> None:
    asked = asking(question(40, tools="in one reply"))
    assert [call.name for call in answer({"messages": [asked]}).tool_calls] == [name for name, _ in TOOLS]
    after = answer({"messages": [asked, *[RESULT] * 4, PICTURES]})
    assert (after.tool_calls, after.text) == ((), answer_text(40))


def test_one_by_one_they_follow_each_other() -> None:
    messages, called = [asking(question(40, tools="one by one"))], []
    while calls := answer({"messages": messages}).tool_calls:
        called += [call.name for call in calls]
        messages += [RESULT, PICTURES]
    assert called == [name for name, _ in TOOLS]


def test_what_an_earlier_turn_called_does_not_count() -> None:
    earlier = [asking(question(40, tools="in one reply")), *[RESULT] * 4]
    assert len(answer({"messages": [*earlier, asking(question(40, tools="in one reply"))]}).tool_calls) == 4


@pytest.mark.parametrize("tools", ["none", "in one reply", "one by one"])
def test_a_question_says_which_tools_and_what_pace(tools: Tools) -> None:
    assert tools_asked(question(40, tools=tools)) == tools
    assert pace_asked(question(40, tools=tools)) == 0
    assert pace_asked(question(8_000, per_s=800)) == 800


def test_an_answer_at_a_pace_of_its_own_takes_that_long_and_is_whole() -> None:
    pieces = answer({"messages": [asking(question(400, per_s=800))]}).raw
    assert sum(piece for piece in pieces if isinstance(piece, float)) == pytest.approx(0.3 + 0.5, abs=0.02)
    assert b"".join(piece for piece in pieces if isinstance(piece, bytes)).count(b'"content":"') >= 400


def test_a_page_is_made_of_a_screenshot() -> None:
    assert "<!doctype html>" in answer({"messages": [asking(MAKE_PAGE)]}).text


def test_a_question_can_be_answered_by_half_the_first_time() -> None:
    answers, asked = Answers(), {"messages": [asking(question(40, at_once=True) + STALLS_FIRST)]}
    first, again = answers(asked), answers(asked)
    assert (first.text, first.stall_after_words) == (answer_text(40), 20)
    assert again == answer(asked)
    assert again.stall_after_words is None
