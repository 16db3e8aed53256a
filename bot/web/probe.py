"""Asks the bot that runs on this machine whether it is alive, as a container's health check does."""

from http.client import HTTPConnection, HTTPException

HOST = "127.0.0.1"
TIMEOUT_S = 5.0


def probe(port: int) -> str:
    """Return what is wrong with the bot whose `/healthz` is on `port` of this machine; "" when it is alive."""
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"nothing answers on port {port} ({type(error).__name__})"
    finally:
        connection.close()
    return "" if status == 200 else f"port {port} answers {status}"
