"""What is installed to run the bot: under which licences, and told in full."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from threading import Thread
from typing import Any

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


# An answer of osv.dev's in all its parts (https://google.github.io/osv.dev/get-v1-vulns/, the schema of OSV 1.7).
FAULT: dict[str, Any] = {
    "schema_version": "1.7.3",
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2026-11-02T10:00:00.123456Z",
    "published": "2026-11-01T10:00:00Z",
    "aliases": ["CVE-2026-12345"],
    "summary": "Requests can be smuggled",
    "details": "### Impact\nBehind a proxy a request may be read as two.",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N"}],
    "references": [{"type": "ADVISORY", "url": "https://nvd.nist.gov/vuln/detail/CVE-2026-12345"}],
    "database_specific": {"cwe_ids": ["CWE-444"], "github_reviewed": True, "severity": "MODERATE"},
}


def fault(*events: dict[str, str]) -> dict[str, Any]:
    package = {"ecosystem": "PyPI", "name": "aiohttp", "purl": "pkg:pypi/aiohttp"}
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, *events]}]
    source = {"source": "https://github.com/github/advisory-database/blob/main/GHSA-aaaa-bbbb-cccc.json"}
    affected = {"package": package, "ranges": ranges, "versions": ["3.0.0"], "database_specific": source}
    return FAULT | {"affected": [affected]}


class Osv:
    """Answers as osv.dev does: ids and times for many packages at once, in their order; then each by its id."""

    def __init__(self, known: dict[str, Any] | None = None, status: int = 200, page: bytes = b"") -> None:
        self._known, self._status, self._page = known, status, page
        self.asked: list[dict[str, Any]] = []

    def answer(self, path: str, body: bytes) -> bytes:
        if self._page or self._status != 200:
            return self._page or b'{"code": 14, "message": "unavailable"}'
        if path.startswith("/v1/vulns/"):
            return json.dumps(self._known).encode()
        self.asked += json.loads(body)["queries"]
        found = self._known and {"vulns": [{"id": self._known["id"], "modified": self._known["modified"]}]}
        results = [found if one["package"]["name"] == "aiohttp" and found else {} for one in self.asked]
        return json.dumps({"results": results}).encode()

    @contextmanager
    def served(self) -> Iterator[str]:
        osv = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = osv.answer(self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))))
                self.send_response(osv._status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST  # noqa: N815 - the name is the library's

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/"
            finally:
                server.shutdown()
                thread.join()


@pytest.fixture
def _kept_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """uv keeps what it was told of an id."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


Told = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("_kept_nowhere")
@pytest.mark.parametrize(
    ("known", "code", "says"),
    [
        (None, 0, ["no known vulnerabilities"]),
        (fault({"fixed": "99.1.0"}), 1, ["GHSA-aaaa-bbbb-cccc", "Requests can be smuggled", "Fixed in: 99.1.0"]),
        (fault(), 1, ["GHSA-aaaa-bbbb-cccc"]),
    ],
)
def test_an_audit_tells_what_osv_knows(capsys: Told, known: dict[str, Any] | None, code: int, says: list[str]) -> None:
    osv = Osv(known)
    with osv.served() as url:
        assert audit.audit(str(UV), url) == code
    told = "".join(capsys.readouterr())
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    version = next(one["version"] for one in locked if one["name"] == "aiohttp")
    assert all(words in told for words in [*says, *([f"aiohttp {version}"] if code else [])])
    assert {"package": {"name": "aiohttp", "ecosystem": "PyPI"}, "version": version} in osv.asked
    assert at_run_time() - {"glm-in-slack"} <= {canonicalize_name(one["package"]["name"]) for one in osv.asked}


@pytest.mark.usefixtures("_kept_nowhere")
@pytest.mark.parametrize("osv", [Osv(status=503), Osv(status=429), Osv(page=b"<html>Please log in</html>")])
def test_an_audit_without_data_says_so(capsys: Told, osv: Osv) -> None:
    with osv.served() as url:
        assert audit.audit(str(UV), url) == 0
    assert "Not audited" in "".join(capsys.readouterr())


@pytest.mark.usefixtures("_kept_nowhere")
def test_an_audit_without_a_way_to_the_data_says_so(capsys: Told) -> None:
    with Osv().served() as url:
        pass  # nobody is there any more
    assert audit.audit(str(UV), url) == 0
    assert "Not audited" in "".join(capsys.readouterr())


def test_an_audit_of_nothing_fails(tmp_path: Path, capsys: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert audit.audit(str(UV), "http://127.0.0.1:9/") == audit.FAILED
    assert "pyproject.toml" in "".join(capsys.readouterr())
