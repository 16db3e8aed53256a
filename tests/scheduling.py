"""Which worker runs which test."""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/chaos/test_chaos.py",
    "tests/test_wheel.py",
}
"""One worker runs all of such a file, whose fixture is costly; every other test goes to whoever is free."""
IN_CHROMIUM = ("tests/playground/browser/test_page", "tests/playground/browser/test_preview")
"""One worker runs all of these, which share one Chromium."""


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """xdist's own `loadgroup` writes the group into a test's name, which pytest 9.2 does not let it do."""

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """After each test xdist counts all that a worker ever got, which costs a square: what is done is taken out."""
        super().mark_test_complete(node, item_index, duration)
        work = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(work[scope].values()):
            del work[scope]

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(IN_CHROMIUM):
            return "tests/playground/browser"
        return file if file in TOGETHER else nodeid
