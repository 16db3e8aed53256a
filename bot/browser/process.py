"""A Chromium that may do little: as nobody, in its own directory, without our environment, limited, killed as a whole.

It is driven over a pipe (DevTools protocol), not over a port that others could reach. What it runs in gets weaker only
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
PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  # where TMPDIR will not do; mkdtemp makes a folder of our own


@dataclass(frozen=True, slots=True)
class Confinement:
    """`is_locked`: no files but its own and the system's, no connections, Unix sockets included (Landlock, seccomp).
    `has_namespaces`: no network device at all, and its own processes alone; else no way out but a proxy that does not
    exist. `has_sandbox`: Chromium's own around each page, which most containers do not allow.
    """

    is_locked: bool = False
    has_namespaces: bool = False
    has_sandbox: bool = False


CONFINEMENTS = tuple(
    Confinement(is_locked, namespaces, sandbox)
    for namespaces, sandbox in ((True, True), (False, True), (False, False))
    for is_locked in (True, False)
)

_SWITCHES = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have 64 MB of it
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
    # Frames of other sites in the same process: one session then sees all requests.
    "--disable-site-isolation-trials",
    "--disable-features=PreloadTopChromeWebUI,SpareRendererForSitePerProcess,IsolateOrigins,site-per-process",
    # What is not answered over the pipe goes nowhere: no names, no connections, no UDP.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def find_browser() -> str:
    """Its path, or nothing when none is installed."""
    return next((found for program in PROGRAMS if (found := shutil.which(program))), "")


@contextlib.asynccontextmanager
async def running(program: str, confinement: Confinement) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """Standard input and output are the pipe. Whatever happens, no process and no file of it is left."""
    user, group = _user()
    directory = Path(tempfile.mkdtemp(prefix="glm-browser-", dir=_place_for(user or os.geteuid())))
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
            *(sys.executable, "-S", "-P", "-m", "bot.browser.launcher", start.written()),
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
    """Who it becomes, and their group; 0 for whoever the bot is. Never root, whose browser would have no sandbox."""
    if os.geteuid() != 0:
        return 0, 0
    with contextlib.suppress(KeyError):
        user, group = pwd.getpwnam("nobody")[2:4]
        return user, group
    return NOBODY, NOBODY


def _place_for(user: int) -> str:
    """A folder for temporary folders that `user` can get into: TMPDIR may be open to nobody but root."""
    places = (tempfile.gettempdir(), *PLACES)
    return next((place for place in places if _can_enter(Path(place), user)), places[0])


def _can_enter(place: Path, user: int) -> bool:
    for folder in (place, *place.parents):
        try:
            found = folder.stat()
        except OSError:
            return False
        if not found.st_mode & (stat.S_IXUSR if found.st_uid == user else stat.S_IXOTH):
            return False
    return os.access(place, os.W_OK)


async def _kill(process: asyncio.subprocess.Process) -> None:
    """A session of its own: the whole tree goes, also when its first process has left already."""
    await end_program(process)
    await asyncio.to_thread(_bury, process.pid)


def _bury(group: int) -> None:
    """Orphans become ours to wait for where we are the first process, as in a container without an init."""
    until = time.monotonic() + REMOVE_S
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-group, os.WNOHANG)[0] == 0:
                time.sleep(0.01)


def _remove(directory: Path) -> None:
    """Processes that are being killed may still write for a moment."""
    until = time.monotonic() + REMOVE_S
    while directory.exists() and time.monotonic() < until:
        shutil.rmtree(directory, ignore_errors=True)
        if directory.exists():
            time.sleep(0.02)
