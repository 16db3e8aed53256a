"""Whose choice counts: the person's, else the channel's, else the workspace's, else the default, field by field."""

import pytest

from bot.core.people.preferences import Choice, Preferences, chosen

NOTHING = Preferences()
DEFAULT = Choice(reasoning="line", thinking="auto")


@pytest.mark.parametrize(
    ("person", "channel", "workspace", "expected"),
    [
        (NOTHING, NOTHING, NOTHING, DEFAULT),
        (NOTHING, NOTHING, Preferences("off", "off"), Choice("off", "off")),
        (NOTHING, Preferences("full"), Preferences("off", "off"), Choice("full", "off")),
        (Preferences(thinking="on"), Preferences("full", "off"), Preferences("off"), Choice("full", "on")),
        (Preferences("off", "on"), Preferences("full", "off"), Preferences("line", "auto"), Choice("off", "on")),
        (Preferences("off"), NOTHING, Preferences("full"), Choice("off", "auto")),
    ],
)
def test_the_most_particular_choice_counts(
    person: Preferences, channel: Preferences, workspace: Preferences, expected: Choice
) -> None:
    assert chosen(person, channel, workspace, DEFAULT) == expected


def test_the_default_is_the_operator_s() -> None:
    assert chosen(NOTHING, NOTHING, NOTHING, Choice("full", "on")) == Choice("full", "on")
