"""`/glm` words that set something: what is told of each, who may, and what stands in `/glm settings` then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.people.access import UNKNOWN
from bot.core.people.settings import ADMINS_ONLY, MEMBERS_ONLY, MOST_INSTRUCTION_CHARS, ONLY_IN_CHANNELS
from bot.playground.workspace.records import Message
from handlers.glm.settings import LISTENS, NOT_THERE, QUIET_WINS
from tests.checks import bot_messages, visible_text
from tests.e2e.documents.test_pictures import PNG
from tests.stage import Stage, stage


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, allow_guests=True, allow_external=True) as on:
        yield on


async def say_it(on: Stage, text: str, user: str = "Ana", channel: str = "#general") -> str:
    """What the person alone is told."""
    await on.slack.people.slash_command(user, channel, "/glm", text)
    await on.carried_out()
    told: Message = bot_messages(on.slack)[-1]
    assert told.ephemeral_to == on.slack.workspace.user(user).id
    return visible_text(told)


def dm(on: Stage, user: str = "Ana") -> str:
    return on.slack.workspace.dm(user).id


# -- what counts, and where it comes from


async def test_settings_tell_what_counts_and_where_it_comes_from(on: Stage) -> None:
    on.slack.workspace.add_user("Cid", is_admin=True)
    assert await say_it(on, "settings") == (
        "*What counts for you in this channel*\n"
        "• reasoning: `line` (the default)\n"
        "• think: `auto` (the default)\n"
        "• cost: `off` (the default)\n"
        "• model: `z-ai/glm-4.6v` (the default)\n"
        "• language: `auto` (the default)\n"
        "• instructions: none (the default)\n"
        "• listen: `off` (the default)\n"
        "• quiet: `off` (the default)\n"
        "• retention: `30 days` (the default)\n"
        "Change one with `/glm think on`, for this channel with `/glm think on here`, take it back with `default`."
    )
    for words in ("reasoning full everyone", "think on everyone", "cost line everyone", "retention 7 everyone"):
        await say_it(on, words, "Cid")
    for words in ("think off here", "instructions Be brief here", "retention 5 here", "quiet on here"):
        await say_it(on, words, "Cid")
    await say_it(on, "cost off")
    await say_it(on, "model glm-4.6v-flash")
    await say_it(on, "instructions Call me Captain")
    told = (await say_it(on, "settings")).splitlines()
    assert told[1:-1] == [
        "• reasoning: `full` (`everyone`)",
        "• think: `off` (`here`)",
        "• cost: `off` (`you`)",
        "• model: `z-ai/glm-4.6v-flash` (`you`)",
        "• language: `auto` (the default)",
        "• instructions (`here`): “Be brief”",
        "• instructions (`you`): “Call me Captain”",
        "• listen: `off` (the default)",
        "• quiet: `on` (`here`)",
        "• retention: `5 days` (`here`)",
    ]
    told_there = await say_it(on, "cost line here", channel=dm(on))
    assert told_there == "Done: cost is now `line` in our direct messages."
    await say_it(on, "cost default here", channel=dm(on))
    elsewhere = await say_it(on, "settings", channel=dm(on))
    assert "• think: `on` (`everyone`)" in elsewhere
    assert "• retention: `7 days` (`everyone`)" in elsewhere
    assert "Be brief" not in elsewhere
    assert "quiet" not in elsewhere, "in direct messages it always answers"


# -- who may


@pytest.mark.parametrize(
    "words", ["instructions x here", "listen on", "quiet on here", "model glm-4.6v-flash here", "think on here"]
)
@pytest.mark.parametrize("who", ["guest", "external"])
async def test_who_is_no_member_sets_nothing_for_a_channel(on: Stage, words: str, who: str) -> None:
    ben = on.slack.workspace.user("Ben")
    if who == "guest":
        ben.is_restricted = True
    else:
        ben.team = "T0ELSEWHERE"
    assert await say_it(on, words, "Ben") == MEMBERS_ONLY
    assert "(`here`)" not in await say_it(on, "settings")


@pytest.mark.parametrize(
    "words", ["instructions x everyone", "listen on everyone", "quiet on everyone", "model glm-4.6v-flash everyone"]
)
async def test_only_admins_set_something_for_everyone(on: Stage, words: str) -> None:
    assert await say_it(on, words) == ADMINS_ONLY
    assert "(`everyone`)" not in await say_it(on, "settings")


async def test_a_guest_sets_what_is_their_own(on: Stage) -> None:
    on.slack.workspace.user("Ben").is_restricted = True
    assert (await say_it(on, "model glm-4.6v-flash", "Ben")).startswith("Done: model is now `z-ai/glm-4.6v-flash`")


async def test_who_is_listed_as_admin_sets_it_for_everyone(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ana = on.slack.workspace.user("Ana").id
    async with stage(tmp_path, admins=(ana,)) as on:
        assert await say_it(on, "quiet on everyone") == "Done: quiet is now `on` for everyone."


async def test_whom_slack_does_not_tell_of_is_asked_to_try_again(on: Stage) -> None:
    on.slack.faults.add("users.info", error="internal_error", times=None)
    assert await say_it(on, "instructions x here") == UNKNOWN


# -- language


async def test_language_is_told_in_the_new_one_and_holds_for_what_is_said_next(on: Stage) -> None:
    assert await say_it(on, "language zh") == "已设置：对你个人，language 现在是 `zh`。"
    assert (await say_it(on, "help")).startswith("*我能做什么*")
    assert (await say_it(on, "help", "Ben")).startswith("*What I can do*")
    assert await say_it(on, "language auto") == "Done: language is now `auto` for you."


async def test_a_channel_has_its_language_and_a_person_their_own_over_it(on: Stage) -> None:
    await say_it(on, "language zh here")
    assert (await say_it(on, "help", "Ben")).startswith("*我能做什么*")
    assert (await say_it(on, "help", "Ben", "#design")).startswith("*What I can do*")
    await say_it(on, "language en", "Ben")
    assert (await say_it(on, "help", "Ben")).startswith("*What I can do*")


async def test_auto_is_the_language_of_slack(on: Stage) -> None:
    on.slack.workspace.user("Ana").locale = "zh-CN"
    await say_it(on, "language en here")
    assert (await say_it(on, "help")).startswith("*What I can do*")
    await say_it(on, "language auto")
    assert (await say_it(on, "help")).startswith("*我能做什么*")


# -- instructions


async def test_instructions_are_set_shown_and_cleared(on: Stage) -> None:
    assert (await say_it(on, "instructions")).startswith("There are no instructions yet.")
    assert (await say_it(on, "instructions show here")).startswith("There are no instructions in this channel yet.")
    told = await say_it(on, "instructions Answer in two sentences")
    assert told == "Done: in threads that begin from now on I keep to this for you:\n> Answer in two sentences"
    await say_it(on, 'instructions "Greet everyone" here')
    assert await say_it(on, "instructions show") == (
        "Instructions in this channel:\n> Greet everyone\nInstructions for you:\n> Answer in two sentences"
    )
    assert await say_it(on, "instructions show here") == "Instructions in this channel:\n> Greet everyone"
    assert (await say_it(on, "instructions clear")).startswith("Done: there are no instructions for you any more.")
    assert await say_it(on, "instructions") == "Instructions in this channel:\n> Greet everyone"


async def test_a_text_in_quotes_is_a_text_whatever_it_says(on: Stage) -> None:
    assert (await say_it(on, 'instructions "clear"')).endswith("\n> clear")
    assert (await say_it(on, "instructions “answer everyone”")).endswith("for you:\n> answer everyone")


async def test_instructions_that_are_too_long_are_refused(on: Stage) -> None:
    told = await say_it(on, "instructions " + "x" * (MOST_INSTRUCTION_CHARS + 1))
    assert told == "That is 2001 characters; instructions can have 2000 at most. Please say it shorter."
    assert (await say_it(on, "instructions")).startswith("There are no instructions yet.")


async def test_instructions_call_nobody(on: Stage) -> None:
    ben = on.slack.workspace.user("Ben")
    told = await say_it(on, f"instructions Always call <@{ben.id}|ben> and <!channel> here")
    assert told.endswith(f"\n> Always call @{ben.name} and @channel") or "<" not in told


# -- models


async def test_the_models_are_listed_with_what_they_see_and_cost(on: Stage) -> None:
    lines = (await say_it(on, "model list")).splitlines()
    assert lines[1] == (
        "• `glm-4.6v`: sees pictures, window of 128K tokens, $0.30 in and $0.90 out for a million tokens – yours now"
    )
    assert "• `glm-4.6`: reads text only, window of 198K tokens, price not known" in lines


async def test_a_model_is_chosen_and_taken_back(on: Stage) -> None:
    assert await say_it(on, "model GLM-4.6") == "Done: model is now `z-ai/glm-4.6` for you."
    assert (await say_it(on, "model")).startswith("model is `z-ai/glm-4.6` for you: reads text only,")
    assert await say_it(on, "model default") == "Done: model is `z-ai/glm-4.6v` for you again."


async def test_an_unknown_model_is_answered_by_the_nearest(on: Stage) -> None:
    told = await say_it(on, "model glm4.6v here")
    assert told.startswith("There is no model “glm4.6v” here. Did you mean `/glm model glm-4.6v here`")
    assert await say_it(on, "model zzz") == ("There is no model “zzz” here. `/glm model list` shows all there are.")
    assert (await say_it(on, "model")).startswith("model is `z-ai/glm-4.6v` for you")


# -- listening


async def test_listening_is_for_channels(on: Stage) -> None:
    assert await say_it(on, "listen on", channel=dm(on)) == ONLY_IN_CHANNELS
    assert await say_it(on, "quiet", channel=dm(on)) == ONLY_IN_CHANNELS
    assert await say_it(on, "listen on") == f"Done: listen is now `on` in this channel. {LISTENS}"
    assert await say_it(on, "quiet on") == "Done: quiet is now `on` in this channel."
    assert await say_it(on, "listen on here") == f"Done: listen is now `on` in this channel. {QUIET_WINS}"
    assert await say_it(on, "listen off") == "Done: listen is now `off` in this channel."


async def test_where_it_is_not_it_asks_to_be_invited(on: Stage) -> None:
    on.slack.workspace.channel("#design").members.remove(on.slack.workspace.bot.id)
    told = await say_it(on, "listen on", channel="#design")
    assert told == f"Done: listen is now `on` in this channel. {NOT_THERE}"


async def test_an_answer_s_own_words_are_in_the_language_of_its_channel(on: Stage) -> None:
    await say_it(on, "language zh here")
    await say_it(on, "model glm-4.6 here")
    picture = on.slack.people.upload("Ben", "form.png", PNG)
    asked = on.slack.people.post("Ben", "#general", "@glm what is this?", files=[picture])
    (told,) = await on.answers("#general", asked.ts)
    assert "GLM-4.6 只读文字" in told
    elsewhere = on.slack.people.post("Ben", "#design", "@glm what is this?", files=[picture])
    (told,) = await on.answers("#design", elsewhere.ts)
    assert "Read: form.png" in told
    assert "只" not in told
