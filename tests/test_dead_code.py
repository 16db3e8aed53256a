"""`make dead` finds code that nothing uses, and none of its exceptions outlives what it is for. What vulture can't tell
apart, since something else has the same name, is looked for here: names of modules that nobody takes.
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from vulture import Vulture

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    return found


def unused(paths: list[str], exclude: Sequence[str] = (), **ignored: list[str]) -> set[str]:
    """Names that vulture would tell of."""
    vulture = Vulture(**ignored)
    vulture.scavenge([str(ROOT / path) for path in paths], exclude=[f"*/{path}" for path in exclude])
    return {str(one.name) for one in vulture.get_unused_code(min_confidence=60)}


@pytest.mark.processes  # it starts none, but it takes its time, and `make dead` tells the same
def test_every_exception_is_for_something_and_together_they_are_all(settings: dict[str, Any]) -> None:
    names = settings["ignore_names"]
    found = unused(settings["paths"], settings["exclude"], ignore_decorators=settings["ignore_decorators"])
    assert [name for name in names if not any(fnmatchcase(one, name) for one in found)] == []
    assert {one for one in found if not any(fnmatchcase(one, name) for name in names)} == set()


def test_what_only_tests_use_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("def used() -> int:\n    return 1\n\n\ndef left() -> int:\n    return used()\n")
    assert unused([str(tmp_path / "module.py")]) == {"left"}


# Of the modules that stand in for Slack and for the model in tests; what is looked up by its name alone; and the way of
# tests into the Redis of a process that they have started.
STAND_INS = ("bot.playground.", "bot.glm.offline.")
BY_NAME = {"__all__", "WORDS"}
FOR_TESTS = {"embedded_url"}


def modules() -> dict[str, ast.Module]:
    paths = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return {name: ast.parse(path.read_text()) for name, path in zip(names, paths, strict=True)}


def defined(tree: ast.Module) -> Iterator[str]:
    """Names at the top of a module. A function with a decorator is given to somebody by it."""
    for node in tree.body:
        match node:
            case ast.ClassDef() | ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
                yield node.name
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def taken(name: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Modules (as whole or by their last name) and the names that are read in them from here."""
    called: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)):
                yield from ((module, alias.name) for alias in node.names)
                called |= {alias.asname: alias.name for alias in node.names if alias.asname}
            case ast.Name(id=read, ctx=ast.Load()):
                yield name, read
            case ast.Call(args=[ast.Constant(value=str(module)), ast.Constant(value=str(read))]):
                yield module, read  # worker_functions.Named
            case ast.Constant(value=str(quoted)):
                yield name, quoted
            case ast.Attribute(value=ast.Name(id=module) | ast.Attribute(attr=module), attr=read):
                yield called.get(module, module), read


def test_no_module_has_a_name_that_nobody_takes() -> None:
    trees = modules()
    used = {pair for name, tree in trees.items() for pair in taken(name, tree)}
    found = [
        f"{name}.{one}"
        for name, tree in trees.items()
        if not name.startswith(STAND_INS)
        for one in defined(tree)
        if one not in BY_NAME | FOR_TESTS and not {(name, one), (name.rpartition(".")[2], one)} & used
    ]
    assert found == [], "tests use them, or nobody"


# Classes that are put together with a number.
NUMBERED = re.compile(r"indent-\d|tint-\d|s\d+")


def test_the_page_of_the_playground_has_no_style_and_no_script_that_nothing_uses() -> None:
    page = ROOT / "bot" / "playground" / "page"
    styles = re.sub(r"/\*.*?\*/", "", "".join(path.read_text() for path in page.glob("*.css")), flags=re.DOTALL)
    scripts = "".join(path.read_text() for path in page.glob("*.js"))
    made = [path.read_text() for path in (*page.glob("*.html"), *(ROOT / "bot" / "playground").rglob("*.py"))]
    words = Counter(re.findall(r"[\w-]+", scripts + "".join(made)))
    classes = {name for name in re.findall(r"\.([a-zA-Z][\w-]*)", styles) if not NUMBERED.fullmatch(name)}
    assert {name for name in classes if not words[name]} == set()
    functions = re.findall(r"(?:function|const) (\w+)(?: =|\()", scripts)
    assert [name for name in functions if words[name] < 2] == []
    variables = re.findall(r"(--[\w-]+):", styles)
    assert {name for name in variables if f"var({name}" not in styles + scripts} == set()
