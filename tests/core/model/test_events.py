from bot.core.model.events import ModelEvent, ReasoningDelta, TextDelta, TextRetracted, joined


def test_words_that_follow_each_other_are_one_event_and_all_else_stays_where_it_is() -> None:
    events: list[ModelEvent] = [
        ReasoningDelta("So "),
        ReasoningDelta("far."),
        TextDelta("a"),
        TextDelta("b"),
        TextRetracted("a"),
        TextRetracted(""),
        TextDelta("c"),
        ReasoningDelta("d"),
    ]
    assert joined(events) == [
        ReasoningDelta("So far."),
        TextDelta("ab"),
        TextRetracted("a"),
        TextRetracted(""),
        TextDelta("c"),
        ReasoningDelta("d"),
    ]
    assert joined([]) == []
