"""Pictures: with a mention and its twin, in a direct message, several, broken, gone."""

from pathlib import Path
from typing import Any

from bot.glm.offline.reply import Reply
from bot.playground import samples
from tests.checks import calls_of
from tests.stage import Stage, stage

PNG = samples._png(samples._checkout_error())


def pictures(body: dict[str, Any]) -> list[str]:
    """The addresses of the pictures in a request, in order."""
    return [
        part["image_url"]["url"]
        for message in body["messages"]
        if isinstance(message["content"], list)
        for part in message["content"]
        if part["type"] == "image_url"
    ]


def upload(on: Stage, name: str, data: bytes = PNG, user: str = "Ana", **traits: Any) -> Any:
    return on.slack.people.upload(user, name, data, **traits)


async def test_a_mention_with_a_picture_is_one_answer_although_its_first_event_had_no_files(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="A form.")]) as on:
        on.slack.mention_comes_first, on.slack.mention_gap_s = True, 0.3
        asked = on.slack.people.post("Ana", "#general", "@glm what is this?", files=[upload(on, "form.png")])
        (answer,) = await on.answers("#general", asked.ts)
        assert answer.startswith("A form.")
        assert "Read: form.png" in answer
        assert len(pictures(on.asked())) == 1
        assert on.question().startswith("Image 1 (img_1): form.png, ")
        assert len(on.model.requests) == 1


async def test_a_mention_whose_twin_never_comes_is_looked_up(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="A form.")]) as on:
        on.slack.mention_has_message_twin = False
        asked = on.slack.people.post("Ana", "#general", "@glm what is this?", files=[upload(on, "form.png")])
        await on.answers("#general", asked.ts)
        assert len(pictures(on.asked())) == 1
        assert len(calls_of(on.slack, "conversations.history")) == 1


async def test_several_pictures_without_a_word_keep_their_order(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Three pictures.")]) as on:
        names = ["one.png", "two.png", "three.png"]
        asked = on.slack.people.post("Ana", "@glm", "", files=[upload(on, name) for name in names])
        await on.answers(asked.channel, asked.ts)
        question = on.question()
        assert [question.index(f"Image {i}") for i in (1, 2, 3)] == sorted(question.index(n) - 17 for n in names)
        assert len(pictures(on.asked())) == 3


async def test_a_picture_is_downloaded_and_prepared_once_for_the_whole_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), Reply(text="Two.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "look", files=[upload(on, "form.png")])
        await on.answers(asked.channel, asked.ts)
        on.slack.people.post("Ana", "@glm", "again", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        assert len(calls_of(on.slack, "download")) == 1
        first, second = on.asked(0)["messages"], on.asked(1)["messages"]
        assert second[: len(first)] == first


async def test_what_could_not_be_read_is_named_with_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One picture.")]) as on:
        files = [
            upload(on, "good.png"),
            upload(on, "broken.png", PNG[:300]),
            upload(on, "clip.mov", b"\0" * 50, mimetype="video/quicktime"),
            upload(on, "report.pdf", b"%PDF-1.7\n%%EOF", mimetype="application/pdf"),
        ]
        asked = on.slack.people.post("Ana", "@glm", "look at these", files=files)
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Read: good.png" in answer
        for name in ("broken.png (", "clip.mov (a video", "report.pdf ("):
            assert name in answer
        assert "broken.png was attached but not read" in on.question()
        assert len(pictures(on.asked())) == 1


async def test_a_log_in_page_instead_of_the_file_is_told_apart(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="I see none.")]) as on:
        on.slack.faults.add("files.info", error="file_not_found")
        on.slack.scopes.discard("files:read")
        asked = on.slack.people.post("Ana", "@glm", "look", files=[upload(on, "secret.png")])
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "secret.png (Slack doesn't let me download it" in answer


async def test_a_slack_connect_stub_is_resolved_before_the_download(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Seen.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "look", files=[upload(on, "far.png", is_connect_stub=True)])
        await on.answers(asked.channel, asked.ts)
        assert len(pictures(on.asked())) == 1


async def test_an_older_thread_is_read_once_when_the_bot_is_first_mentioned_in_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Yes."), Reply(text="Again.")]) as on:
        root = on.slack.people.post("Ben", "#general", "Our new form", files=[upload(on, "form.png", user="Ben")])
        on.slack.people.post("Mei", "#general", "I like it", thread_ts=root.ts)
        on.slack.people.post("Ana", "#general", "@glm do you?", thread_ts=root.ts)
        await on.answers("#general", root.ts)
        asked = on.question()
        assert asked.index("Ben: Our new form") < asked.index("Mei: I like it") < asked.index("Ana: do you?")
        assert len(pictures(on.asked())) == 1
        on.slack.people.post("Mei", "#general", "and now?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert on.question() == "Mei: and now?\n"
        _, since = calls_of(on.slack, "conversations.replies")
        assert float(since.args["oldest"]) > float(root.ts), "only what is new is read again"


async def test_no_event_makes_a_second_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Once.")) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm hello", files=[upload(on, "form.png")])
        await on.answers("#general", asked.ts)
        for delivery in list(on.slack.deliveries.log):
            await on.slack.deliveries.send(delivery.kind, delivery.body)
        await on.settled()
        assert len(on.model.requests) == 1
