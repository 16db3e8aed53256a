"""Starts a Chromium with few rights: as nobody, in its own folder, without our environment, limited, killed as a whole.

It is driven over a pipe (DevTools protocol), not over a port that others could reach. Its confinement is only weaker
where the machine does not allow more (documents-security.md D).
"""

import asyncio
import contextlib
import os
import pwd
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.browser.launcher import Start
from bot.programs import end_program, start_program

PROGRAMS = ("chromium-headless-shell", "chromium")
MOST_MEMORY_BYTES = 1 << 30
MOST_CPU_S = 30
MOST_MESSAGE_BYTES = 64 * 1024 * 1024
NOBODY = 65534
REMOVE_S = 1.0
PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  # instead of a TMPDIR it can't enter; mkdtemp makes a folder


@dataclass(frozen=True, slots=True)
class Confinement:
    """How a browser is confined.

    `is_locked`: it reaches no files but its own and the system's, and no connections, also no Unix sockets (Landlock,
    seccomp). `has_namespaces`: it has no network device and sees only its own processes; without them, its only way out
    is a proxy that does not exist. `has_sandbox`: Chromium's own sandbox around each page, which most containers do not
    allow.
    """

    is_locked: bool = False
    has_namespaces: bool = False
    has_sandbox: bool = False


CONFINEMENTS = tuple(
    Confinement(is_locked, namespaces, sandbox)
    for namespaces, sandbox in ((True, True), (False, True), (False, False))
    for is_locked in (True, False)
)

# Features by which Chromium starts pages of its own, for the suggestions under its address bar: half of the time of a
# picture.
OWN_PAGES = "PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup"
_SWITCHES = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have only 64 MB of it
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--hide-scrollbars",
    "--mute-audio",
    "--block-new-web-contents",
    # Frames of other sites stay in the same process, so that one session sees all requests.
    "--disable-site-isolation-trials",
    f"--disable-features={OWN_PAGES},SpareRendererForSitePerProcess,IsolateOrigins,site-per-process",
    # A request that is not answered over the pipe goes nowhere: no names, no connections, no UDP.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def find_browser() -> str:
    """Return the path of the browser; "" when none is installed."""
    return next((folder_stat for program in PROGRAMS if (folder_stat := shutil.which(program))), "")


@contextlib.asynccontextmanager
async def running(program: str, confinement: Confinement) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """Run a browser whose standard input and output are the pipe. Whatever happens, no process and no file is left."""
    user, group = _user()
    directory = Path(tempfile.mkdtemp(prefix="glm-browser-", dir=_folder_for(user or os.geteuid())))
    try:
        if user:
            os.chown(directory, user, group)
        profile = f"--user-data-dir={directory / 'profile'}"
        command = [program, *_SWITCHES, profile, *(() if confinement.has_sandbox else ("--no-sandbox",))]
        start = Start(
            command,
            str(directory),
            user,
            group,
            has_namespaces=confinement.has_namespaces,
            is_locked=confinement.is_locked,
            most_memory_bytes=MOST_MEMORY_BYTES,
            most_cpu_s=MOST_CPU_S,
        )
        process = await start_program(
            *(sys.executable, "-S", "-P", "-m", "bot.browser.launcher", start.to_json()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": str(Path(bot.__path__[0]).parent), "HOME": str(directory)},
            limit=MOST_MESSAGE_BYTES,
        )
        try:
            yield process
        finally:
            await _kill(process)
    finally:
        await asyncio.to_thread(_remove, directory)


def _user() -> tuple[int, int]:
    """Return the user and group to become; 0 keeps those of the bot. Never root: its browser would have no sandbox."""
    if os.geteuid() != 0:
        return 0, 0
    with contextlib.suppress(KeyError):
        user, group = pwd.getpwnam("nobody")[2:4]
        return user, group
    return NOBODY, NOBODY


def _folder_for(user: int) -> str:
    """Return a folder for temporary folders that `user` can enter: TMPDIR may be closed to all but root."""
    places = (tempfile.gettempdir(), *PLACES)
    return next((place for place in places if _can_enter(Path(place), user)), places[0])


def _can_enter(place: Path, user: int) -> bool:
    for folder in (place, *place.parents):
        try:
            folder_stat = folder.stat()
        except OSError:
            return False
        if not folder_stat.st_mode & (stat.S_IXUSR if folder_stat.st_uid == user else stat.S_IXOTH):
            return False
    return os.access(place, os.W_OK)


async def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill the whole session, also when its first process has already ended."""
    await end_program(process)
    await asyncio.to_thread(_reap, process.pid)


def _reap(group: int) -> None:
    """Wait for orphans. They are ours when we are the first process, as in a container without an init."""
    until = time.monotonic() + REMOVE_S
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-group, os.WNOHANG)[0] == 0:
                time.sleep(0.01)


def _remove(directory: Path) -> None:
    """Remove the folder. Processes that are being killed may still write for a moment."""
    until = time.monotonic() + REMOVE_S
    while directory.exists() and time.monotonic() < until:
        shutil.rmtree(directory, ignore_errors=True)
        if directory.exists():
            time.sleep(0.02)
