"""PagePublisher renders, compares, improves and publishes a page, and goes back a version."""

import io
import zipfile

import pytest

from bot.core.webpages.actions import COMPARE, REDO, UNDO, ZIP
from bot.core.webpages.publish import MOST_IMPROVEMENTS, NOT_RENDERED
from bot.errors import FileTooSlow
from tests.core.fakes import says
from tests.core.scene import Scene
from tests.core.values import file_ref, inbound

PAGE = "<!doctype html><html><body>one</body></html>"
BETTER = "<!doctype html><html><body>two</body></html>"
BEST = "<!doctype html><html><body>three</body></html>"


def fenced(html: str) -> str:
    return f"Here it is.\n```html\n{html}\n```\n"


async def make(scene: Scene) -> None:
    await scene.ask(inbound(text="make this a page", files=(file_ref("plan.png"),)))


async def artifact(scene: Scene, label: str) -> bytes:
    artifacts = scene.replies.last.artifacts
    assert artifacts is not None
    shown = await artifacts.artifact(label)
    assert shown is not None
    return shown.data


async def test_a_page_that_is_like_the_original_is_delivered_at_once() -> None:
    scene = Scene.of(says(fenced(PAGE)))
    scene.painter.alike = [0.93]
    await make(scene)
    assert scene.turn.answer.startswith("Here it is.")
    assert PAGE not in scene.turn.answer
    assert scene.turn.answer.endswith("![](preview_1)\n\nThe page is 93 % like the original.\n\n![](page_1)")
    assert scene.turn.page is not None
    assert (scene.turn.page.version, scene.turn.page.name, scene.turn.page.html) == (1, "page-v1.html", PAGE)
    assert await artifact(scene, "page_1") == PAGE.encode()
    assert len(scene.model.asks) == 1
    footer = scene.replies.last.footer
    assert footer is not None
    assert (footer.page_versions, footer.can_undo) == ((1,), False)


async def test_a_page_that_is_far_off_is_improved_and_the_best_is_one_version() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)), says("I give up."))
    scene.painter.alike = [0.4, 0.6]
    await make(scene)
    assert scene.turn.page is not None
    assert scene.turn.page.html == BETTER
    assert "60 % like the original (improved 1×)" in scene.turn.answer
    assert scene.turn.answer.count("![](page_") == 1
    improving = scene.model.asks[1].messages[-1]
    assert [part.label for part in improving.parts if hasattr(part, "label")] == ["img_1", "render_1"]


async def test_it_is_improved_twice_at_most() -> None:
    scene = Scene.of(says(fenced(PAGE)))
    scene.painter.alike = [0.4]
    await make(scene)
    assert len(scene.model.asks) == 1 + MOST_IMPROVEMENTS


async def test_a_page_that_cannot_be_rendered_is_delivered_all_the_same() -> None:
    scene = Scene.of(says(fenced(PAGE)))
    scene.browser.trouble = FileTooSlow(user_message="took too long to read")
    await make(scene)
    assert NOT_RENDERED.format(reason="took too long to read") in scene.turn.answer
    assert await artifact(scene, "page_1") == PAGE.encode()
    assert len(scene.browser.rendered) == 1, "not tried again"


async def test_an_edit_gets_the_page_word_for_word_and_makes_the_next_version() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)))
    await make(scene)
    await scene.ask(inbound("101.0", "100.000001", text="make it two"))
    assert PAGE in scene.model.asks[1].messages[-1].text
    page = scene.turn.page
    assert page is not None
    assert (page.version, page.name, page.base, page.html) == (2, "page-v2.html", 1, BETTER)
    assert "```diff" in scene.turn.answer
    footer = scene.replies.last.footer
    assert footer is not None
    assert (footer.page_versions, footer.can_undo) == ((1, 2), True)


@pytest.mark.parametrize("by_button", [True, False])
async def test_undo_goes_back_to_the_version_before_and_the_next_edit_begins_there(*, by_button: bool) -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)), says(fenced(BETTER)))
    await make(scene)
    await scene.ask(inbound("101.0", "100.000001", text="make it two"))
    wish = {"order": UNDO} if by_button else {}
    await scene.ask(inbound("102.0", "100.000001", text="Undo", **wish))
    page = scene.turn.page
    assert page is not None
    assert (page.version, page.name, page.html) == (3, "page-v3.html", PAGE)
    assert len(scene.model.asks) == 2, "the model is not asked"
    await scene.ask(inbound("103.0", "100.000001", text="make it two again"))
    assert PAGE in scene.model.asks[2].messages[-1].text


@pytest.mark.parametrize("by_button", [True, False])
async def test_redo_brings_back_what_undo_took_step_by_step(*, by_button: bool) -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)), says(fenced(BEST)))
    await make(scene)
    await scene.ask(inbound("101.0", "100.000001", text="make it two"))
    await scene.ask(inbound("102.0", "100.000001", text="make it three"))
    shown, offered = [], []
    for at, word in enumerate(("Undo", "Undo", "Redo", "Redo")):
        wish = {"order": UNDO if word == "Undo" else REDO} if by_button else {}
        await scene.ask(inbound(f"{103 + at}.0", "100.000001", text=word, **wish))
        page, footer = scene.turn.page, scene.replies.last.footer
        assert page is not None
        assert footer is not None
        shown.append(page.html)
        offered.append((footer.can_undo, footer.can_redo))
    assert shown == [BETTER, PAGE, BETTER, BEST]
    assert offered == [(True, True), (False, True), (True, True), (True, False)]
    assert "Redone. Version 7 is the same as version 3." in scene.turn.answer
    assert len(scene.model.asks) == 3, "the model is not asked"


async def test_after_an_edit_there_is_nothing_to_redo() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)), says(fenced(BEST)))
    await make(scene)
    for at, words in enumerate(("make it two", "undo", "make it three")):
        await scene.ask(inbound(f"{101 + at}.0", "100.000001", text=words))
    await scene.ask(inbound("109.0", "100.000001", text="Redo", order=REDO))
    assert scene.turn.answer == "There's nothing to redo."


async def test_there_is_not_always_something_to_undo() -> None:
    scene = Scene.of(says(fenced(PAGE)))
    await make(scene)
    await scene.ask(inbound("102.0", "100.000001", text="undo"))
    assert scene.turn.answer == "There's no earlier version."
    assert scene.turn.page is None


async def test_versions_are_compared_and_packed() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)))
    await make(scene)
    await scene.ask(inbound("101.0", "100.000001", text="make it two"))
    await scene.ask(inbound("102.0", "100.000001", text="Compare", order=f"{COMPARE} 1 2"))
    assert scene.turn.answer.startswith("\n\n![](preview_")
    assert "```diff" in scene.turn.answer
    await scene.ask(inbound("103.0", "100.000001", text="zip", order=ZIP))
    archive = zipfile.ZipFile(io.BytesIO(await artifact(scene, "archive_1")))
    assert archive.namelist() == ["page-v1.html", "page-v2.html"]


async def test_words_that_are_missing_are_reported_and_improved() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)))
    scene.painter.alike = [0.93]
    scene.painter.read = ("Sign", "up", "two", "times")
    scene.browser.texts = {PAGE: "Sign", BETTER: "Sign up two times"}
    await make(scene)
    assert "looks 93 % like the original, and 100 % of its words are there (improved 1×)" in scene.turn.answer
    assert scene.turn.page is not None
    assert scene.turn.page.html == BETTER
    assert "did not find on the page: up, two, times." in scene.model.asks[1].messages[-1].text
    assert len(scene.model.asks) == 2


async def test_a_page_that_looks_worse_but_says_nothing_more_is_not_taken() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)))
    scene.painter.alike = [0.7, 0.6]
    scene.painter.read = ("Sign", "up", "here")
    scene.browser.texts = {PAGE: "Sign up here", BETTER: "Sign up here"}
    await make(scene)
    assert scene.turn.page is not None
    assert scene.turn.page.html == PAGE
    assert "70 % like the original, and 100 % of its words are there." in scene.turn.answer


async def test_an_edit_by_a_marked_picture_tells_what_changed_outside_of_it() -> None:
    scene = Scene.of(says(fenced(PAGE)), says(fenced(BETTER)))
    scene.painter.alike = [0.93, 0.95, 0.9]
    scene.browser.texts = {PAGE: "one", BETTER: "two"}
    await make(scene)
    await scene.ask(inbound("101.0", "100.000001", text="make the marked one two", files=(file_ref("marked.png"),)))
    assert "Nothing changed outside your marks." in scene.turn.answer
    assert "Gone from the page: `one`." in scene.turn.answer
    assert "New on the page: `two`." in scene.turn.answer


async def test_where_words_cannot_be_read_the_looks_are_told_all_the_same() -> None:
    scene = Scene.of(says(fenced(PAGE)))
    scene.painter.alike = [0.93]
    scene.painter.read = FileTooSlow()
    await make(scene)
    assert "The page is 93 % like the original." in scene.turn.answer
