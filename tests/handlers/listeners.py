"""What the bot listens to, read off its own registrations."""

from collections.abc import Callable
from typing import Any, cast

from handlers import AgentView, Dependencies, FollowUps, HomeParts, register


class Listeners:
    """Stands where Bolt's app stands, and keeps what each listener was registered for. What takes anything that is left
    is in `all_of_them` alone.
    """

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.commands: list[str] = []
        self.shortcuts: list[dict[str, str]] = []
        self.actions: list[Any] = []
        self.views: list[Any] = []
        self.all_of_them: list[tuple[str, str]] = []

    def event(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("event", of, self.events)

    def command(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("command", of, self.commands)

    def shortcut(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("shortcut", of, self.shortcuts)

    def action(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("action", of, self.actions)

    def view(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("view", of, self.views)

    def view_submission(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("view_submission", of)

    def view_closed(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("view_closed", of)

    def options(self, of: Any) -> Callable[[Any], Any]:
        return self._kept("options", of)

    def middleware(self, middleware: Any) -> Any:
        """It sees everything and takes nothing."""
        self.all_of_them.append(("middleware", middleware.__name__))
        return middleware

    def _kept(self, kind: str, of: Any, kept: list[Any] | None = None) -> Callable[[Any], Any]:
        if kept is not None and not hasattr(of, "match"):
            kept.append(of)
        named = (of.get("callback_id") or of.get("subtype")) if isinstance(of, dict) else None
        self.all_of_them.append((kind, str(named or getattr(of, "pattern", of))))
        return lambda listener: listener


def listeners() -> Listeners:
    """Registered as `bot.bootstrap` does."""
    app: Any = Listeners()
    nothing = cast("Any", None)
    home = cast("HomeParts", _Nothing())
    register(app, cast("Dependencies", _Nothing()), nothing, AgentView(nothing, nothing), home)
    return cast("Listeners", app)


class _Nothing:
    """No use case is called at registration."""

    def __init__(self) -> None:
        nothing = cast("Any", None)
        self.follow_ups = FollowUps(nothing, nothing, nothing)

    def __getattr__(self, name: str) -> None:
        return None
