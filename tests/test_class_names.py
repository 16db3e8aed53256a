"""A class name has one meaning: where two are called alike, one of them is the other's Protocol or its form."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# With words of their own: the local Slack, the forms of Slack's payloads, the offline model, what reads files.
APART = ("bot/playground/", "bot/slack/payloads/", "bot/glm/offline/", "bot/documents/", "bot/latex/", "bot/internet/")


def classes() -> Iterator[tuple[str, str, bool]]:
    """Name, file and whether it is a Protocol."""
    for file in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")]):
        path = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not path.startswith(APART):
                yield node.name, path, any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def test_a_class_name_has_one_meaning() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for name, path, is_protocol in classes():
        if not is_protocol:
            found[name].append(path)
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
