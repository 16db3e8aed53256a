"""Names of the functions that run in the workers. The main process never imports these functions.

Their libraries (numpy, Pillow, PDFium, lxml) take over 20 MB of memory, and each worker loads them anyway. A name
becomes the function when the worker unpickles it. The worker does so before the call, so that the imports count neither
as the time nor as the memory of the call.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any


def _found(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a function for `Sandbox.run`. The main process cannot call it."""

    module: str
    name: str

    def __call__(self, *_args: object) -> Any:
        raise TypeError(f"{self.module}.{self.name} runs in a worker only")

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return _found, (self.module, self.name)


class _WorkerModule:
    """Stands for a module whose functions are names. The type checker sees the module itself."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Named:
        if name.startswith("_"):
            raise AttributeError(name)
        return Named(self._module, name)


if TYPE_CHECKING:
    from bot.documents import pages_to_images, read
    from bot.documents.drawing import annotate, charts, compare, side_by_side
    from bot.documents.images import images
    from bot.documents.pdf import pdf
    from bot.documents.sandbox import confinement
    from bot.documents.text import web_page
else:
    annotate = _WorkerModule("bot.documents.drawing.annotate")
    charts = _WorkerModule("bot.documents.drawing.charts")
    compare = _WorkerModule("bot.documents.drawing.compare")
    confinement = _WorkerModule("bot.documents.sandbox.confinement")
    images = _WorkerModule("bot.documents.images.images")
    pages_to_images = _WorkerModule("bot.documents.pages_to_images")
    pdf = _WorkerModule("bot.documents.pdf.pdf")
    read = _WorkerModule("bot.documents.read")
    side_by_side = _WorkerModule("bot.documents.drawing.side_by_side")
    web_page = _WorkerModule("bot.documents.text.web_page")

__all__ = [
    "annotate",
    "charts",
    "compare",
    "confinement",
    "images",
    "pages_to_images",
    "pdf",
    "read",
    "side_by_side",
    "web_page",
]
