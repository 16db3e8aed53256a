"""What the operating system says of a process: CPU time, memory, children. Linux's /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
REDIS = "redis-server"


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds since the processes began; `bot_s` is the bot's own process with any helpers it started."""

    bot_s: float
    redis_s: float

    def __sub__(self, earlier: "Spent") -> "Spent":
        return Spent(self.bot_s - earlier.bot_s, self.redis_s - earlier.redis_s)


@dataclass(frozen=True, slots=True)
class Memory:
    """MB. PSS shares out what several processes map; RSS counts it for each."""

    bot_rss: float
    bot_pss: float
    redis_rss: float
    redis_pss: float


def spent(pid: int) -> Spent:
    redis_s, bot_s = 0.0, _cpu_s(pid)
    for child in children(pid):
        if name_of(child) == REDIS:
            redis_s += _cpu_s(child)
        else:
            bot_s += _cpu_s(child)
    return Spent(bot_s, redis_s)


def memory(pid: int) -> Memory:
    family = [pid, *children(pid)]
    redis = [one for one in family if name_of(one) == REDIS]
    bot = [one for one in family if one not in redis]
    return Memory(
        bot_rss=sum(_rss_mb(one) for one in bot),
        bot_pss=sum(_pss_mb(one) for one in bot),
        redis_rss=sum(_rss_mb(one) for one in redis),
        redis_pss=sum(_pss_mb(one) for one in redis),
    )


def children(pid: int) -> list[int]:
    """All that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue
    found: list[int] = []
    fresh = [pid]
    while fresh:
        fresh = [child for child, parent in parents.items() if parent in fresh]
        found += fresh
    return found


def name_of(pid: int) -> str:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.index("(") + 1 : text.rindex(")")]


def parsed_stat(text: str) -> list[str]:
    """The fields after the name, which may itself hold spaces and brackets: state first, then the parent."""
    return text[text.rindex(")") + 2 :].split()


def _stat(pid: int) -> list[str]:
    return parsed_stat(Path(f"/proc/{pid}/stat").read_text())


def _cpu_s(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _rss_mb(pid: int) -> float:
    return _field_kb(Path(f"/proc/{pid}/status"), "VmRSS:") / 1024


def _pss_mb(pid: int) -> float:
    return _field_kb(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") / 1024


def _field_kb(file: Path, name: str) -> float:
    for line in file.read_text().splitlines():
        if line.startswith(name):
            return float(line.split()[1])
    raise ValueError(f"{file} has no {name}")
