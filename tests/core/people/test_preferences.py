"""A person's choice wins over the channel's, then the workspace's, then the default, field by field."""

import pytest

from bot.core.people.preferences import (
    Choice,
    EffectiveSetting,
    Instruction,
    Preferences,
    ScopedPreferences,
    chosen,
    effective,
)

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
        (Preferences(model="a"), Preferences(model="b"), Preferences(model="c"), Choice(model="a")),
        (Preferences(language="auto"), Preferences(language="zh"), NOTHING, Choice(language="auto")),
        (NOTHING, Preferences(listen="off", quiet="on"), Preferences(listen="on"), Choice(listen="off", quiet="on")),
    ],
)
def test_the_most_particular_choice_counts(
    person: Preferences, channel: Preferences, workspace: Preferences, expected: Choice
) -> None:
    assert chosen(ScopedPreferences(person, channel, workspace), DEFAULT) == expected


def test_the_default_is_the_operator_s() -> None:
    assert chosen(ScopedPreferences(), Choice("full", "on")) == Choice("full", "on")


def test_instructions_hold_together_from_the_widest_to_the_person_s() -> None:
    kept = ScopedPreferences(
        Preferences(instructions="c"), Preferences(instructions="b"), Preferences(instructions="a"), "U1"
    )
    assert chosen(kept, DEFAULT).instructions == (
        Instruction("everyone", "a"),
        Instruction("here", "b"),
        Instruction("me", "c", "U1"),
    )


def test_each_setting_tells_where_it_comes_from() -> None:
    kept = ScopedPreferences(
        Preferences("off", instructions="mine"),
        Preferences("full", thinking="on", instructions="ours"),
        Preferences("summary", "off", "line"),
        "U1",
    )
    assert effective(kept, DEFAULT) == (
        EffectiveSetting("reasoning", "off", "you"),
        EffectiveSetting("thinking", "on", "here"),
        EffectiveSetting("cost", "line", "everyone"),
        EffectiveSetting("model", "", "default"),
        EffectiveSetting("language", "auto", "default"),
        EffectiveSetting("instructions", "ours", "here"),
        EffectiveSetting("instructions", "mine", "you"),
        EffectiveSetting("listen", "off", "default"),
        EffectiveSetting("quiet", "off", "default"),
    )


def test_no_instructions_are_one_that_is_empty() -> None:
    assert EffectiveSetting("instructions", "", "default") in effective(ScopedPreferences(), DEFAULT)
