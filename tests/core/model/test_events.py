from bot.core.model.events import ModelEvent, ReasoningDelta, Retracted, TextDelta, joined


def test_words_that_follow_each_other_are_one_event_and_all_else_stays_where_it_is() -> None:
    events: list[ModelEvent] = [
        ReasoningDelta("So "),
        ReasoningDelta("far."),
        TextDelta("a"),
        TextDelta("b"),
        Retracted("a"),
        Retracted(""),
        TextDelta("c"),
        ReasoningDelta("d"),
    ]
    assert joined(events) == [
        ReasoningDelta("So far."),
        TextDelta("ab"),
        Retracted("a"),
        Retracted(""),
        TextDelta("c"),
        ReasoningDelta("d"),
    ]
    assert joined([]) == []
