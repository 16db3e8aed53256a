"""What all checks together cost: two of our bots in turn, one of them with every budget, list and account that it can
have.

The other has those that nobody can switch off: guests, other companies, deactivated people.
"""

from bench import events
from bench.asking import Door, Turn, one_turn
from bench.figures import Row, Section, median, percentile
from bench.running import Running
from bench.texts import question
from bench.timing import DOOR_NAMES, DOORS
from bot.playground.server import LocalSlack

CHUNKS = 10
COLUMNS = ("all checks", "as set")
MOST = "≤ 3 ms more"
Found = tuple[dict[Door, list[Turn]], list[float]]


def all_checks(slack: LocalSlack) -> dict[str, str]:
    """Wide enough that nothing is refused."""
    space = slack.workspace
    return {
        "BUDGET_USER_DAY": "1000",
        "BUDGET_CHANNEL_DAY": "1000",
        "BUDGET_WORKSPACE_MONTH": "10000",
        "COST_NOTICE": "1000",
        "ALLOW_USERS": ",".join(user.id for user in space.users.values()),
        "ALLOW_CHANNELS": ",".join(channel.id for channel in space.channels.values()),
        "ADMINS": space.user("Ana").id,
        "AUDIT_LOG": "audit.jsonl",
    }


async def measure(checked: Running, plain: Running, turns: int, burst_s: float) -> tuple[Found, Found]:
    """In turn, so that both meet the same moods of the machine."""
    found: tuple[Found, Found] = (({door: [] for door in DOORS}, []), ({door: [] for door in DOORS}, []))
    for number in range(turns + 1):
        for bot, (answered, acknowledged_ms) in zip((checked, plain), found, strict=True):
            for door in DOORS:
                turn = await one_turn(bot, door, question(CHUNKS))
                if number:  # the first is a cold start
                    answered[door].append(turn)
            if number:
                burst = (await events.measure(bot, burst_s))["for the bot"]
                acknowledged_ms.extend(burst.latencies_ms)
    return found


def section(found: tuple[Found, Found], how: str) -> Section:
    (checked, checked_ms), (plain, plain_ms) = found
    rows = []
    for door in DOORS:
        with_checks, without = (median([turn.first_sign_s * 1000 for turn in one[door]]) for one in (checked, plain))
        rows.append(Row(f"{DOOR_NAMES[door]}: first sign", with_checks, without, "ms", MOST))
    rows += [
        Row(f"acknowledged in, p{percent}", percentile(checked_ms, percent), percentile(plain_ms, percent), "ms", goal)
        for percent, goal in ((50, ""), (99, MOST))
    ]
    return Section("All checks", how, tuple(rows), COLUMNS)
