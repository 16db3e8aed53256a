"""Composer makes a question out of the waiting messages, with speakers, pictures and files."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.files.budget import PAPERS_TOKENS
from bot.core.files.document_prompt import TEXT_TOKENS
from bot.core.ports import Person, SlackMessage
from bot.core.prompt import question
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import FileRef
from bot.core.thread.turn import Picture
from bot.errors import FileGone, FileTooLarge, FileUnsupported
from tests.core.scene import Scene
from tests.core.values import ANA, file_ref, inbound, picture, turn

SEEN = Conversation((turn("before", "yes", picture(1), picture(2)),))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "TWIN_WAIT_S", 0.02)
    monkeypatch.setattr(question, "TWIN_POLL_S", 0.005)


async def test_the_files_of_all_messages_are_numbered_on_in_their_order() -> None:
    scene = Scene.of()
    waiting = (
        inbound("1.0", files=(file_ref("a.png"), file_ref("b.png"))),
        inbound("2.0", "1.0", files=(file_ref("c.png"),)),
    )
    asked = await scene.composed(waiting, SEEN)
    numbers = [(one.number, one.name) for one in asked.turn.pictures]
    assert numbers == [(3, "a.png"), (4, "b.png"), (5, "c.png")]
    assert asked.receipt.read == ("a.png", "b.png", "c.png")


async def test_one_bad_file_leaves_the_others_and_no_gap() -> None:
    scene = Scene.of()
    scene.files.troubles["F-b.png"] = FileGone()
    files = (file_ref("a.png"), file_ref("b.png"), file_ref("c.png"))
    asked = await scene.composed((inbound(files=files),), Conversation())
    assert [(one.number, one.name) for one in asked.turn.pictures] == [(1, "a.png"), (2, "c.png")]
    assert asked.receipt.unread == (("b.png", "no longer on Slack"),)
    assert asked.turn.said[0].notes == ("b.png was attached but not read: no longer on Slack",)


async def test_a_thread_never_seen_is_read_from_slack() -> None:
    scene = Scene.of()
    scene.workspace.people["UBEN"] = Person("UBEN", "Ben")
    scene.workspace.earlier = (
        SlackMessage("1.0", "UBEN", "the root &lt;3", (), by_bot=False),
        SlackMessage("1.5", "UBOT", "an old answer", (), by_bot=True),
        SlackMessage("1.7", "B9", "build failed", (), by_bot=False, name="ci", is_app=True),
    )
    asked = await scene.composed((inbound("2.0", "1.0"),), Conversation())
    assert [(said.speaker, said.text) for said in asked.turn.said] == [
        ("Ben", "the root <3"),
        ("You", "an old answer"),
        ("ci", "build failed"),
        (ANA, "hello"),
    ]
    assert [said.role for said in asked.turn.said] == ["person", "bot", "app", "question"]
    await scene.composed((inbound("3.0"),), Conversation())
    assert scene.workspace.threads_read == 1, "the beginning of a thread has nothing before it"


async def test_one_person_alone_has_no_name_before_their_words() -> None:
    asked = await Scene.of().composed((inbound(place="dm"),), Conversation())
    assert asked.turn.said[0].speaker == ""


@pytest.mark.parametrize("hours", [-11, 0, 14])
async def test_the_day_is_the_asker_s(hours: int) -> None:
    scene = Scene.of()
    scene.workspace.people[ANA] = Person(ANA, "Ana", hours * 3_600)
    before = (datetime.now(UTC) + timedelta(hours=hours)).date().isoformat()
    asked = await scene.composed((inbound(),), Conversation())
    after = (datetime.now(UTC) + timedelta(hours=hours)).date().isoformat()
    assert asked.turn.date in {before, after}


async def test_the_twin_with_files_is_waited_for_a_moment() -> None:
    scene = Scene.of()
    twin = inbound(files=(file_ref(),))
    scene.threads.put(twin)
    assert await scene.composer.complete((inbound(files_known=False),)) == (twin,)
    assert scene.workspace.looked_up == []


async def test_without_a_twin_slack_is_asked_and_nothing_found_is_no_files() -> None:
    scene = Scene.of()
    mention = inbound(files_known=False)
    scene.threads.put(mention)
    scene.workspace.messages[mention.ts] = SlackMessage(
        mention.ts, ANA, "hello", (FileRef("F1", "a.png"),), by_bot=False
    )
    (found,) = await scene.composer.complete((mention,))
    assert [file.name for file in found.files] == ["a.png"]
    scene.workspace.messages.clear()
    (found,) = await scene.composer.complete((mention,))
    assert (found.files, found.files_known) == ((), True)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (file_ref("a.mp4", mimetype="video/mp4"), FileUnsupported),
        (file_ref("a.mp3", mimetype="audio/mpeg"), FileUnsupported),
        (file_ref("a.png", size=51 * 1024 * 1024), FileTooLarge),
    ],
)
async def test_videos_and_large_files_are_not_downloaded(file: FileRef, reason: type[Exception]) -> None:
    scene = Scene.of()
    with pytest.raises(reason):
        await scene.attachments.read("T1", file)
    assert scene.files.fetched == []


async def test_a_picture_is_fetched_and_prepared_once_for_each_size() -> None:
    scene = Scene.of()
    for number in (1, 2):
        read = await picture_numbered(scene, number)
        assert (read.number, read.width, read.height) == (number, 1280, 720)
    for _ in range(2):
        for level in ("full", "small"):
            image = await scene.attachments.image("T1", read, "full" if level == "full" else "small")
            assert image is not None
            assert image.data == b"\nF-plan.png"
    assert len(scene.files.fetched) == 1
    assert [tokens for _, tokens in scene.files.prepared] == [6144, 400]


async def test_a_picture_the_cache_has_let_go_of_is_had_again_or_given_up() -> None:
    scene = Scene.of()
    read = await picture_numbered(scene, 1)
    scene.blobs.kept.clear()
    assert await scene.attachments.image("T1", read, "full") is not None
    scene.blobs.kept.clear()
    scene.files.troubles["F-plan.png"] = FileGone()
    assert await scene.attachments.image("T1", read, "full") is None


async def test_a_full_cache_costs_time_not_the_answer() -> None:
    scene = Scene.of()
    scene.blobs.is_full = True
    read = await picture_numbered(scene, 1)
    assert await scene.attachments.image("T1", read, "full") is not None


async def picture_numbered(scene: Scene, number: int) -> Picture:
    result = await scene.attachments.read("T1", file_ref())
    return replace(result.pictures[0], number=number)


async def test_a_document_comes_as_text_with_pictures_of_the_pages_that_want_looking_at() -> None:
    scene = Scene.of()
    result = await scene.attachments.read("T1", file_ref("report.pdf", mimetype="application/pdf"))
    assert result.paper is not None
    assert (result.paper.pages, result.paper.pages_read) == (3, 3)
    (picture,) = result.pictures
    assert picture.label == "report.pdf#1"
    told = await scene.attachments.text("T1", result.paper)
    assert "[report.pdf p. 2]\ntext of page 2" in told
    assert await scene.attachments.image("T1", picture, "full") is not None
    assert list(scene.files.rendered[0]) == [1]
    again = await scene.attachments.read("T1", file_ref("report.pdf", mimetype="application/pdf"))
    assert again == result
    assert scene.files.fetched == ["F-report.pdf"]


async def test_a_long_document_says_how_much_of_it_was_read() -> None:
    scene = Scene.of()
    scene.files.pages = 40_000
    result = await scene.attachments.read("T1", file_ref("long.pdf", mimetype="application/pdf"))
    assert result.paper is not None
    assert 0 < result.paper.pages_read < 40_000
    assert result.paper.tokens <= TEXT_TOKENS
    told = await scene.attachments.text("T1", result.paper)
    read = result.paper.pages_read
    assert f"the text of pages 1–{read} follows, pages {read + 1}–40000 are not here: find_in_document" in told
    assert f"text of page {result.paper.pages_read + 1}" not in told


async def test_a_document_that_is_gone_from_cache_and_slack_says_so_to_the_model() -> None:
    scene = Scene.of()
    result = await scene.attachments.read("T1", file_ref("report.pdf", mimetype="application/pdf"))
    assert result.paper is not None
    scene.blobs.kept.clear()
    scene.files.troubles["F-report.pdf"] = FileGone()
    assert "no longer available" in await scene.attachments.text("T1", result.paper)
    assert await scene.attachments.image("T1", result.pictures[0], "full") is None


async def test_of_a_long_thread_never_seen_the_root_and_the_newest_are_told_and_that_some_are_missing() -> None:
    scene = Scene.of()
    scene.workspace.earlier = tuple(
        SlackMessage(f"{at}.0", ANA, f"message {at} " + "words " * 600, (file_ref(f"{at}.png"),), by_bot=False)
        for at in range(1, 101)
    )
    asked = await scene.composed((inbound("200.0", "1.0"),), Conversation())
    told = [said.text.split(" words")[0] for said in asked.turn.said]
    kept = len(told) - 1
    assert 20 < kept < 40
    assert told[0] == "message 1"
    assert told[1:-1] == [f"message {at}" for at in range(102 - kept, 101)]
    (note,) = asked.turn.said[0].notes
    assert note.startswith(f"({100 - kept} earlier messages of this thread are left out")
    assert asked.receipt.read[0] == f"the newest {kept} of 100 earlier messages"
    assert len(scene.files.fetched) == kept, "files of what is left out are not downloaded"


async def test_many_documents_share_the_room_and_short_ones_stay_whole() -> None:
    scene = Scene.of()
    scene.files.pages = 9_000
    names = ("a.pdf", "b.pdf", "c.pdf")
    asked = await scene.composed((inbound(files=tuple(file_ref(name) for name in names)),), Conversation())
    papers = asked.turn.said[0].papers
    assert sum(paper.tokens for paper in papers) <= PAPERS_TOKENS
    assert len({paper.pages_read for paper in papers}) == 1
    assert asked.receipt.read == tuple(
        f"{paper.name} (pages 1–{paper.pages_read} of 9000 read, the rest searchable)" for paper in papers
    )
    told = await scene.attachments.text("T1", papers[0])
    assert f"pages 1–{papers[0].pages_read} follows" in told
