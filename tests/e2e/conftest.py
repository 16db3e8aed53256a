"""What the product gives up after seconds in which a busy machine may not have done it."""

import pytest

from bot.browser import process, render
from bot.mcp import servers
from bot.mcp.connection import McpLimits
from tests.checks import PATIENCE_S


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RENDER_S", "HTML_PATIENCE_S", "URL_PATIENCE_S"):
        monkeypatch.setattr(render, name, PATIENCE_S)
    monkeypatch.setattr(process, "REMOVE_S", PATIENCE_S)
    limits = McpLimits(PATIENCE_S, PATIENCE_S, PATIENCE_S, PATIENCE_S)
    monkeypatch.setattr(servers, "McpLimits", lambda: limits)
