"""Artifacts finds what a turn can name by its label."""

import pytest

from bot.core.agent.artifacts import Artifacts
from bot.core.agent.ports import NewArtifact, ToolFailed
from bot.core.thread.conversation import Conversation
from bot.core.thread.turn import ThreadDocument, Turn, TurnMessage
from bot.errors import FileGone
from tests.core.scene import Scene
from tests.core.values import picture, turn

PAPER = ThreadDocument("report (2).pdf", "F9", "sha9", "pdf", 3, 3, 100)


def artifacts(scene: Scene, *turns: Turn) -> Artifacts:
    return scene.artifacts("T1", Conversation(turns))


def with_paper() -> Turn:
    return Turn("2026-11-23", (TurnMessage("1.0", "Ana", "look", (picture(1),), papers=(PAPER,)),))


async def test_pictures_pages_and_what_was_made_go_by_their_labels() -> None:
    scene = Scene.of()
    known = artifacts(scene, with_paper())
    assert known.labels == ("img_1",)
    assert known.names == ("report (2).pdf",)
    assert [known.knows(label) for label in ("img_1", "report (2).pdf#3", "report (2).pdf#4", "img_2", "x")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    label = await known.keep(NewArtifact("picture", "zoom", "z.png", "a part", "image/png", b"png"))
    assert [label, *known.labels] == ["zoom_1", "img_1", "zoom_1"]
    assert (await known.source("zoom_1")).data == b"png"
    assert (await known.source("img_1")).data == b"F1"


async def test_labels_go_on_counting_over_the_turns_of_a_thread() -> None:
    scene = Scene.of()
    first = artifacts(scene, with_paper())
    await first.keep(NewArtifact("picture", "zoom", "z.png", "a part", "image/png", b"png"))
    earlier = Turn("2026-11-23", (TurnMessage("1.0", "Ana", "look"),), made=first.made)
    second = artifacts(scene, earlier)
    assert await second.keep(NewArtifact("picture", "zoom", "z.png", "another", "image/png", b"other")) == "zoom_2"
    assert [made.label for made in second.made] == ["zoom_2"]
    assert (await second.source("zoom_1")).data == b"png"


async def test_a_label_is_not_given_again_when_an_earlier_turn_was_deleted() -> None:
    scene = Scene.of()
    zoomed = NewArtifact("picture", "zoom", "z.png", "a part", "image/png", b"png")
    before = artifacts(scene)
    await before.keep(zoomed)
    await before.keep(zoomed)
    kept = artifacts(scene, Turn("2026-11-23", (TurnMessage("1.0", "Ana", "look"),), made=before.made[1:]))
    assert await kept.keep(zoomed) == "zoom_3"


async def test_a_crop_of_a_crop_is_cut_from_the_original() -> None:
    scene = Scene.of()
    known = artifacts(scene, turn("look", "", picture(1)))
    label = await known.keep(await known.crop("img_1", (0, 500, 500, 1000)))
    await known.crop(label, (500, 0, 1000, 500))
    assert scene.eyes.cropped == [(b"F1", (0, 500, 500, 1000)), (b"F1", (250, 500, 500, 750))]


async def test_a_crop_whose_bytes_are_gone_is_cut_again() -> None:
    scene = Scene.of()
    known = artifacts(scene, turn("look", "", picture(1)))
    await known.keep(await known.crop("img_1", (0, 0, 500, 500)))
    scene.blobs.kept.clear()
    later = artifacts(
        scene, turn("look", "", picture(1)), Turn("2026-11-23", (TurnMessage("2.0", "Ana", "x"),), made=known.made)
    )
    assert (await later.source("zoom_1")).data == b"part of F1"


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("img_7", "There is no picture “img_7”. There are: img_1."),
        ("report (2).pdf#9", "report (2).pdf has 3 pages; there is no page 9."),
    ],
)
async def test_a_label_nobody_knows_is_told_with_those_there_are(label: str, told: str) -> None:
    with pytest.raises(ToolFailed) as failed:
        await artifacts(Scene.of(), with_paper()).source(label)
    assert failed.value.detail == told


async def test_a_picture_that_is_gone_is_said_to_be() -> None:
    scene = Scene.of()
    scene.files.troubles["F1"] = FileGone()
    known = artifacts(scene, turn("look", "", picture(1)))
    with pytest.raises(ToolFailed, match="can no longer be had"):
        await known.source("img_1")
    assert await known.artifact("img_1") is None


async def test_a_document_that_nobody_knows() -> None:
    with pytest.raises(ToolFailed, match="There are: report"):
        await artifacts(Scene.of(), with_paper()).document("other.pdf")
    with pytest.raises(ToolFailed, match="no documents"):
        await artifacts(Scene.of()).document("other.pdf")


async def test_a_table_and_a_chart_are_shown_as_they_were_made() -> None:
    scene = Scene.of()
    known = artifacts(scene)
    chart = NewArtifact("chart", "chart", "Sales", "Sales", "", b"{}", fallback=b"png", is_for_model=False)
    shown = await known.artifact(await known.keep(chart))
    assert shown is not None
    assert (shown.kind, shown.data, shown.fallback) == ("chart", b"{}", b"png")
    assert known.labels == (), "only pictures have a label that tools take"


async def test_a_document_of_the_web_lies_with_the_threads_documents_in_later_turns_too() -> None:
    scene = Scene.of()
    known = artifacts(scene, with_paper())
    name, document = await known.put("report (2).pdf", "https://a.org/report.pdf", b"%PDF")
    assert (name, len(document.pages)) == ("report (2) (2).pdf", 3)
    assert known.names == ("report (2).pdf", name)
    assert known.knows(f"{name}#3")
    assert not known.knows(f"{name}#4")
    assert (await known.put("other.pdf", "https://a.org/report.pdf", b"%PDF"))[0] == "other.pdf"
    assert scene.files.fetched == []
    earlier = Turn.from_json(Turn("2026-11-23", (TurnMessage("1.0", "Ana", "x"),), made=known.made).to_json())
    scene.blobs.kept.clear()
    later = artifacts(scene, earlier)
    assert later.names == (name, "other.pdf")
    assert later.labels == ()
    assert (await later.document(name)).page(3) is not None
    assert scene.files.fetched[0] == "https://a.org/report.pdf"
    assert (await later.image(f"{name}#1")).label == f"{name}#1"
    with pytest.raises(ToolFailed):
        await later.source(f"{name}#4")


async def test_a_document_that_was_read_again_keeps_its_name() -> None:
    known = artifacts(Scene.of())
    assert [(await known.put("a.pdf", "https://a.org/a.pdf", b"%PDF"))[0] for _ in range(2)] == ["a.pdf", "a.pdf"]
    assert (await known.put("a.pdf", "https://a.org/b/a.pdf", b"%PDF 2"))[0] == "a (2).pdf"


async def test_what_a_file_of_the_web_cannot_be_read_for_rises_and_leaves_nothing() -> None:
    scene = Scene.of()
    scene.files.troubles["a.pdf"] = FileGone("a.pdf")
    known = artifacts(scene)
    with pytest.raises(FileGone):
        await known.put("a.pdf", "https://a.org/a.pdf", b"%PDF")
    assert known.names == ()
    assert known.made == ()
