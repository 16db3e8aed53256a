"""`python -m tests.chaos --questions 200 --threads 40 --kill-every 2 --seed 1` prints what held; 1: not all did."""

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot.glm.offline.reply import OfflinePace
from tests.chaos.echo import EchoModel, seeded_words
from tests.chaos.plan import draw
from tests.chaos.questions import Findings
from tests.chaos.recovery import Recovery
from tests.chaos.run import Run
from tests.chaos.story import story
from tests.chaos.world import world


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--threads", type=int, default=40)
    parser.add_argument("--kill-every", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="where to leave what the processes said")
    return asyncio.run(_run(parser.parse_args()))


async def _run(chosen: argparse.Namespace) -> int:
    plan = draw(chosen.questions, chosen.threads, chosen.kill_every, chosen.seed)
    model = EchoModel(words=seeded_words(chosen.seed), speed=OfflinePace(0.3, 60.0))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="glm-chaos-") as folder:
        async with world(Path(folder), model) as on:
            run = Run(on, plan)
            found = await run()
        if chosen.logs:
            (Path(folder) / "story.log").write_text("\n".join(story(run)))
            shutil.copytree(folder, chosen.logs, dirs_exist_ok=True)
    print(*run.broken, sep="\n")  # noqa: T201
    _tell_recovery(run.recoveries())
    _tell(found, time.monotonic() - started)
    return 1 if found.violations else 0


def _tell_recovery(recoveries: list[Recovery]) -> None:
    for how in sorted({one.how for one in recoveries}):
        mine = [one for one in recoveries if one.how == how]
        print(f"{how}: {len(mine)} questions were being answered")  # noqa: T201
        _spread("  first sign of the next", [one.sign_s for one in mine if one.sign_s is not None])
        _spread("  whole answer", [one.answer_s for one in mine if one.answer_s is not None])


def _spread(name: str, seconds: list[float]) -> None:
    if seconds:
        print(f"{name}: median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s of {len(seconds)}")  # noqa: T201


def _tell(found: Findings, took_s: float) -> None:
    print("outcomes:", ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.outcomes.items())))  # noqa: T201
    print(f"asked again though the model had finished: {len(found.paid_again)} {found.paid_again}")  # noqa: T201
    for violation in found.violations:
        print("VIOLATION", violation)  # noqa: T201
    print(f"{len(found.violations)} violations in {took_s:.0f} s")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
