"""What Slack tells that asks for nothing: acknowledged, or Slack would deliver it three times more (slack.md §5)."""

import re

from slack_bolt.async_app import AsyncApp


def register(app: AsyncApp) -> None:
    """Last in line: whatever event no other listener takes."""

    @app.event(re.compile(".+"))
    async def took_note() -> None:
        return
