"""Whether a process that a test has started, or that one of its processes has, is still there."""

from pathlib import Path


def is_alive(pid: int) -> bool:
    """A process that has ended is gone, even if its parent has not waited for it yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
