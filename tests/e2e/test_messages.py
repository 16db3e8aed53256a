"""What people see, the bot sees: forwarded messages, alerts, tables, what was said between two questions, names."""

from pathlib import Path

import pytest

from bot.core.prompt.previews import UNFURL_WAITS_S
from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json, Message
from bot.playground.workspace.sharing import pasted_table, permalink
from bot.slack.dialogs import approval_question
from tests.checks import PATIENCE_S, bot_messages, calls_of, visible_text, wait_for
from tests.e2e.acting import calling, every_text, picture_called, quarters, results
from tests.e2e.tools.test_approvals import outside, question
from tests.stage import Stage, stage, text_of

ALERT = {
    "title": "[FIRING:1] DiskFull",
    "title_link": "https://am.example/#/alerts",
    "text": "*db1* is at 98 %",
    "fields": [{"title": "Severity", "value": "critical", "short": True}],
    "fallback": "[FIRING:1] DiskFull | https://am.example",
    "footer": "Alertmanager",
}
TOLD = "[[FIRING:1] DiskFull](https://am.example/#/alerts)\n*db1* is at 98 %\nSeverity: critical\nAlertmanager"


async def test_a_forwarded_message_without_a_comment_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Friday.")]) as on:
        said = on.slack.people.post("Ben", "#general", "We ship on Friday, @Ana <3")
        asked = on.slack.people.forward("Ana", "@glm", said)
        await on.answers(asked.channel, asked.ts)
        assert on.question() == "Forwarded from Ben in #general:\nWe ship on Friday, @Ana <3\n"


async def test_a_message_forwarded_into_a_channel_with_a_mention(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Friday.")]) as on:
        said = on.slack.people.post("Ben", "#design", "We ship on Friday, @glm.")
        asked = on.slack.people.forward("Ana", "#general", said, "@glm when?")
        await on.answers("#general", asked.ts)
        # Ben's own mention is answered too, sooner or later.
        asked_about = [text_of(request["messages"][-1]) for request in map(on.asked, range(len(on.model.requests)))]
        assert "Ana: when?\nForwarded from Ben in #design:\nWe ship on Friday, @glm.\n" in asked_about


async def test_files_of_a_forwarded_message_are_seen(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Four colours.")]) as on:
        file = on.slack.people.upload("Ben", "quarters.png", quarters(), mimetype="image/png")
        said = on.slack.people.post("Ben", "#general", "look", files=[file])
        asked = on.slack.people.forward("Ana", "@glm", said, "which colours?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert picture_called(on.asked(), "img_1").getpixel((10, 10)) == (255, 0, 0)
        assert "Read: quarters.png" in answer


async def test_a_mention_under_a_tracker_s_card_sees_the_card(tmp_path: Path) -> None:
    fields = {"elements": [{"type": "field", "label": "Status", "text": {"text": "Blocked by legal"}}]}
    layouts = {"expanded": {"title": {"text": "Login is slow"}, "fields": fields}}
    entity = {"external_url": "https://tracker.example/1", "display_type": "Issue", "layouts": layouts}
    async with stage(tmp_path, [Reply(text="Ask legal.")]) as on:
        card = on.slack.people.app_posts("Tracker", "#general", attachments=[{"id": 1, "work_object_entity": entity}])
        on.slack.people.post("Ben", "#general", "@glm what now?", thread_ts=card.ts)
        await on.answers("#general", card.ts)
        told = "[Login is slow](https://tracker.example/1)\nIssue\nStatus: Blocked by legal"
        assert on.question() == f"Tracker:\n{told}\nBen: what now?\n"


async def test_a_mention_under_an_alert_sees_the_alert(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Make room.")]) as on:
        alert = on.slack.people.app_posts("Alertmanager", "#general", attachments=[ALERT])
        on.slack.people.post("Ben", "#general", "@glm what now?", thread_ts=alert.ts)
        await on.answers("#general", alert.ts)
        assert on.question() == f"Alertmanager:\n{TOLD}\nBen: what now?\n"


async def test_a_pasted_table_is_a_table(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="B.")]) as on:
        table = pasted_table([["Item", "Price"], ["A", "3"], ["B | C", "4"]])
        asked = on.slack.people.post("Ana", "@glm", "which is dearest?", attachments=[table])
        await on.answers(asked.channel, asked.ts)
        assert on.question() == ("which is dearest?\n| Item | Price |\n| --- | --- |\n| A | 3 |\n| B \\| C | 4 |\n")


async def test_a_message_that_is_linked_to_is_seen_though_slack_shows_it_only_a_moment_later(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Friday.")]) as on:
        said = on.slack.people.post("Ben", "#general", "We ship on Friday.")
        asked = on.slack.people.post("Ana", "@glm", f"{permalink(on.slack.workspace, said)}，总结")
        on.slack.people.unfurl(asked, of=said)
        await on.answers(asked.channel, asked.ts)
        assert on.question().endswith("，总结\nForwarded from Ben in #general:\nWe ship on Friday.\n")


CARD = "Preview of https://example.com:\nENG-1: Login broken\n"


async def test_the_preview_of_a_page_is_seen_though_slack_shows_it_only_a_moment_later(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Logins.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm what is https://tracker.example/ENG-1 about?")
        on.slack.people.unfurl(asked, title="ENG-1: Login broken")
        await on.answers("#general", asked.ts)
        assert on.question() == f"Ana: what is https://tracker.example/ENG-1 about?\n{CARD}"


@pytest.mark.parametrize(
    ("place", "told"),
    [("#general", f"Ana:\n{CARD}Ana: what is broken?\n"), ("@glm", f"{CARD}what is broken?\n")],
)
@pytest.mark.parametrize("store", ["full", "minimal"])
async def test_a_preview_that_comes_after_the_answer_is_seen_with_the_next_question(
    tmp_path: Path, place: str, told: str, store: str
) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Fine."), store=store) as on:
        asked = on.slack.people.post("Ana", place, "@glm what is https://tracker.example/ENG-1 about?")
        await on.answers(asked.channel, asked.ts)
        before = list(on.asked()["messages"])
        on.slack.people.unfurl(asked, title="ENG-1: Login broken")
        on.slack.people.post("Ana", place, "what is broken?", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        assert str(on.asked()["messages"]).count("Login broken") == 1
        if store == "full":
            assert on.asked()["messages"][: len(before)] == before, "byte for byte"
            assert on.question() == told
        on.slack.people.post("Ana", place, "sure?", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 3)
        assert str(on.asked()["messages"]).count("Login broken") == 1


async def test_a_late_preview_is_gone_with_its_message(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Fine.")) as on:
        root = on.slack.people.post("Ben", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        asked = on.slack.people.post("Ana", "#general", "@glm https://tracker.example/ENG-1?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        on.slack.people.unfurl(asked, title="ENG-1: Login broken")
        on.slack.people.post("Ben", "#general", "@glm what is broken?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        assert "Login broken" in on.question()
        on.slack.people.delete(asked)
        await on.settled()
        on.slack.people.post("Ben", "#general", "@glm and now?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 4)
        assert "Login broken" not in str(on.asked())


async def test_the_bot_s_name_in_a_question_is_a_word_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm !think is @glm cheaper than Claude?")
        await on.answers("#general", asked.ts)
        assert on.question() == "Ana: is @glm cheaper than Claude?\n"


async def test_a_link_that_slack_shows_nothing_of_is_waited_for_only_a_moment(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="I can't see it.")]) as on:
        secret = on.slack.people.post("Ben", "#design", "secret")
        asked = on.slack.people.post("Ana", "@glm", f"read {permalink(on.slack.workspace, secret)}")
        await on.answers(asked.channel, asked.ts)
        assert "secret" not in on.question()
        assert len(calls_of(on.slack, "conversations.history")) == len(UNFURL_WAITS_S)


@pytest.mark.parametrize("words", ["stop", "!think", "stay quiet"])
async def test_a_quote_is_no_command(tmp_path: Path, words: str) -> None:
    async with stage(tmp_path, [Reply(text="Hello."), Reply(text="That is a word.")]) as on:
        root = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        said = on.slack.people.post("Ben", "#design", words)
        on.slack.people.forward("Ana", "#general", said, thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == f"Ana:\nForwarded from Ben in #design:\n{words}\n"


async def test_an_address_in_a_quote_is_opened_only_when_a_person_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(monkeypatch) as site:
        url = f"{site.origin}/leeks"
        script = [calling(("fetch_url", {"url": url})), Reply(text="No leeks.")]
        async with stage(tmp_path, script) as on:
            said = on.slack.people.post("Ben", "#general", f"open {url}")
            asked = on.slack.people.forward("Ana", "@glm", said, "what is it?")
            await on.slack.people.click("Ana", await question(on, asked), approval_question.DENY)
            await wait_for(lambda: "No leeks." in shown(on, asked))
            await on.settled()
            assert site.asked == 0
            assert "did not agree" in results(on.asked())["call_1"]


async def test_an_address_that_an_outsider_wrote_is_opened_only_when_a_person_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(monkeypatch) as site:
        url = f"{site.origin}/leeks"
        local = LocalSlack()
        local.workspace.add_user("Eve", team="T0OTHER00")
        local.workspace.join("#general", "Eve")
        script = [calling(("fetch_url", {"url": url})), Reply(text="No leeks.")]
        async with stage(tmp_path, script, slack=local) as on:
            ticket = on.slack.people.post("Eve", "#general", f"our ticket: open {url}")
            asked = on.slack.people.post("Ana", "#general", "@glm what is it?", thread_ts=ticket.ts)
            found = await question(on, ticket)
            await on.slack.people.click("Ana", found, approval_question.DENY)
            await wait_for(lambda: "No leeks." in shown(on, ticket))
            await on.settled()
            assert asked.user == on.slack.workspace.user("Ana").id
            assert site.asked == 0


async def test_what_people_say_to_each_other_between_two_questions_is_known(tmp_path: Path) -> None:
    replies = [Reply(text=text) for text in ("Hello.", "Plan B.", "Still plan B.")]
    async with stage(tmp_path, replies) as on:
        root = on.slack.people.post("Ana", "#general", "@glm start")
        await on.answers("#general", root.ts)
        on.slack.people.post("Ana", "#general", "@Ben which plan?", thread_ts=root.ts)
        on.slack.people.post("Ben", "#general", "@Ana We decided on plan B.", thread_ts=root.ts)
        on.slack.people.app_posts("CI", "#general", text="build 7 is green", thread_ts=root.ts)
        on.slack.people.post("Ana", "#general", "@glm what did we decide?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == (
            "Ana: @Ben which plan?\nBen: @Ana We decided on plan B.\nCI: build 7 is green\nAna: what did we decide?\n"
        )
        before = list(on.asked()["messages"])
        on.slack.people.post("Ana", "#general", "@glm sure?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        assert on.asked()["messages"][: len(before)] == before, "byte for byte"
        assert on.question() == "Ana: sure?\n"


async def test_a_question_that_slack_delivers_only_after_a_later_one_is_answered_once(tmp_path: Path) -> None:
    """Slack delivers again, minutes later, what it could not while the bot was away."""
    replies = [Reply(text=text) for text in ("Hello.", "Blue and round.", "Blue.", "Red.")]
    async with stage(tmp_path, replies) as on:
        root = on.slack.people.post("Ana", "#general", "@glm start")
        await on.answers("#general", root.ts)
        listening, on.slack.request_url = on.slack.request_url, None
        first = on.slack.people.post("Ana", "#general", "@glm which colour?", thread_ts=root.ts)
        await on.settled()
        on.slack.request_url = listening
        on.slack.people.post("Ana", "#general", "@glm and which form?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == "Ana: which colour?\nAna: and which form?\n"
        for lost in [one for one in on.slack.deliveries.log if one.event.get("ts") == first.ts]:
            on.slack.deliveries.repeat(lost)
        await on.settled()
        assert len(on.model.requests) == 2
        on.slack.people.edit(first, "@glm which colour is it really?")
        await on.answers("#general", root.ts, 3)
        assert on.question().endswith("which colour is it really?\n")


async def test_what_was_said_while_it_was_quiet_is_known(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Hello."), Reply(text="Plan B.")]) as on:
        root = on.slack.people.post("Ana", "#general", "@glm start")
        await on.answers("#general", root.ts)
        on.slack.people.post("Ana", "#general", "stay quiet", thread_ts=root.ts)
        await on.settled()
        on.slack.people.post("Ben", "#general", "plan B it is", thread_ts=root.ts)
        await on.settled()
        on.slack.people.post("Ana", "#general", "@glm which?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == "Ana: stay quiet\nBen: plan B it is\nAna: which?\n"


@pytest.mark.parametrize("trouble", [{"error": "fatal_error"}, {"retry_after": 60}])
async def test_what_could_not_be_read_is_read_before_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Json
) -> None:
    monkeypatch.setattr("bot.slack.read.threads.NEW_PATIENCE_S", 0.2)
    async with stage(tmp_path, [Reply(text="Hello."), Reply(text="What?"), Reply(text="Plan B.")]) as on:
        root = on.slack.people.post("Ana", "#general", "@glm start")
        await on.answers("#general", root.ts)
        on.slack.people.post("Ben", "#general", "@Ana plan B.", thread_ts=root.ts)
        await on.settled()
        on.slack.faults.add("conversations.replies", times=None, **trouble)
        on.slack.people.post("Ana", "#general", "@glm which plan?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == "Ana: which plan?\n"
        on.slack.faults.clear()
        monkeypatch.setattr("bot.slack.read.threads.NEW_PATIENCE_S", PATIENCE_S)
        on.slack.people.post("Ana", "#general", "@glm and now?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        assert on.question() == "Ben: @Ana plan B.\nAna: and now?\n"


async def test_a_thread_that_could_not_be_read_at_first_is_read_at_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.read.threads.PATIENCE_S", 0.2)
    async with stage(tmp_path, [Reply(text="What?"), Reply(text="Plan B.")]) as on:
        root = on.slack.people.post("Ben", "#general", "Plan B.")
        on.slack.faults.add("conversations.replies", times=None, retry_after=60)
        on.slack.people.post("Ana", "#general", "@glm which plan?", thread_ts=root.ts)
        await on.answers("#general", root.ts)
        on.slack.faults.clear()
        monkeypatch.setattr("bot.slack.read.threads.PATIENCE_S", PATIENCE_S)
        on.slack.people.post("Ana", "#general", "@glm and now?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == "Ben: Plan B.\nAna: and now?\n"


async def test_in_direct_messages_and_at_the_beginning_of_a_thread_nothing_is_read(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Hello.")) as on:
        asked = on.slack.people.post("Ana", "@glm", "one")
        await on.answers(asked.channel, asked.ts)
        on.slack.people.post("Ana", "@glm", "two", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        root = on.slack.people.post("Ana", "#general", "@glm one")
        await on.answers("#general", root.ts)
        assert not calls_of(on.slack, "conversations.replies")
        on.slack.people.post("Ana", "#general", "two", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert len(calls_of(on.slack, "conversations.replies")) == 1


async def test_what_was_only_heard_is_forgotten_when_it_is_deleted_and_never_offered_an_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Hello.")) as on:
        root = on.slack.people.post("Ana", "#general", "@glm start")
        await on.answers("#general", root.ts)
        heard = on.slack.people.post("Ben", "#general", "@Ana my password is swordfish", thread_ts=root.ts)
        on.slack.people.post("Ana", "#general", "@glm well?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert "swordfish" in on.question()
        on.slack.people.edit(heard, "@Ana my password is a secret")
        await on.settled()
        assert not calls_of(on.slack, "chat.postEphemeral")
        on.slack.people.delete(heard)
        await on.settled()
        on.slack.people.post("Ana", "#general", "@glm and?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 3)
        assert "swordfish" not in str(on.asked())
        assert "well?" in str(on.asked())


async def test_people_whom_the_model_calls_by_their_ids_are_shown_by_their_names(tmp_path: Path) -> None:
    local = LocalSlack()
    ben = local.workspace.user("Ben").id
    words = f"Ask <@{ben}>, or `<@{ben}>`.\n\n| Who | What |\n| --- | --- |\n| <@{ben}> | plan B |\n"
    async with stage(tmp_path, [Reply(text=words)], slack=local) as on:
        asked = on.slack.people.post("Ana", "@glm", "who?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert answer.startswith("Ask @Ben, or `@Ben`.")
        assert ben not in "".join(every_text(on))


def shown(on: Stage, asked: Message) -> str:
    return "\n".join(visible_text(one) for one in bot_messages(on.slack, asked.channel, asked.ts))
