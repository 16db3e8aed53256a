import random
import socket
from pathlib import Path

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
HOW_MANY = 16_000
# Hypothesis and seeded tests reset the module's own.
_dice = random.SystemRandom()


def free_port() -> int:
    """A port nobody listens on at this moment, below those that the system gives to connections and to others' tests:
    between now and when it is used, nobody gets it by chance.
    """
    lowest = _lowest_ephemeral()
    while True:
        port = _dice.randrange(max(1024, lowest - HOW_MANY), lowest)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _lowest_ephemeral() -> int:
    return int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else 32_768
