"""Budgets, their notices and refusals, and asking before a dear question, as people see them."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.model_side import summary_limits
from bot.core.money.budgets import WORKSPACE
from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.settings import Settings
from bot.slack.dialogs import approval_question
from bot.slack.reply import footer
from bot.store.money.spending import Spending
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.people.test_access import alert
from tests.e2e.tools.test_approvals import question, questions
from tests.stage import Stage, stage

LITTLE, MUCH = 0.0001, 1000.0  # a question costs about a tenth of a cent


def labels(message: Message) -> list[str]:
    """What can be pressed under a message."""
    elements = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    return [one["text"]["text"] for one in elements if "text" in one]


async def sums(on: Stage) -> dict[str, int]:
    """What was spent, by whose it is."""
    found: dict[str, int] = {}
    async for key in on.services.redis.scan_iter("glm:usage:*"):
        kept: Any = await on.services.redis.hgetall(key)
        found |= {name.decode(): int(value) for name, value in kept.items()}
    return found


async def held(on: Stage) -> int:
    return sum([await on.services.redis.hlen(key) async for key in on.services.redis.scan_iter("glm:reserved:*")])


async def ask(on: Stage, words: str, who: str = "Ana", answers: int = 1) -> tuple[Message, Message]:
    """The question and the message that answers it."""
    asked = on.slack.people.post(who, "#general", f"@glm {words}")
    await on.answers("#general", asked.ts, answers)
    return asked, bot_messages(on.slack, "#general", asked.ts)[-1]


async def test_who_has_used_it_up_is_told_and_can_ask_again_with_one_click(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), *[Reply(text="Two.")] * 2], budget_user_day=LITTLE) as on:
        ana = on.slack.workspace.user("Ana").id
        _, first = await ask(on, "first")
        assert visible_text(first).startswith("One.")
        assert "Your budget for today is used up now ($0.00" in visible_text(first)
        asked, refused = await ask(on, "second")
        told = visible_text(refused)
        assert re.search(
            r"Your budget for today is used up \(\$0\.00\d+ of \$0\.0001\)\. It renews on \d{4}-\d\d-\d\d", told
        )
        assert "/glm budget AMOUNT day @person" in told
        assert labels(refused) == ["Ask again"]
        assert len(on.model.requests) == 1
        _, other = await ask(on, "mine", "Ben")
        assert visible_text(other).startswith("Two."), "it was Ana's budget"
        await store_of(on).allow(on.services.identity.team, ana, "day", 10**9)
        on.model.requests.clear()
        await on.slack.people.click("Ana", refused, footer.AGAIN)
        await wait_for(lambda: len(on.model.requests) == 1, what="the question is asked")
        await on.settled()
        assert "second" in on.question()
        answer = visible_text(bot_messages(on.slack, "#general", asked.ts)[-1])
        assert answer.startswith("Two.")
        assert "used up" not in answer


def store_of(on: Stage) -> Spending:
    return on.services.spending


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("budget_channel_day", "This channel's budget for today is used up"),
        ("budget_workspace_month", "The workspace's budget for this month is used up"),
    ],
)
async def test_channels_and_the_workspace_have_budgets_too(tmp_path: Path, setting: str, words: str) -> None:
    limits: dict[str, Any] = {setting: LITTLE}
    async with stage(tmp_path, [Reply(text="One.")] * 2, **limits) as on:
        await ask(on, "first")
        _, refused = await ask(on, "second", "Ben")
        assert words in visible_text(refused)
        assert labels(refused) == ["Ask again"]


async def test_most_of_it_is_told_once_under_the_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.")] * 3) as on:
        spending, ana = store_of(on), on.slack.workspace.user("Ana").id
        await ask(on, "first")
        spent = (await sums(on))[ana]
        await spending.allow(on.services.identity.team, ana, "week", spent * 5 // 4)
        _, second = await ask(on, "second")
        assert re.search(r"Your budget for this week is [89]\d % used \(\$", visible_text(second))
        _, third = await ask(on, "third")
        assert "budget" not in visible_text(third)


async def test_all_requests_of_a_turn_are_counted_for_person_channel_workspace_and_model(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.", reasoning="Hm. " * 50)], reasoning="summary") as on:
        await ask(on, "why?")
        assert len(on.model.requests) == 2, "the answer, and the summary of its reasoning"
        ana, channel = on.slack.workspace.user("Ana").id, on.slack.workspace.channel("#general").id
        found = await sums(on)
        assert found[ana] == found[channel] == found[WORKSPACE] == found["model:z-ai/glm-4.6v"] > 0
        rows = await store_of(on).rows(on.services.identity.team, [store_of(on).today])
        assert [(row.user, row.channel, row.requests, row.cost) for row in rows] == [(ana, channel, 2, found[ana])]
        assert await held(on) == 0


async def test_failed_and_stopped_answers_are_counted_too(tmp_path: Path) -> None:
    script = [Reply(text="word " * 100, stall_after_words=50)]
    async with stage(tmp_path, script, budget_user_day=MUCH) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm go on")
        await wait_for(lambda: bot_messages(on.slack, "#general", asked.ts), what="it has begun")
        on.slack.people.post("Ana", "#general", "stop", thread_ts=asked.ts)
        await on.settled()
        assert (await sums(on))[WORKSPACE] > 0
        assert await held(on) == 0


async def test_a_dear_question_is_asked_about_first_and_only_its_asker_decides(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.")], cost_notice=LITTLE) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm is it?")
        asking = await question(on, asked)
        shown = visible_text(asking)
        assert "may i answer this question?" in shown.lower()
        assert re.search(r"It will cost about \$0\.\d+\.", shown), shown
        assert not on.model.requests
        await on.slack.people.click("Ben", asking, approval_question.APPROVE)
        await on.carried_out()
        assert questions(on, asked), "Ben has no say"
        await on.slack.people.click("Ana", asking, approval_question.APPROVE)
        await wait_for(lambda: on.model.requests, what="it goes on")
        await on.settled()
        assert visible_text(bot_messages(on.slack, "#general", asked.ts)[-1]).startswith("Yes.")


async def test_a_no_leaves_it_unanswered_until_it_is_asked_again(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.")], cost_notice=LITTLE) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm is it?")
        await on.slack.people.click("Ana", await question(on, asked), approval_question.DENY)
        await on.settled()
        said = [one for one in bot_messages(on.slack, "#general", asked.ts) if "unanswered" in visible_text(one)]
        assert len(said) == 1
        assert labels(said[0]) == ["Ask again"]
        assert not on.model.requests


async def test_an_app_that_asks_something_dear_is_refused_in_words_and_a_person_may_ask_again(tmp_path: Path) -> None:
    slack = LocalSlack()
    other = slack.people.app_posts("Alertmanager", "#general", text="up")
    async with stage(
        tmp_path, [Reply(text="Yes.")], slack=slack, cost_notice=LITTLE, allow_bots=[str(other.bot_id)]
    ) as on:
        asked = alert(on, "@glm what does this alert mean?")
        await on.settled()
        (refused,) = bot_messages(on.slack, "#general", asked.ts)
        assert "an app can't say yes to that" in visible_text(refused)
        assert labels(refused) == ["Ask again"]
        assert not on.model.requests
        await on.slack.people.click("Ana", refused, footer.AGAIN)
        asking = await question(on, asked)
        await on.slack.people.click("Ana", asking, approval_question.APPROVE)
        await wait_for(lambda: on.model.requests, what="Ana may say yes")
        await on.settled()
        assert "what does this alert mean?" in on.question()


async def test_what_is_cheap_enough_is_not_asked_about(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.")], cost_notice=MUCH) as on:
        asked, _ = await ask(on, "is it?")
        assert not questions(on, asked)


async def test_the_button_works_after_a_restart(tmp_path: Path) -> None:
    slack = LocalSlack()
    async with stage(tmp_path, [Reply(text="One.")], slack=slack, budget_user_day=LITTLE) as on:
        await ask(on, "first")
        asked, refused = await ask(on, "second")
        assert labels(refused) == ["Ask again"]
    async with stage(tmp_path, [Reply(text="Two.")], slack=slack) as on:
        await slack.people.click("Ana", refused, footer.AGAIN)
        await wait_for(lambda: on.model.requests, what="the question is asked")
        await on.settled()
        assert "second" in on.question()
        assert visible_text(bot_messages(slack, "#general", asked.ts)[-1]).startswith("Two.")


def test_summaries_are_asked_about_from_the_same_amount() -> None:
    settings = Settings(glm_base_url="https://api.z.ai/api/paas/v4", cost_notice=0.02)
    assert summary_limits(settings).cost == 0.02
