"""Which worker runs which test."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/browser/test_page.py",
    "tests/browser/test_page_parts.py",
    "tests/chaos/test_chaos.py",
    "tests/test_wheel.py",
}
"""One worker runs all of such a file, whose fixture is costly; every other test goes to whoever is free."""


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """xdist's own `loadgroup` writes the group into a test's name, which pytest 9.2 does not let it do."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid
