"""A reply that does not take its time: what is written is sent at once, so that no test waits for it."""

import pytest

from bot.slack import gateway
from bot.slack.reply import current_message, message, own_messages, reply

AT_ONCE_S = 0.01


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_TEXT_S", "FLUSH_S", "SLOWEST_FLUSH_S"):
        monkeypatch.setattr(reply, name, AT_ONCE_S)
    for module in (current_message, message):
        monkeypatch.setattr(module, "EDIT_S", AT_ONCE_S)
    monkeypatch.setattr(own_messages, "POLL_S", AT_ONCE_S)
    monkeypatch.setattr(gateway, "BACKOFF_S", AT_ONCE_S)
