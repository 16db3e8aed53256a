"""Opens the sockets to the model. The system looks after each, so that a dead server is noticed within a minute while
one that is only silent is waited for.
"""

import socket

import aiohttp
from aiohttp.connector import AddrInfoType

# Seconds of silence until the first probe, seconds between two, and how many may stay without an answer.
_PROBES = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


def connector() -> aiohttp.TCPConnector:
    """The worker decides how many requests run at once, not the connection pool."""
    return aiohttp.TCPConnector(limit=0, socket_factory=_probed_socket)


def _probed_socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, _ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _PROBES.items():
        if hasattr(socket, name):  # macOS names the first one otherwise, and keeps its own time
            opened.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return opened
