"""The chosen model is away: another one answers, the line under the answer says so, and it is paid as what it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import GO_ON, ModelBusy
from bot.glm.offline.faults import aborted, away, busy
from bot.glm.offline.reply import OfflinePace, Reply
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.acting import calling, post, quarters, results
from tests.e2e.people.test_money import sums
from tests.stage import Stage, stage

SET, NEXT = "z-ai/glm-4.6v", "z-ai/glm-4.6v-flashx"
LINE = "GLM-4.6V is away just now, so GLM-4.6V-FlashX answered instead."
LONG = "The pump on the second floor leaks at its lower valve, so close that one before the others.\n" * 6


def named(body: dict[str, Any]) -> Reply:
    return Reply(f"I am {body['model']}.")


def asked_of(on: Stage) -> list[str]:
    return [str(received.body["model"]) for received in on.model.requests]


async def test_another_model_answers_and_the_line_under_it_says_so(tmp_path: Path) -> None:
    audit = tmp_path / "audit.jsonl"
    async with stage(tmp_path, named, budget_user_day=100.0, audit_log=str(audit)) as on:
        on.model.faults["glm-4.6v"] = away()
        asked = post(on, "why is it so?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(f"I am {NEXT}.")
        assert LINE in shown
        spent = await sums(on)
        assert spent[f"model:{NEXT}"] == spent["all"] > 0
        assert f"model:{SET}" not in spent
        assert not [key async for key in on.services.redis.scan_iter("glm:reserved:*")], "all of it was given back"
        on.model.faults.clear()
        post(on, "and now?", thread_ts=asked.ts)
        assert LINE not in (await on.answers(asked.channel, asked.ts, 2))[1]
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    answers = [line for line in lines if line["event"] == "answer"]
    assert [line["model"] for line in answers] == [NEXT, SET]
    assert round(answers[0]["cost"] * 1_000_000) == spent["all"]


async def test_it_is_said_in_the_asker_s_language(tmp_path: Path) -> None:
    async with stage(tmp_path, named) as on:
        on.slack.workspace.user("Ana").locale = "zh-CN"
        on.model.faults["glm-4.6v"] = away()
        asked = post(on, "为什么？")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert "GLM-4.6V 暂时不可用，这次由 GLM-4.6V-FlashX 代为回答。" in shown


async def test_pictures_go_to_the_first_of_the_list_that_sees(tmp_path: Path) -> None:
    async with stage(tmp_path, named, glm_fallback=["z-ai/glm-4.6", "z-ai/glm-4.5v"]) as on:
        on.model.faults["glm-4.6v"] = away(502)
        asked = post(on, "what is it?", ("plan.png", quarters()))
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith("I am z-ai/glm-4.5v.")
        other = post(on, "why is it so?")
        assert (await on.answers(other.channel, other.ts))[0].startswith("I am z-ai/glm-4.6.")


async def test_a_turn_stays_with_the_model_that_took_it_over(tmp_path: Path) -> None:
    def answers(body: dict[str, Any]) -> Reply:
        rounds = len(results(body))
        if rounds == 0:
            on.model.faults["glm-4.6v"] = away()
        if rounds < 3:
            return calling(("calculate", {"expression": f"6*{rounds}"}), first_id=rounds + 1)
        return named(body)

    async with stage(tmp_path, answers) as on:
        asked = post(on, "what is six times seven?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert f"I am {NEXT}." in shown
        assert shown.count(LINE) == 1
        assert asked_of(on) == [SET, SET, SET, SET, NEXT, NEXT, NEXT]
        assert len(results(on.asked())) == 3


async def test_off_tells_that_the_model_is_away(tmp_path: Path) -> None:
    async with stage(tmp_path, named, glm_fallback=[]) as on:
        on.model.faults["glm-4.6v"] = away()
        asked = post(on, "why?")
        assert ModelBusy.user_message in (await on.answers(asked.channel, asked.ts))[0]
        assert set(asked_of(on)) == {SET}


async def test_a_busy_model_is_waited_for(tmp_path: Path) -> None:
    refusals = iter([busy(0.1)] * 5)
    async with stage(tmp_path, lambda body: next(refusals, None) or named(body)) as on:
        asked = post(on, "why?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(f"I am {SET}.")
        assert set(asked_of(on)) == {SET}


async def test_little_text_of_the_first_gives_way_on_the_screen(tmp_path: Path) -> None:
    is_shown = False

    def answers(body: dict[str, Any]) -> Reply:
        if body["model"] == SET:
            return Reply("Well, I think that it is some", cut_after_words=5, wait_s=0.0)
        return named(body) if is_shown else busy(0.1)

    async with stage(tmp_path, answers, pace=OfflinePace(0.0, 200.0)) as on:
        asked = post(on, "what is to be done?")
        await wait_for(lambda: "Well" in "".join(visible_text(one) for one in bot_messages(on.slack)))
        is_shown = True
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(f"I am {NEXT}.")
        assert "Well" not in shown


async def test_a_long_text_stays_and_continue_asks_the_next_model(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda body: aborted(Reply(LONG)) if body["model"] == SET else named(body)) as on:
        asked = post(on, "what is to be done?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(LONG[:300])
        assert GO_ON in shown
        on.model.faults["glm-4.6v"] = away()
        post(on, "continue", thread_ts=asked.ts)
        assert (await on.answers(asked.channel, asked.ts, 2))[1].startswith(f"I am {NEXT}.")


@pytest.mark.parametrize(("notice", "answers"), [(0.002, "z-ai/glm-4.6v-flash"), (10.0, SET)])
async def test_a_dearer_model_than_may_be_asked_unasked_is_passed_over(
    tmp_path: Path, notice: float, answers: str
) -> None:
    """What people agreed to, or need not be asked about, is the price of the model they have."""
    listed = [SET, "z-ai/glm-4.6v-flash"]
    async with stage(tmp_path, named, glm_model=NEXT, glm_fallback=listed, cost_notice=notice) as on:
        on.model.faults["glm-4.6v-flashx"] = away()
        asked = post(on, "explain why it is so")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(f"I am {answers}.")
