"""What a turn took beside the model: its time without the model's, what the bot says it used, calls, CPU."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.asking import answer_shown
from bench.model import Exchange, exchanges
from bench.running import Running
from bot.playground.app.installation import Call
from bot.playground.workspace.records import Message
from tests import checks

QUIET_S = 0.5
PATIENCE_S = 60.0
_WRITES = ("chat.", "files.")
_METRIC = re.compile(r"^(\w+)\{(.*?)\} (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Used:
    """As /metrics tells it, since the bot began."""

    tokens_in: float
    tokens_out: float
    cny: float

    def __sub__(self, earlier: "Used") -> "Used":
        return Used(self.tokens_in - earlier.tokens_in, self.tokens_out - earlier.tokens_out, self.cny - earlier.cny)


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds since the question. `asked_s`: when the model's first request came; `model_s`: its share of `total_s`."""

    total_s: float
    asked_s: float
    model_s: float
    requests: int
    used: Used
    cpu_s: float
    calls: Counter[str]

    @property
    def own_s(self) -> float:
        return self.total_s - self.model_s


@dataclass(frozen=True, slots=True)
class Meter:
    """Opened before a question, read after its answer."""

    bot: Running
    log: Path
    began_s: float
    seen: int
    used: Used
    cpu_s: float

    @classmethod
    async def open(cls, bot: Running, log: Path) -> "Meter":
        used, cpu_s = await used_by(bot), bot.spent().bot_s
        return cls(bot, log, bot.slack.time.now(), len(bot.slack.calls), used, cpu_s)

    @property
    def calls(self) -> list[Call]:
        return self.bot.slack.calls[self.seen :]

    async def read(self) -> Turn:
        spent = self.bot.spent().bot_s - self.cpu_s
        models = exchanges(self.log, self.began_s)
        total_s = max(call.at_s for call in self.calls if call.method.startswith(_WRITES)) - self.began_s
        used = await used_by(self.bot) - self.used
        asked_s = min(one.began_s for one in models) - self.began_s
        count = Counter(call.method for call in self.calls)
        return Turn(total_s, asked_s, share_s(models), len(models), used, spent, count)


async def finished(bot: Running, asked: Message, last_word: str) -> None:
    """The whole answer is on the screen, and nothing comes after it."""
    await checks.wait_for(lambda: last_word in answer_shown(bot, asked), PATIENCE_S, f"“{last_word}” in the answer")
    await checks.wait_for(lambda: _is_quiet(bot), PATIENCE_S, "quiet after the answer")


def _is_quiet(bot: Running) -> bool:
    return bot.slack.time.now() - bot.slack.calls[-1].at_s > QUIET_S


def share_s(models: Sequence[Exchange]) -> float:
    """The requests of one turn follow each other."""
    return sum(one.ended_s - one.began_s for one in models)


async def used_by(bot: Running) -> Used:
    url = str(bot.slack.request_url).replace("/slack/events", "/metrics")
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return parsed_used(await response.text())


def parsed_used(metrics: str) -> Used:
    sums: Counter[str] = Counter()
    for name, labels, value in _METRIC.findall(metrics):
        for wanted in ('type="input"', 'type="output"', 'currency="CNY"'):
            if name in {"gen_ai_client_token_usage_total", "glm_cost_total"} and wanted in labels:
                sums[wanted] += float(value)  # type: ignore[assignment]
    return Used(sums['type="input"'], sums['type="output"'], sums['currency="CNY"'])
