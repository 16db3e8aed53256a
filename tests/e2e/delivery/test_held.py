"""However much comes at once, nothing holds an event loop: neither a model's answer in one piece nor long pages."""

import json
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.core.agent.loop import Outcome, run_turn
from bot.core.citations.filter import Citations
from bot.core.citations.proof import SentPage
from bot.core.citations.sources import CitableSources, CitedDocument
from bot.core.model.messages import Ask
from bot.core.turn.output import TextFilters
from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from bot.slack.read.history import History
from tests.core.fakes import FakeModel, says
from tests.held import MOST_S, held
from tests.slack.serving import asked, running_slack
from tests.stage import stage

pytestmark = pytest.mark.no_cover
CHARS = 80_000
ROW = "| **Ann** {n} | 1,{n} | [a](https://a.b/{n}) | words | x | y | z{n} | 12 | 13 | 14 |\n"
# None of its passages comes twice, for a model that repeats itself is stopped.
PIECES = {
    "tags": "<a{n} ",
    "table": ROW,
    "code": "    print({n})  # `{n}` <!channel>\n",
    "lines": "\n\n{n}\n",
    "half a call": "<tool_call>{n} ",
}
HEADS = {"table": ROW + "|---" * 10 + "|\n", "code": "```\n"}


def long_text(kind: str) -> str:
    said, length, number = [HEADS.get(kind, "")], 0, 0
    while length < CHARS:
        number += 1
        said.append(PIECES[kind].replace("{n}", str(number)))
        length += len(said[-1])
    return "".join(said)


def in_one_piece(text: str) -> Reply:
    chunk = {"choices": [{"index": 0, "delta": {"content": text}}]}
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    events = [f"data: {json.dumps(one)}\n\n" for one in (chunk, end)]
    return Reply(raw=tuple(event.encode() for event in [*events, "data: [DONE]\n\n"]))


@pytest.mark.parametrize("kind", PIECES)
async def test_an_answer_that_comes_in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async with stage(tmp_path, lambda _: in_one_piece(long_text(kind))) as on:
        async with held(monkeypatch) as found:
            question = on.slack.people.post("Ana", "#general", "@glm tell me")
            await on.answers(question.channel, question.ts)
        assert found.longest_s < MOST_S, found.steps


async def test_citations_of_long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "In {n} it was 1,25{n}.5 MWh on 3 May 20{n} at “Site {n}”. "
    pages = {number: SentPage("", sentence.replace("{n}", str(number)) * 3_000) for number in range(10, 15)}
    sources = CitableSources((CitedDocument("report.pdf", "F1", "https://a.slack.com/files/F1", pages),))
    said = [f"It was 1,25{number}.5 MWh on 3 May 20{number} [p. {number}]. " for number in pages]
    filters, outcome = TextFilters(Citations(sources)), Outcome()
    answering = run_turn(FakeModel([says(*said)]), Ask(()), outcome, filters=filters)
    async with held(monkeypatch) as found, aclosing(answering) as pieces:
        async for _ in pieces:
            pass
    assert outcome.answer.count("](https://a.slack.com/files/F1)") == len(pages)
    assert found.longest_s < MOST_S, found.steps


async def test_a_thread_of_long_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, _):
        root = slack.people.post("Ana", "#general", "a")
        for number in range(12):
            slack.people.post("Ben", "#general", f"*{number}* `b` <https://a.b|c> " * 1_300, thread_ts=root.ts)
        last = slack.people.post("Ana", "#general", "@glm so?", thread_ts=root.ts)
        history = History(reader, slack.workspace.bot.id)
        async with held(monkeypatch) as found:
            earlier = await history.thread(asked(slack, last))
        assert len(earlier.messages) == 13
        assert found.longest_s < MOST_S, found.steps
