"""What holds for every test: which ones start processes, and that nothing depends on how busy the machine is."""

import gc
import re
import sys
from collections.abc import Generator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import hypothesis
import pytest
from hypothesis import HealthCheck

# How long an example takes, and how long one is looked for, is the machine's mood.
_UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same examples in every run, so that a change is judged by itself; `make fuzz` looks further.
hypothesis.settings.register_profile("same", derandomize=True, **_UNHURRIED)
hypothesis.settings.register_profile("by_chance", derandomize=False, max_examples=1_000, **_UNHURRIED)
hypothesis.settings.load_profile("same")

HERE = Path(__file__).parent
QUICK = "not processes and not pixels"
"""What `make quick` selects. A test belongs to `processes` when it carries the mark itself or one of `MARKS`, lies in
one of `FOLDERS`, asks for one of `FIXTURES`, or its module has one of `STARTERS` at hand."""
MARKS = {"browser", "e2e"}
FOLDERS = {"browser", "chaos", "e2e", "jobs", "redis"}
FIXTURES = {"redis_url", "chromium", "soffice"}
PIXELS = {"test_compare.py", "test_images.py", "test_text_size.py", "test_upright.py"}
"""Files in tests/documents whose tests look at every pixel of large pictures: a third of what all the others cost."""
STARTERS = {
    "bot.documents.images.ocr",
    "bot.documents.sandbox.sandbox.Sandbox",
    "bot.redis.embedded.embedded_redis",
    "subprocess",
    "tests.mcp.bench.rough",
    "tests.stage.stage",
}
LEFT_OUT = re.compile(
    "|".join(
        [
            r"^import subprocess$",
            rf"^pytestmark = [^#\n]*\bpytest\.mark\.(?:processes|{'|'.join(sorted(MARKS))})\b",
            *(
                rf"^from {place} import [^#\n]*\b{name}\b"
                for place, _, name in (one.rpartition(".") for one in STARTERS)
            ),
        ]
    ),
    re.MULTILINE,
)
"""What says in one line of a file that all its tests are left out. Where it takes more lines, it is found when the file
was imported."""
COURTESIES = (("bot.slack.read.summaries.target", "LINK_S"), ("bot.slack.reply.suggested_prompts", "NOTE_S"))
"""Limits under half a second of what a person can do without. A busy machine meets them, and the result is another."""
UNHURRIED_S = 120.0
SELDOM = 50_000
"""So many objects more than before make Python look for garbage: with its own number a tenth of the time goes there."""


@pytest.fixture(autouse=True)
def courtesies_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, limit_s in COURTESIES:
        if module in sys.modules:
            monkeypatch.setattr(sys.modules[module], limit_s, UNHURRIED_S)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.scheduling import FilesTogether  # noqa: PLC0415  # xdist, which asks, need not be installed

    return FilesTogether(config, log)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What `make quick` leaves out as a whole need not even be imported."""
    if config.option.markexpr != QUICK:
        return None
    if collection_path.is_dir():
        return (collection_path.parent == HERE and collection_path.name in FOLDERS) or None
    is_python = collection_path.suffix == ".py"
    return (is_python and (_is_of_pixels(collection_path) or says_left_out(collection_path.read_text("utf-8")))) or None


def says_left_out(text: str) -> bool:
    return bool(LEFT_OUT.search(text))


def _is_of_pixels(path: Path) -> bool:
    return path.name in PIXELS and "documents" in path.parts


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays until the end: to look through it for garbage costs a third of the time for nothing."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(SELDOM)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items[:] = [items[at] for at in spread([item.nodeid for item in items])]
    for item in items:
        if _starts_processes(item):
            item.add_marker("processes")
        if _is_of_pixels(item.path):
            item.add_marker("pixels")


def spread(names: Sequence[str]) -> list[int]:
    """Return an order of the tests in which those of each file are spread over the whole run.

    In the order of files, the workers of xdist would have nothing to do while all of them run tests that wait, and too
    much while all of them run tests that compute.
    """
    of_file: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        of_file.setdefault(name.partition("::")[0], []).append(at)
    places = {
        at: (place + crc32(file.encode()) / 2**32) / len(tests)
        for file, tests in of_file.items()
        for place, at in enumerate(tests)
    }
    return sorted(places, key=places.__getitem__)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where tests run: the controller of xdist collects nothing, and starts its workers."""
    if session.config.option.markexpr == QUICK:
        sys.addaudithook(_refuse_processes)


def _starts_processes(item: pytest.Item) -> bool:
    folder = item.path.relative_to(HERE).parts[0]
    if (
        folder in FOLDERS
        or MARKS & {mark.name for mark in item.iter_markers()}
        or FIXTURES & set(getattr(item, "fixturenames", ()))
    ):
        return True
    module = getattr(item, "module", None)
    return module is not None and _has_starter(module)


@cache
def _has_starter(module: ModuleType) -> bool:
    return any(_full_name(value) in STARTERS for value in vars(module).values())


def _full_name(value: object) -> str:
    own = getattr(value, "__name__", "")
    return f"{value.__module__}.{own}" if callable(value) and getattr(value, "__module__", None) else str(own)


def _refuse_processes(event: str, arguments: tuple[Any, ...]) -> None:
    """A test that starts one and is not marked is found in the quick run, and not by its slowness years later."""
    if event == "subprocess.Popen":
        raise RuntimeError(f"{arguments[0]} was started: mark this test with pytest.mark.processes")
