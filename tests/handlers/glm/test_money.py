"""`/glm usage`, `/glm budget` and `/glm cost`, as people and admins type them."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.money.budgets import WORKSPACE
from bot.core.money.ledger import Grant, RequestCost
from bot.core.money.payer import Payer
from bot.errors import StateError
from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.dialogs.usage import CSV
from bot.store.money.spending import Spending
from handlers.glm.money import BUDGETS_BY_ADMINS, FOR_ADMINS, NOTHING_USED, SENT_TO_YOU
from handlers.glm.words import HELP
from tests.checks import bot_messages, visible_text
from tests.stage import Stage, stage

DIME = 100_000


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    """Ana is an admin, Ben is not."""
    async with stage(tmp_path) as on:
        on.slack.workspace.user("Ana").is_admin = True
        yield on


async def told(on: Stage, text: str, who: str = "Ana", channel: str = "#general") -> Message:
    delivery = await on.slack.people.slash_command(who, channel, "/glm", text)
    assert delivery.is_acknowledged
    await on.carried_out()
    said = [one for one in bot_messages(on.slack) if one.ephemeral_to == ids(on, who)]
    return said[-1]


async def say_it(on: Stage, text: str, who: str = "Ana", channel: str = "#general") -> str:
    return visible_text(await told(on, text, who, channel))


def ids(on: Stage, who: str) -> str:
    return on.slack.workspace.user(who).id


async def spend(on: Stage, who: str, cost: int, channel: str = "#general", model: str = "glm-4.6v") -> None:
    team, place = on.services.identity.team, on.slack.workspace.channel(channel).id
    found = await on.services.spending.reserve(Payer(team, place, ids(on, who)), cost)
    assert isinstance(found, Grant)
    await on.services.spending.settle(found.reservation, RequestCost(model, cost, 1_000, 50))


async def limits(on: Stage, *owners: str) -> list[tuple[str, str, int]]:
    standings = await on.services.spending.standings(on.services.identity.team, owners)
    return [(one.limit.owner, one.limit.period, one.limit.amount) for one in standings]


async def test_usage_tells_today_this_month_and_what_is_left(on: Stage) -> None:
    await spend(on, "Ben", 3 * DIME)
    await say_it(on, f"budget 1 day <@{ids(on, 'Ben')}|ben>")
    message = await told(on, "usage", "Ben")
    shown = visible_text(message)
    assert "Today: $0.30 · this month: $0.30" in shown
    assert re.search(r"Your budget for today: \$0\.70 left of \$1\.00, renews on \d{4}-\d\d-\d\d at \d\d:\d\d", shown)
    (chart,) = [block for block in message.blocks if block["type"] == "data_visualization"]
    values = [point["value"] for point in chart["chart"]["series"][0]["data"]]
    assert values == [0] * 13 + [0.3]
    assert "Download" not in shown, "only admins can"


async def test_who_has_used_nothing_is_told_so_without_a_chart(on: Stage) -> None:
    message = await told(on, "usage", "Ben")
    assert "Today: $0.00 · this month: $0.00" in visible_text(message)
    assert "No budget is set." in visible_text(message)
    assert [block["type"] for block in message.blocks] == ["section"]


async def test_where_no_price_is_known_it_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, glm_provider="vllm") as on:
        assert "I don't know what this model costs" in await say_it(on, "usage")


async def test_usage_of_a_channel_and_of_everyone(on: Stage) -> None:
    await spend(on, "Ben", 3 * DIME)
    await spend(on, "Ana", 1 * DIME, "#design", "glm-5v-turbo")
    direct = Payer(on.services.identity.team, "D0ANA", ids(on, "Ana"))
    found = await on.services.spending.reserve(direct, 0)
    assert isinstance(found, Grant)
    await on.services.spending.settle(found.reservation, RequestCost("glm-4.6v", DIME // 2))
    assert "Today: $0.30" in await say_it(on, "usage here", "Ben")
    assert await say_it(on, "usage everyone", "Ben") == FOR_ADMINS
    everyone = await say_it(on, "usage everyone")
    assert "Today: $0.45" in everyone
    assert re.search(rf"By person.*<@{ids(on, 'Ben')}>: \$0\.30\n• <@{ids(on, 'Ana')}>: \$0\.15", everyone, re.DOTALL)
    assert re.search(r"By model.*glm-4\.6v`?: \$0\.35", everyone, re.DOTALL)
    assert re.search(r"By channel.*Direct messages: \$0\.05", everyone, re.DOTALL)


async def test_admins_download_all_of_it_and_nobody_else_does(on: Stage) -> None:
    assert await say_it(on, "usage csv") == NOTHING_USED
    await spend(on, "Ben", 3 * DIME)
    assert await say_it(on, "usage csv", "Ben") == FOR_ADMINS
    assert await say_it(on, "usage csv") == SENT_TO_YOU
    (file,) = [one for one in on.slack.workspace.files.values() if one.name.endswith(".csv")]
    head, row = csv.reader(io.StringIO(file.data.decode("utf-8-sig")))
    found = dict(zip(head, row, strict=True))
    assert found["day"] == on.services.spending.today.isoformat()
    assert (found["person"], found["person_id"]) == ("Ben", ids(on, "Ben"))
    assert found["channel"] == on.slack.workspace.channel("#general").id
    assert [found[name] for name in ("model", "requests", "tokens_in", "tokens_out", "cost", "currency")] == [
        "glm-4.6v",
        "1",
        "1000",
        "50",
        "0.300000",
        "USD",
    ]


async def test_the_button_does_the_same_for_admins_alone(on: Stage) -> None:
    await spend(on, "Ben", 3 * DIME)
    shown = await told(on, "usage everyone")
    for who, words in (("Ben", FOR_ADMINS), ("Ana", SENT_TO_YOU)):
        await on.slack.people.click(who, shown, CSV)
        await on.carried_out()
        said = [visible_text(one) for one in bot_messages(on.slack) if one.ephemeral_to == ids(on, who)]
        assert said[-1] == words


@pytest.mark.parametrize(
    ("text", "owner", "period", "amount"),
    [
        ("budget 5 day <@{ben}|ben>", "{ben}", "day", 5_000_000),
        ("budget <@{ben}> 2.50 WEEK", "{ben}", "week", 2_500_000),
        ("budget $20 day here", "{general}", "day", 20_000_000),
        ("budget 20 day <#{general}|general>", "{general}", "day", 20_000_000),
        ("budget 500 month everyone", WORKSPACE, "month", 500_000_000),
        ("budget ¥0.5 day", "{ana}", "day", 500_000),
    ],
)
async def test_admins_set_budgets(on: Stage, text: str, owner: str, period: str, amount: int) -> None:
    names = {"ben": ids(on, "Ben"), "ana": ids(on, "Ana"), "general": on.slack.workspace.channel("#general").id}
    shown = await say_it(on, text.format(**names))
    assert shown.startswith("Done: ")
    assert f"a {period}. It renews on " in shown
    assert await limits(on, owner.format(**names)) == [(owner.format(**names), period, amount)]


async def test_off_takes_a_limit_away_the_default_too(tmp_path: Path) -> None:
    async with stage(tmp_path, budget_workspace_month=3.0) as on:
        on.slack.workspace.user("Ana").is_admin = True
        assert await limits(on, WORKSPACE) == [(WORKSPACE, "month", 3_000_000)]
        assert await say_it(on, "budget off month everyone") == "Done: the workspace has no limit a month any more."
        assert await limits(on, WORKSPACE) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("budget 5", "Something is missing there. Did you mean `/glm budget 5 day everyone`?"),
        ("budget week here", "Something is missing there. Did you mean `/glm budget 5 week here`?"),
        ("budget 5 dya here", "I don't understand “dya” there. Did you mean `/glm budget 5 day here`?"),
        ("budget five day here", "I don't understand “five” there. Did you mean `/glm budget 5 day here`?"),
        ("budget -5 day", "I don't understand “-5” there. Did you mean `/glm budget 5 day everyone`?"),
        ("budget 0 day", "I don't understand “0” there. Did you mean `/glm budget 5 day everyone`?"),
        ("budget 7 day @ben", "I don't understand “@ben” there. Did you mean `/glm budget 7 day everyone`?"),
        ("budget 7 8 day", "I don't understand “8” there. Did you mean `/glm budget 7 day everyone`?"),
        ("usage csv here", "I don't understand “csv here” there. Did you mean `/glm usage everyone`?"),
        ("budget everyone 5 day", "I don't understand “everyone” there. Did you mean `/glm budget 5 day everyone`?"),
        ("usage yesterday", "I don't understand “yesterday” there. Did you mean `/glm usage everyone`?"),
    ],
)
async def test_wrong_words_are_answered_with_the_nearest_right_line(on: Stage, text: str, told: str) -> None:
    assert await say_it(on, text) == told
    assert await limits(on, ids(on, "Ana"), ids(on, "Ben"), WORKSPACE) == []


async def test_who_is_listed_as_an_admin_sets_them_and_sees_all_too(tmp_path: Path) -> None:
    slack = LocalSlack()
    ben = slack.workspace.user("Ben")
    async with stage(tmp_path, slack=slack, admins=[ben.id]) as on:
        assert await say_it(on, "budget 6 day everyone", "Ana") == BUDGETS_BY_ADMINS
        await say_it(on, "budget 5 day everyone", "Ben")
        assert await limits(on, WORKSPACE) == [(WORKSPACE, "day", 5_000_000)]
        assert "What the workspace has used" in await say_it(on, "usage everyone", "Ben")


async def test_nobody_else_sets_budgets(on: Stage) -> None:
    assert await say_it(on, "budget 5 day everyone", "Ben") == BUDGETS_BY_ADMINS
    assert await limits(on, WORKSPACE) == []


async def test_alone_it_tells_the_budgets_that_count_here(on: Stage) -> None:
    await say_it(on, "budget 5 day here")
    assert "This channel's budget for today: $5.00 left of $5.00" in await say_it(on, "budget", "Ben")


async def test_the_cost_stands_under_answers_where_somebody_wants_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.")] * 2) as on:
        for text, is_told in (("cost line", True), ("cost off", False)):
            await say_it(on, text)
            asked = on.slack.people.post("Ana", "#general", "@glm is it?")
            (answer,) = await on.answers("#general", asked.ts)
            assert bool(re.search(r"Cost: \$0\.00\d+", answer)) is is_told


async def test_it_speaks_the_person_s_language(on: Stage) -> None:
    on.slack.workspace.user("Ana").locale = "zh-CN"
    assert "今天：$0.00 · 本月：$0.00" in await say_it(on, "usage")
    assert (await say_it(on, "budget 5 day everyone")).startswith("已设置：工作区每天可以花 $5.00")
    assert await say_it(on, "") != HELP


async def test_a_store_that_is_away_is_told_of(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise StateError("away")

    monkeypatch.setattr(Spending, "allow", away)
    assert await say_it(on, "budget 5 day everyone") == StateError.user_message
