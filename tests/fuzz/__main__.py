"""`python -m tests.fuzz --count 20000 --seed 1` prints what broke; 1: something did."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.run import Found, batches, requests, send_all
from tests.fuzz.target import target


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=40, help="how many of a kind to name")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="glm-fuzz-") as folder:
        return asyncio.run(_run(Path(folder), chosen))


async def _run(folder: Path, chosen: argparse.Namespace) -> int:
    started, found = time.monotonic(), Found()
    async with target(folder) as on:
        for batch in batches(requests(chosen.count, chosen.seed)):
            found += await send_all(on, batch)
            await on.empty()  # nobody answers, so every question would wait for ever
        broken = list(on.broken.told)
    took_s = time.monotonic() - started
    _tell(f"{found.count} requests in {took_s:.0f} s: {dict(sorted(found.statuses.items()))}")
    _tell(*found.failed[: chosen.show])
    _tell(
        f"{len(broken)} tracebacks", *(f"{count}× {told}" for told, count in Counter(broken).most_common(chosen.show))
    )
    return 1 if found.failed or broken else 0


def _tell(*lines: str) -> None:
    print(*lines, sep="\n")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
