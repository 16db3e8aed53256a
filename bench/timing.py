"""How soon an answer is there and what it costs in Slack calls."""

from collections import Counter

from bench.asking import Door, Turn, one_turn
from bench.figures import Row, Section, median
from bench.running import Name, Running
from bench.texts import question

CHUNKS = 300
WARM_UP_CHUNKS = 10
DOORS: tuple[Door, Door] = ("mention", "dm")
DOOR_NAMES = {"mention": "mention in a channel", "dm": "direct message"}


async def measure(bot: Running, turns: int) -> dict[Door, list[Turn]]:
    """One turn of each door first, unmeasured: connections, caches and lazy imports are warm afterwards."""
    await one_turn(bot, "mention", question(WARM_UP_CHUNKS))
    return {door: [await one_turn(bot, door, question(CHUNKS)) for _ in range(turns)] for door in DOORS}


def section(found: dict[Name, dict[Door, list[Turn]]], how: str) -> Section:
    rows: list[Row] = []
    for door in DOORS:
        ours, naive = found["ours"][door], found["naive"][door]
        rows += [
            Row(f"{DOOR_NAMES[door]}: first sign", *_medians(ours, naive, "first_sign_s", 1000), "ms", "< 50 ms"),
            Row("  first answer text", *_medians(ours, naive, "first_text_s"), "s", "≤ model's first token + 0.2 s"),
            Row("  whole answer", *_medians(ours, naive, "total_s"), "s"),
            Row("  Slack calls", _calls(ours), _calls(naive), "", "≤ 7" if door == "mention" else ""),
        ]
        methods = sorted({method for turn in ours + naive for method in turn.calls})
        rows += [Row(f"    {method}", _calls(ours, method), _calls(naive, method)) for method in methods]
    return Section("One answer", how, tuple(rows))


def _medians(ours: list[Turn], naive: list[Turn], name: str, scale: float = 1.0) -> tuple[float, float]:
    first, second = (median([getattr(turn, name) * scale for turn in turns]) for turns in (ours, naive))
    return first, second


def _calls(turns: list[Turn], method: str = "") -> float:
    counts: list[Counter[str]] = [turn.calls for turn in turns]
    return median([count[method] if method else count.total() for count in counts])
