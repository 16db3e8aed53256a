"""The page in a real Chromium, with a scripted app behind it. Nothing may turn up in the browser's console."""

from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests import checks
from tests.playground.browser.conftest import PICTURE
from tests.playground.browser.screen import CHROMIUM, PHONE, Screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
]


async def test_the_first_screen_says_what_this_is_and_a_card_is_sent_for_real(screen: Screen) -> None:
    page = await screen.open()
    await expect(page.locator("#banner")).to_contain_text("local stand-in for Slack")
    await expect(page.locator("#banner")).to_contain_text("No key set: a labelled offline stand-in answers")
    await expect(page.locator("#banner")).to_contain_text("GLM_API_KEY")
    await expect(page.locator(".try")).to_have_count(3)
    await page.get_by_role("button", name="What is wrong in this screenshot?").click()
    thread = page.locator("#thread")
    await expect(thread.locator(".body").last).to_contain_text("Done.")
    await expect(thread.locator("td").first).to_have_text("lamp")
    await expect(thread.locator(".context")).to_contain_text("Read: checkout-error.png")
    await expect(page.locator("#log-main .thread-link")).to_contain_text("1 reply")
    await thread.get_by_role("button", name="Good answer").click()
    await expect(thread.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    assert screen.app.of("block_actions")[0]["actions"][0]["value"] == "up"
    await thread.get_by_role("button", name="Enlarge checkout-error.png").click()
    await expect(page.locator("#lightbox img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#lightbox")).to_be_hidden()


async def test_an_answer_is_seen_while_it_is_written_and_can_be_stopped(screen: Screen) -> None:
    page = await screen.open("#/Ana/dm")
    await page.locator("#composer-main").fill("slow please")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .message.live .caret")).to_be_visible()
    await expect(page.locator("#thread .live .body")).to_contain_text("more and more words more and more")
    await expect(page.locator("#thread .status-line")).to_contain_text("glm is working…")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator("#thread .status-line")).to_be_hidden()
    await expect(page.locator(".caret")).to_have_count(0)
    assert screen.app.of("agent_session_stopped")[0]["streaming_message_ts"]


async def test_the_status_line_comes_before_the_first_word(screen: Screen) -> None:
    screen.app.pause_s = 0.6
    page = await screen.open("#/Ana/dm")
    await page.locator("#composer-main").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .status-line")).to_contain_text("glm is thinking…")
    await expect(page.locator("#log-main .message .status")).to_contain_text("glm is thinking…")


async def test_pictures_are_uploaded_previewed_and_can_be_taken_back(screen: Screen) -> None:
    page = await screen.open("#/Ana/C0GENERAL")
    picker = page.locator("#place input[type=file]")
    picture: FilePayload = {"name": "plan.png", "mimeType": "image/png", "buffer": PICTURE}
    notes: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}
    await picker.set_input_files([picture, notes])
    await expect(page.locator(".tile")).to_have_count(2)
    await page.get_by_role("button", name="Remove notes.txt").click()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#log-main .file.picture img")).to_be_visible()
    message = next(iter(screen.slack.workspace.messages["C0GENERAL"].values()))
    assert [screen.slack.workspace.files[file].data for file in message.files] == [PICTURE]
    paste = """() => {
        const data = new DataTransfer();
        data.items.add(new File(["x"], "pasted.txt", { type: "text/plain" }));
        const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector("#composer-main").dispatchEvent(event);
        document.querySelector("#place").dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    }"""
    await page.evaluate(paste)
    await expect(page.locator(".tile")).to_have_count(2)


async def test_a_modal_is_filled_in_and_its_errors_are_shown(screen: Screen) -> None:
    page = await screen.open("#/Ana/dm")
    await page.locator("#composer-main").fill("a button")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Open the form").click()
    dialog = page.get_by_role("dialog", name="Ask with files")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog.locator(".wrong .field-error")).to_have_text("Please complete this required field.")
    await dialog.get_by_label("Your question").fill("bad")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog.locator(".wrong .field-error")).to_have_text("Ask something better.")
    await dialog.get_by_label("Your question").fill("Which rooms?")
    await dialog.get_by_label("Length").select_option("Long")
    picture: FilePayload = {"name": "plan.png", "mimeType": "image/png", "buffer": PICTURE}
    await dialog.locator("input[type=file]").set_input_files([picture])
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#log-main")).to_contain_text("You asked: Which rooms?")
    values = screen.app.of("view_submission")[-1]["view"]["state"]["values"]
    assert values["style"]["length"]["selected_option"]["value"] == "long"
    assert values["files"]["files"]["files"][0]["name"] == "plan.png"


async def test_blocks_of_a_message_can_be_used(screen: Screen) -> None:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Short", "Long")]
    sure = {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": {"type": "mrkdwn", "text": "It *costs*."},
        "confirm": {"type": "plain_text", "text": "Go on"},
        "deny": {"type": "plain_text", "text": "Stay"},
    }
    elements = [
        {"type": "static_select", "action_id": "length", "options": options, "confirm": sure},
        {"type": "overflow", "action_id": "more", "options": options},
    ]
    rows = [[{"type": "raw_text", "text": f"row {index}"}] for index in range(6)]
    blocks: list[dict[str, Any]] = [
        {"type": "data_table", "caption": "Rows", "page_size": 2, "rows": rows},
        {"type": "actions", "block_id": "tools", "elements": elements},
    ]
    await screen.app.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    page = await screen.open("#/Ana/C0GENERAL")
    await expect(page.get_by_text("row 1")).to_be_visible()
    await page.get_by_role("button", name="Next rows").click()
    await page.get_by_role("button", name="Next rows").click()
    await expect(page.locator("tbody tr:visible")).to_have_text("row 5")
    await expect(page.get_by_role("button", name="Next rows")).to_be_disabled()
    await page.locator("select").select_option("Long")
    await expect(page.get_by_role("dialog", name="Sure?").locator("b")).to_have_text("costs")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_label("More").click()
    await page.get_by_role("button", name="Short").click()
    await checks.wait_for(lambda: len(screen.app.of("block_actions")) == 2)
    chosen = [body["actions"][0] for body in screen.app.of("block_actions")]
    assert [action["selected_option"]["value"] for action in chosen] == ["long", "short"]
    assert chosen[0]["block_id"] == "tools"


async def test_another_person_sees_what_is_new_to_them(screen: Screen) -> None:
    people = screen.slack.people
    root = people.post("Ana", "#general", "hello all")
    people.post("Mei", "#general", "hi @ben", thread_ts=root.ts)
    page = await screen.open("#/Ben/C0DESIGN0")
    await expect(page.locator("[data-place=C0GENERAL] .badge")).to_have_text("1")
    await page.locator("[data-place=C0GENERAL]").click()
    await expect(page.locator("[data-place=C0GENERAL] .badge")).to_have_count(0)
    await page.get_by_text("Mei", exact=True).click()
    await expect(page.get_by_label("Mei")).to_be_checked()
    await page.locator(".thread-link").click()
    await expect(page.locator("#thread .mention")).to_have_text("@Ben")
    people.react("Ana", root, "eyes")
    await expect(page.locator("#thread .reaction")).to_have_attribute("aria-label", "eyes: Ana")


async def type_until_suggested(page: Page, words: str, suggestion: str) -> None:
    await page.keyboard.type(words)
    await expect(page.get_by_role("option").first).to_contain_text(suggestion)


async def test_everything_can_be_done_with_the_keyboard(screen: Screen) -> None:
    page = await screen.open("#/Ana/C0GENERAL")
    box = page.locator("#composer-main")
    await expect(box).to_be_focused()
    await page.keyboard.type("@g")
    await expect(page.get_by_role("option").first).to_contain_text("@glm")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("first")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second")
    await page.keyboard.press("Enter")
    await expect(page.locator("#log-main .body")).to_have_text("first\nsecond", use_inner_text=True)
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_label("Edit your message")).to_be_focused()
    await page.keyboard.type("!")
    await page.keyboard.press("Enter")
    await expect(page.locator(".edited")).to_be_visible()
    await page.locator("#log-main .message").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="React with eyes")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".reaction")).to_have_attribute("aria-pressed", "true")
    await box.focus()
    await type_until_suggested(page, "/sum", "/summarize")
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/summarize ")
    await page.keyboard.type("this")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("Only visible to you")
    await expect(page.locator(".ephemeral")).to_contain_text("You said this")


async def test_suggestions_stay_for_who_comes_back_to_the_box_at_once(screen: Screen) -> None:
    page = await screen.open("#/Ana/C0GENERAL", is_fresh=True)  # its clock stays stopped
    await page.clock.install()
    box = page.locator("#composer-main")
    await box.blur()
    await box.focus()
    await type_until_suggested(page, "/sum", "/summarize")
    await page.clock.run_for(1000)
    await expect(page.get_by_role("option").first).to_be_visible()
    await box.blur()
    await page.clock.run_for(1000)
    await expect(page.get_by_role("option").first).to_be_hidden()


async def test_focus_stays_where_it_is_while_an_answer_comes(screen: Screen) -> None:
    screen.app.pause_s = 0.02
    page = await screen.open("#/Ana/dm")
    await page.locator("#composer-main").fill("slow please")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .live .body")).to_contain_text("more and more words")
    focused = page.locator("[data-place=C0DESIGN0]")
    await focused.focus()
    screen.slack.people.post("Ben", "#design", "something new")
    await expect(focused.locator(".badge")).to_have_text("1")
    length = len(await page.locator("#thread .live .body").inner_text())
    await page.wait_for_function("n => document.querySelector('#thread .live .body').innerText.length > n", arg=length)
    await expect(focused).to_be_focused()


async def test_messages_are_deleted_only_after_a_question(screen: Screen) -> None:
    screen.slack.people.post("Ana", "#general", "oops")
    page = await screen.open("#/Ana/C0GENERAL")
    await page.locator("#log-main .message").hover()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await page.get_by_role("button", name="Keep").click()
    await expect(page.locator("#log-main .message")).to_have_count(1)
    await page.locator("#log-main .message").hover()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#log-main .message")).to_have_count(0)


async def test_the_home_tab_is_the_apps_own(screen: Screen) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "Your *settings*"}}
    await screen.app.client.views_publish(user_id="U0ANA0000", view={"type": "home", "blocks": [block]})
    page = await screen.open("#/Ana/dm")
    await expect(page.locator(".chip")).to_have_text("Summarise a PDF")
    await page.get_by_role("tab", name="Home").click()
    await expect(page.locator(".home b")).to_have_text("settings")
    await checks.wait_for(lambda: [event["tab"] for event in screen.app.of("app_home_opened")] == ["messages", "home"])


async def test_dark_is_a_choice_and_stays_chosen(screen: Screen) -> None:
    page = await screen.open("#/Ana/C0GENERAL", color_scheme="light")
    background = "() => getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(background)
    await page.get_by_role("button", name="Colours: as the system").click()
    dark = await page.evaluate(background)
    assert dark != light
    await page.reload()
    await expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert await page.evaluate(background) == dark
    other = await screen.open("#/Ana/C0GENERAL", color_scheme="dark")
    assert await other.evaluate(background) == dark


async def test_on_a_phone_panels_are_screens(screen: Screen) -> None:
    page = await screen.open(viewport=PHONE, has_touch=True)
    assert await page.evaluate("() => document.documentElement.scrollWidth") == 390
    await page.get_by_role("button", name="Read this chart").tap()
    await expect(page.locator("#thread .body").last).to_contain_text("Done.")
    await expect(page.locator("#place")).to_be_hidden()
    await page.get_by_role("button", name="Back to the channel").tap()
    await expect(page.locator("#thread")).to_be_hidden()
    await page.get_by_role("button", name="Back to the list").tap()
    await page.locator("[data-place=C0DESIGN0]").tap()
    await expect(page.locator("#place-title")).to_have_text("#design")
    assert await page.evaluate("() => document.documentElement.scrollWidth") == 390


async def test_the_page_comes_back_when_the_server_does(screen: Screen) -> None:
    page = await screen.open("#/Ana/C0GENERAL")
    await expect(page.locator("#composer-main")).to_be_focused()
    for socket in list(_sockets(screen)):
        await socket.close()
    await expect(page.locator("#offline")).to_be_hidden()
    screen.slack.people.post("Ben", "#general", "back again")
    await expect(page.locator("#log-main")).to_contain_text("back again")


def _sockets(screen: Screen) -> Any:
    """The page's live sockets, as the server holds them."""
    hang_up: Any = screen.slack.web_app.on_shutdown[-1]
    return hang_up.__self__._sockets
