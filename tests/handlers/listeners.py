"""What the bot listens to, read off its own registrations."""

from collections.abc import Callable
from typing import Any, cast

from handlers import AgentView, Doors, register, shortcuts, show_page, summarize


class Listeners:
    """Stands where Bolt's app stands, and keeps what each listener was registered for."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.commands: list[str] = []
        self.shortcuts: list[dict[str, str]] = []
        self.actions: list[Any] = []
        self.views: list[Any] = []

    def event(self, of: Any) -> Callable[[Any], Any]:
        return self._kept(self.events, of)

    def command(self, of: Any) -> Callable[[Any], Any]:
        return self._kept(self.commands, of)

    def shortcut(self, of: Any) -> Callable[[Any], Any]:
        return self._kept(self.shortcuts, of)

    def action(self, of: Any) -> Callable[[Any], Any]:
        return self._kept(self.actions, of)

    def view(self, of: Any) -> Callable[[Any], Any]:
        return self._kept(self.views, of)

    @staticmethod
    def middleware(middleware: Any) -> Any:
        """It sees everything and takes nothing."""
        return middleware

    @staticmethod
    def _kept(kept: list[Any], of: Any) -> Callable[[Any], Any]:
        kept.append(of)
        return lambda listener: listener


def listeners() -> Listeners:
    """Registered as `bot.bootstrap` does."""
    app: Any = Listeners()
    doors, nothing = cast("Doors", _Nothing()), cast("Any", None)
    for module in (summarize, shortcuts):
        module.register(app, doors, nothing)
    show_page.register(app, doors)
    register(app, doors, AgentView(nothing, nothing))
    return cast("Listeners", app)


class _Nothing:
    """No use case is called at registration."""

    def __getattr__(self, name: str) -> None:
        return None
