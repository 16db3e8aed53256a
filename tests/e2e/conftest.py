"""What the product gives up after seconds in which a busy machine may not have done it."""

import pytest

from bot.browser import render
from bot.playground.checks import PATIENCE_S


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RENDER_S", "HTML_PATIENCE_S", "URL_PATIENCE_S"):
        monkeypatch.setattr(render, name, PATIENCE_S)
