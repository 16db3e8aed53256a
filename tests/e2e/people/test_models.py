"""A model of one's choice: it answers the next question, at its price, and looks at nothing it can't see."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.glm.offline.reply import Reply
from tests.checks import bot_messages, visible_text
from tests.e2e.documents.test_pictures import PNG
from tests.e2e.people.test_money import sums
from tests.stage import Stage, stage

FLASHX = "z-ai/glm-4.6v-flashx"


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, lambda _: Reply(text="Fine.")) as on:
        yield on


async def command(on: Stage, text: str, user: str = "Ana") -> None:
    await on.slack.people.slash_command(user, "#general", "/glm", text)
    await on.carried_out()


async def ask(on: Stage, words: str, **more: Any) -> str:
    """The answer as it stands there."""
    asked = on.slack.people.post(more.pop("user", "Ana"), "#general", f"@glm {words}", **more)
    root = more.get("thread_ts") or asked.ts
    before = len(bot_messages(on.slack, "#general", root))
    await on.answers("#general", root, before + 1)
    return visible_text(bot_messages(on.slack, "#general", root)[-1])


async def test_the_choice_holds_for_the_next_question_of_who_has_made_it(on: Stage) -> None:
    root = on.slack.people.post("Ana", "#general", "Morning")
    await ask(on, "why?", thread_ts=root.ts)
    await command(on, "model glm-4.6v-flashx")
    await ask(on, "and now?", thread_ts=root.ts)
    await ask(on, "and I?", user="Ben")
    await command(on, "model glm-5.2 here")
    await ask(on, "and I now?", user="Ben")
    await command(on, "model default")
    await ask(on, "and me?")
    assert [one.body["model"] for one in on.model.requests] == [
        "z-ai/glm-4.6v",
        FLASHX,
        "z-ai/glm-4.6v",
        "z-ai/glm-5.2",
        "z-ai/glm-5.2",
    ]


async def test_it_is_paid_for_at_its_price_and_counted_by_its_name(on: Stage) -> None:
    await command(on, "cost line")
    await ask(on, "how are you?")
    dear = await sums(on)
    await command(on, "model glm-4.6v-flashx")
    told = await ask(on, "how are you?")
    spent = await sums(on)
    cheap = spent[f"model:{FLASHX}"]
    assert 0 < cheap < dear["model:z-ai/glm-4.6v"] / 2, "a seventh of the price for what is read"
    assert spent["all"] == dear["all"] + cheap
    assert "Cost: $0.00" in told


async def test_a_budget_holds_for_a_model_whose_price_nobody_knows(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Fine."), budget_user_day=0.0001) as on:
        await command(on, "model glm-5.2")
        await ask(on, "how are you?")
        assert "is used up" in await ask(on, "and now?")
        assert len(on.model.requests) == 1


async def test_pictures_are_refused_by_a_model_that_reads_text_only(on: Stage) -> None:
    await command(on, "model glm-4.6")
    await ask(on, "how are you?")
    on.model.requests.clear()
    before = await sums(on)
    picture = on.slack.people.upload("Ana", "plan.png", PNG)
    told = await ask(on, "what is wrong here?", files=[picture])
    assert told.removeprefix("⚠️ ").startswith(
        "GLM-4.6 reads text only, so it can't look at the pictures of this conversation. Choose one that can, such as"
        " GLM-4.6V, and ask again: `/glm model glm-4.6v`"
    )
    assert not on.model.requests
    assert await sums(on) == before
    assert not [key async for key in on.services.redis.scan_iter("glm:reserved:*")]
    await command(on, "language zh")
    assert "GLM-4.6 只读文字" in await ask(on, "what is wrong here?", files=[picture])


async def test_who_is_refused_is_not_asked_whether_it_may_cost_that_much(tmp_path: Path) -> None:
    async with stage(tmp_path, cost_notice=0.000001) as on:
        await command(on, "model glm-4.6")
        picture = on.slack.people.upload("Ana", "plan.png", PNG)
        assert "reads text only" in await ask(on, "what is wrong here?", files=[picture])


async def test_a_model_of_another_provider_is_the_default_again(on: Stage) -> None:
    ana = on.slack.workspace.user("Ana").id
    await on.services.redis.hset(f"glm:prefs:{on.slack.workspace.team.id}:{ana}", "model", "acme/eye-9")
    await ask(on, "how are you?")
    assert on.asked()["model"] == "z-ai/glm-4.6v"
