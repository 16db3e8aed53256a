"""Ports that nobody else takes between their choice and their use."""

import atexit
import random
import socket
import sys
from collections import deque
from pathlib import Path

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
HOW_MANY = 16_000
HELD = 64
"""More than one test uses at once; few enough for any limit of open files."""
# Hypothesis and seeded tests reset the module's own.
_dice = random.SystemRandom()
_held: deque[socket.socket] = deque()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, and that no other test process is given meanwhile.

    It lies below those that the system gives to connections. A socket that is bound to it and does not listen reserves
    it: servers get it all the same, since they set SO_REUSEADDR.
    """
    while True:
        probe = socket.socket()
        try:
            probe.bind(("127.0.0.1", _chosen()))
        except OSError:
            probe.close()
            continue
        port = int(probe.getsockname()[1])
        _hold(probe)
        return port


def _chosen() -> int:
    lowest = _lowest_ephemeral()
    return _dice.randrange(max(1024, lowest - HOW_MANY), lowest)


def _lowest_ephemeral() -> int:
    return int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else 32_768


def _hold(probe: socket.socket) -> None:
    if sys.platform != "linux":  # elsewhere nobody else could bind it
        probe.close()
        return
    # Not before it is bound: then two processes could bind the same one.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _held.append(probe)
    if len(_held) > HELD:
        _held.popleft().close()


@atexit.register
def _give_back() -> None:
    while _held:
        _held.pop().close()
