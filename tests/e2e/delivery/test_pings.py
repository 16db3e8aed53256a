"""Hostile words in every place they can come from, looked for in every call that was made to Slack.

That nothing pings is looked at by `stage` itself, of this scene and of all others.
"""

from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from bot.slack.dialogs import approval_question
from tests.checks import wait_for
from tests.e2e.acting import calling, post, quarters, report, shared_files
from tests.e2e.tools.mcp_server import INJECTION
from tests.e2e.tools.test_approvals import by_sdk, config, question, questions
from tests.e2e.tools.test_illustrated import has_picture
from tests.pings import HOSTILE, said
from tests.stage import stage

PRIZE = "<!channel> Free prize"
LINK = "[bank.example](https://evil.example)"


async def test_a_caption_without_alt_text(tmp_path: Path) -> None:
    """Where the picture stands, in the message's text, in the title, and in the comment of the file that is shared
    where Slack does not take the block.
    """
    chart = {"type": "bar", "title": PRIZE, "labels": ["a", "b"], "series": [{"name": PRIZE, "values": [1, 2]}]}
    script = [calling(("make_chart", chart)), Reply(text="Look: ![](chart_1) and ![](img_1)")]
    async with stage(tmp_path, script) as on:
        for method in ("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update"):
            on.slack.faults.add(method, error="invalid_blocks", times=None, when=has_picture)
        asked = post(on, "draw", (f"{PRIZE}.png", quarters()))
        await on.answers(asked.channel, asked.ts)
        await on.settled()
        assert shared_files(on, asked)
        places = {place.rpartition("/")[2] for place, words in said(on.slack) if "Free prize" in words}
        assert places >= {"text", "initial_comment", "alt_txt"}, places


@pytest.mark.parametrize("pace", [OfflinePace(0.0, 2_000.0), OfflinePace(0.0, 60.0)])
async def test_an_answer_full_of_it(tmp_path: Path, pace: OfflinePace) -> None:
    text = "\n\n".join(
        [*HOSTILE, f"see {LINK}", f"# {PRIZE}", f"| a | b |\n|---|---|\n| {PRIZE} | {LINK} |", PRIZE[:9]]
    )
    async with stage(tmp_path, [Reply(text=text, reasoning=f"{PRIZE} {LINK}")], pace=pace) as on:
        asked = post(on, f"hello {PRIZE}")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.count("(evil.example)") == 2


async def test_tables_and_files_that_tools_make(tmp_path: Path) -> None:
    table = {"title": PRIZE, "columns": [PRIZE, "b"], "rows": [[PRIZE, LINK]] * 3}
    file = {"name": f"{PRIZE}.md", "content": PRIZE}
    script = [calling(("make_table", table), ("make_file", file)), Reply(text="![](table_1) ![](file_1)")]
    async with stage(tmp_path, script) as on:
        asked = post(on, "make them")
        await on.answers(asked.channel, asked.ts)
        await on.settled()
        assert any("Free prize" in words for _, words in said(on.slack))


async def test_a_title_and_the_prompts_of_files(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Done.")] * 2) as on:
        asked = post(on, f"what about {PRIZE} <@U0BEN0000>? Tell me.")
        await on.answers(asked.channel, asked.ts)
        named = on.slack.people.post("Ana", "@glm", "", files=[on.slack.people.upload("Ana", f"{PRIZE}.pdf", report())])
        await on.answers(named.channel, named.ts)


async def test_the_question_for_approval_pings_nobody(tmp_path: Path) -> None:
    script = [calling(("desk_lookup", {"word": "tea"})), calling(("desk_publish", {"words": PRIZE}), first_id=2)]
    async with stage(tmp_path, [*script, Reply(text="Done.")], mcp_config=config(tmp_path, by_sdk(tmp_path))) as on:
        asked = post(on, f"publish it {INJECTION}")
        value = await question(on, asked)
        await on.slack.people.click("Ana", value, approval_question.DENY)
        await on.carried_out()
        await wait_for(lambda: not questions(on, asked))
        await on.answers(asked.channel, asked.ts)
