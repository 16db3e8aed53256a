"""A picture that Slack refuses, though it has looked at its file, becomes a shared file without waiting."""

from pathlib import Path

from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Json
from tests.checks import calls_of
from tests.e2e.acting import post, quarters, shared_files
from tests.stage import stage


async def test_a_picture_that_is_refused_for_good_is_not_tried_again_and_again(tmp_path: Path) -> None:
    def has_picture(args: Json) -> bool:
        return "slack_file" in str(args)

    answer = Reply(text="The plan: ![the plan](img_1) and an end.")
    async with stage(tmp_path, [answer], pace=OfflinePace(0.0, 60.0)) as on:
        on.slack.faults.add("*", error="invalid_blocks", times=None, when=has_picture)
        asked = post(on, "show me", ("plan.png", quarters()))
        await on.answers(asked.channel, asked.ts)
        assert shared_files(on, asked)
        assert len([call for call in calls_of(on.slack, "chat.postMessage") if has_picture(call.args)]) == 1
