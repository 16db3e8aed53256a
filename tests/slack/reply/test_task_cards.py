"""Which task cards Slack has still to be told of."""

from bot.slack.reply.task_cards import TaskCards


def test_a_card_that_changes_while_it_is_sent_is_sent_again() -> None:
    cards = TaskCards()
    cards.add({"id": "call_1", "title": "Looking closer", "status": "in_progress"})
    on_its_way = cards.unsent(None)
    cards.add({"id": "call_1", "title": "Looking closer", "status": "complete"})
    cards.mark_sent(on_its_way)
    assert [card["status"] for card in cards.unsent(None)] == ["complete"]
    cards.mark_sent(cards.unsent(None))
    assert not cards.has_unsent


def test_what_was_never_finished_is_closed_as_an_error_also_while_it_is_sent() -> None:
    cards = TaskCards()
    cards.add({"id": "call_1", "title": "Looking closer", "status": "in_progress"})
    on_its_way = cards.unsent(None)
    cards.close_open()
    cards.mark_sent(on_its_way)
    assert [card["status"] for card in cards.unsent(None)] == ["error"]
