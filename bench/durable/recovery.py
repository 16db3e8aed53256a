"""How long a person waits for another worker when the one that was writing is killed with -9."""

import asyncio
from dataclasses import dataclass

from bench.durable.acks import ask, warm_up
from bench.durable.figures import Table
from bench.durable.processes import Place, durable_bot
from bench.figures import median, shown
from bench.texts import FIRST_WORD, LAST_WORD, is_all_there, question
from tests import checks
from tests.ports import free_port

CHUNKS = 200
FIRST_TOKEN_S, TOKENS_PER_S = 0.3, 20.0
PATIENCE_S = 60.0
# What the dead worker had already put on the wire still comes in.
LAST_BREATH_S = 0.05


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds since the kill. `is_right`: the whole answer is there, once, and nothing is left streaming."""

    written_s: float
    answered_s: float
    is_right: bool


async def measure(base_url: str, wanted: str = question(CHUNKS)) -> Recovery:
    """The second worker starts when the first is already writing, so it is known which of them to kill."""
    async with durable_bot(base_url, workers=1) as here:
        await warm_up(here, answers=True)
        ts = ask(here, "Ana", wanted).ts
        await checks.wait_for(lambda: FIRST_WORD in shown_of(here, ts), PATIENCE_S, "the stream to begin")
        await here.start_bot("worker2", "worker", base_url, free_port())
        if LAST_WORD in shown_of(here, ts):
            raise RuntimeError("the answer was over before its worker could be killed")
        killed_s = here.slack.time.now()
        await here.programs["worker1"].kill()
        await checks.wait_for(lambda: _writes(here, killed_s), PATIENCE_S, "the takeover")
        await checks.wait_for(lambda: is_over(here, ts), PATIENCE_S, "the whole answer")
        answered_s = here.slack.time.now() - killed_s
        await asyncio.sleep(1.0)  # a second answer would begin by now
        return Recovery(min(_writes(here, killed_s)) - killed_s, answered_s, is_right(here, ts))


def _writes(here: Place, killed_s: float) -> list[float]:
    """What changes what a person sees, a status too. Only one question is open, so all of it is about that one."""
    methods = ("chat.", "assistant.threads.setStatus", "agents.sessions.setStatus")
    since_s = killed_s + LAST_BREATH_S
    return [call.at_s for call in here.slack.calls if call.at_s > since_s and call.method.startswith(methods)]


def shown_of(here: Place, ts: str) -> str:
    return "\n".join(checks.visible_text(message) for message in checks.bot_messages(here.slack, thread_ts=ts))


def is_over(here: Place, ts: str) -> bool:
    return is_all_there(shown_of(here, ts), CHUNKS) and not here.slack.live_streams


def is_right(here: Place, ts: str) -> bool:
    shown_text = shown_of(here, ts)
    return is_over(here, ts) and shown_text.count(LAST_WORD) == 1 and shown_text.count(FIRST_WORD) == 1


def table(found: list[Recovery], how: str) -> Table:
    written, answered = [one.written_s for one in found], [one.answered_s for one in found]
    after = [one.answered_s - one.written_s for one in found]
    lines = [
        (name, shown(median(values), "s"), shown(max(values), "s"))
        for name, values in (
            ("kill to the takeover's first write (goal < 20 s)", written),
            ("kill to the whole answer", answered),
            ("  of it, first write to the whole answer", after),
        )
    ]
    lines.append(("whole, once, nothing left streaming", f"{sum(one.is_right for one in found)} of {len(found)}", ""))
    return Table("Recovery after kill -9 of a worker mid-stream", how, ("", "median", "worst"), tuple(lines))
