"""What is installed to run the bot: under which licences, and told in full."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import audit

ROOT = Path(__file__).parents[1]
UV = Path(sys.prefix, "bin", "uv")
COPYLEFT = re.compile(
    r"\b(?:[AL]?GPL|MPL|EPL|CDDL|EUPL|SSPL|BUSL|OSL|CPL|CECILL|CC-BY-SA|Elastic|Commons Clause|General Public|"
    r"Mozilla Public|Eclipse Public|Business Source)",
    re.IGNORECASE,
)
FREE = re.compile(r"\b(?:MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Zlib|HPND|Unlicense)", re.IGNORECASE)
# Looked at by a person: MPL-2.0 reaches its own files only, and those come unchanged.
ACCEPTED = {"orjson"}


def licence(name: str) -> str:
    told = distribution(name).metadata
    classifiers = [line for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    own = [told.get("License-Expression") or "", (told.get("License") or "").partition("\n")[0]]
    return " | ".join([*own, *classifiers])


def needed(requirement: Requirement, found: set[str]) -> None:
    """All that it brings along on this machine."""
    name = canonicalize_name(requirement.name)
    known = name in found
    found.add(name)
    if known and not requirement.extras:
        return
    try:
        brought = distribution(name).requires or []
    except PackageNotFoundError:
        found.discard(name)
        return
    for one in map(Requirement, brought):
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
            needed(one, found)


def at_run_time() -> set[str]:
    found: set[str] = set()
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]:
        needed(Requirement(one), found)
    return found


def test_nothing_at_run_time_is_under_a_new_copyleft_or_an_unknown_licence() -> None:
    names = at_run_time()
    assert len(names) > 40
    told = {name: licence(name) for name in names}
    assert {name: words for name, words in told.items() if COPYLEFT.search(words)}.keys() == ACCEPTED & names
    assert [name for name, words in told.items() if not FREE.search(words)] == []


@pytest.mark.parametrize(
    "words",
    ["GPL-3.0-only", "AGPL-3.0", "LGPL-2.1+", "MIT AND GPL-2.0", "GNU General Public License v2 (GPLv2)", "EPL"],
)
def test_a_copyleft_is_known_by_each_of_its_names(words: str) -> None:
    assert COPYLEFT.search(words)


def test_what_is_told_at_a_release_names_all_that_runs(tmp_path: Path) -> None:
    rule = re.search(r"^sbom:.*?\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert rule is not None
    flags = re.search(r"uv (export .*?) -o", rule[1])
    assert flags is not None
    written = tmp_path / "bill.json"
    command = flags[1].replace("$(THIS_PYTHON)", f"--python {sys.executable}").split()
    subprocess.run([UV, *command, "-o", written], check=True, cwd=ROOT)
    bill = json.loads(written.read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert at_run_time() <= {canonicalize_name(one["name"]) for one in bill["components"]}
    assert all(one["version"] for one in bill["components"])


@pytest.mark.parametrize(
    ("script", "code", "says"),
    [
        ("echo none; exit 0", 0, "none"),
        ("echo GHSA-1; exit 1", 1, "GHSA-1"),
        ("echo 'error sending request for url' >&2; exit 2", 0, "Not audited"),
        ("echo 'no lock' >&2; exit 2", 2, "no lock"),
    ],
)
def test_an_audit_without_data_says_so_and_one_with_faults_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, code: int, says: str
) -> None:
    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    assert audit.audit(str(program)) == code
    told = capsys.readouterr()
    assert says in told.out + told.err
