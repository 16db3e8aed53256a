"""`refusal` follows the settings, the admins' access list and the person's standing."""

from dataclasses import replace

import pytest

from bot.core.people.access import AccessList, AccessRules, Refusal, refusal
from bot.core.people.standing import Standing

OPEN = AccessRules()
LISTED = AccessRules(users=frozenset({"U1"}), channels=frozenset({"C1"}))


@pytest.mark.parametrize(
    ("standing", "rules", "why"),
    [
        ("member", OPEN, ""),
        ("colleague", OPEN, ""),
        ("guest", OPEN, "guest"),
        ("external", OPEN, "external"),
        ("guest", AccessRules(guests=True), ""),
        ("guest", AccessRules(external=True), "guest"),
        ("external", AccessRules(external=True), ""),
        ("external", AccessRules(guests=True), "external"),
        ("deactivated", AccessRules(guests=True, external=True), "deactivated"),
        ("unknown", AccessRules(guests=True, external=True), "unknown"),
    ],
)
def test_how_somebody_belongs_to_the_workspace_decides(standing: Standing, rules: AccessRules, why: Refusal) -> None:
    assert refusal("U1", standing, "C1", rules, {}) == why
    assert refusal("U1", standing, "", rules, {}) == why


@pytest.mark.parametrize(
    ("user", "channel", "why"),
    [
        ("U1", "C1", ""),
        ("U2", "C1", "person"),
        ("U1", "C2", "channel"),
        ("U1", "", ""),
        ("U2", "", "person"),
    ],
)
def test_the_lists_of_the_settings_are_all_there_is(user: str, channel: str, why: Refusal) -> None:
    assert refusal(user, "member", channel, LISTED, {}) == why
    assert refusal(user, "guest", channel, LISTED, {}) == "guest", "a list opens nothing to guests"


@pytest.mark.parametrize(
    ("listed", "standing", "why"),
    [
        ({"U9": "allow"}, "member", "channel"),
        ({"U9": "allow", "C9": "allow"}, "member", ""),
        ({"C9": "allow"}, "member", "person"),
        ({"U9": "allow", "C9": "allow"}, "guest", ""),
        ({"U9": "allow", "C9": "allow"}, "external", ""),
        ({"U9": "allow", "C9": "allow"}, "deactivated", "deactivated"),
        ({"U9": "allow", "C9": "allow"}, "unknown", "unknown"),
        ({"U9": "allow", "C9": "deny"}, "member", "channel"),
        ({"U9": "deny", "C9": "allow"}, "member", "person"),
    ],
)
def test_an_admin_s_word_goes_over_the_settings(listed: AccessList, standing: Standing, why: Refusal) -> None:
    assert refusal("U9", standing, "C9", LISTED, listed) == why


def test_a_denied_channel_is_shut_where_all_are_open_and_direct_messages_are_not() -> None:
    assert refusal("U1", "member", "C1", OPEN, {"C1": "deny"}) == "channel"
    assert refusal("U1", "member", "", OPEN, {"C1": "deny"}) == ""
    assert refusal("U1", "member", "C1", replace(OPEN, users=frozenset({"U2"})), {}) == "person"
