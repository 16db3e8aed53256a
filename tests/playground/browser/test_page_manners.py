"""Small things that a person minds: which key closes what, what is read aloud, what a thumb can reach."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.checks import wait_for
from tests.playground.browser.conftest import ANA
from tests.playground.browser.screen import CHROMIUM, PHONE, Screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
]
PLACE = "#/Ana/C0GENERAL"
TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Short", "Long")]
MENU = {
    "type": "actions",
    "block_id": "tools",
    "elements": [{"type": "overflow", "action_id": "m", "options": OPTIONS}],
}


async def test_escape_closes_the_menu_and_not_the_thread(screen: Screen) -> None:
    root = screen.slack.people.post("Ana", "#general", "hello")
    place: dict[str, Any] = {"channel": "C0GENERAL", "thread_ts": root.ts}
    await screen.app.client.chat_postMessage(**place, text="x", blocks=[MENU])
    page = await screen.open(f"{PLACE}/{root.ts}")
    thread = page.locator("#thread")
    more = thread.get_by_label("More")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(thread.get_by_role("button", name="Short")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(thread.get_by_role("button", name="Short")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(thread.get_by_role("button", name="Short")).to_be_hidden()
    await expect(more).to_be_focused()
    await expect(thread).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_escape_closes_the_reactions_and_not_the_thread(screen: Screen) -> None:
    root = screen.slack.people.post("Ana", "#general", "hello")
    page = await screen.open(f"{PLACE}/{root.ts}")
    await page.locator("#thread .message").hover()
    await page.locator("#thread").get_by_role("button", name="Add a reaction").click()
    await expect(page.locator(".pop")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".pop")).to_be_hidden()
    await expect(page.locator("#thread")).to_be_visible()


async def test_the_menu_of_a_message_gives_the_focus_back_to_its_button(screen: Screen) -> None:
    root = screen.slack.people.post("Ana", "#general", "hello")
    page = await screen.open(f"{PLACE}/{root.ts}")
    await page.locator("#thread .message").focus()
    react = page.locator("#thread").get_by_role("button", name="Add a reaction")
    await react.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".pop")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(react).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator("#thread").get_by_role("button", name="React with eyes")).to_be_focused()


async def test_thinking_is_as_dark_as_other_small_print_all_the_time(screen: Screen) -> None:
    root = screen.slack.people.post("Ana", "@glm", "hello")
    place: dict[str, Any] = {"channel": root.channel, "thread_ts": root.ts}
    await screen.app.client.chat_startStream(**place, task_display_mode="plan")
    page = await screen.open(f"#/Ana/{root.channel}/{root.ts}")
    await expect(page.locator(".thinking")).to_have_css("animation-name", "none")
    await expect(page.locator(".thinking")).to_have_css("opacity", "1")


async def test_code_is_copied_by_a_thumb_and_without_a_clipboard(screen: Screen) -> None:
    """A phone on the same network comes by plain HTTP, where browsers have no clipboard."""
    await screen.app.client.chat_postMessage(channel="C0GENERAL", text="```\nls -l\n```")
    page = await screen.open(PLACE, **TOUCH)
    await page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    copy = page.get_by_role("button", name="Copy", exact=True)
    await expect(copy).to_have_css("opacity", "1")
    await copy.tap()
    await expect(page.locator(".toast")).to_have_text("Copied the code.")


async def test_the_field_for_files_is_as_wide_as_the_others(screen: Screen) -> None:
    page = await screen.open("#/Ana/dm", **TOUCH)
    await page.locator("#composer-main").fill("a button")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Open the form").tap()
    wide = "node => Math.round(node.getBoundingClientRect().width)"
    files = await page.locator("#view input[type=file]").evaluate(wide)
    assert files == await page.locator("#view textarea").evaluate(wide)


async def test_the_announcer_reads_words(screen: Screen) -> None:
    page = await screen.open(PLACE)
    await expect(page.locator("#composer-main")).to_be_focused()
    await screen.app.client.chat_postMessage(
        channel="C0GENERAL", markdown_text="The **total** is `64.65`:\n\n| a | b |\n|---|---|\n| lamp | 24 |\n\n- done"
    )
    await expect(page.locator("#announce")).to_have_text("glm: The total is 64.65: a b lamp 24 done")


async def test_the_badge_does_not_count_where_one_is(screen: Screen) -> None:
    page = await screen.open("#/Ana/dm")
    root = screen.slack.people.post("Ana", "@glm", "slow please")
    await expect(page.locator("#log-main .fresh-mark")).to_have_text("1 new")
    dm = page.locator(f"[data-place={root.channel}]")
    await expect(dm.locator(".badge")).to_have_count(0)
    assert not (await page.title()).startswith("(")
    await page.locator("[data-place=C0DESIGN0]").click()
    await expect(dm.locator(".badge")).to_have_text("1")


async def test_a_wide_table_says_that_it_goes_on(screen: Screen) -> None:
    cells = [f"column {number}" for number in range(12)]
    lines = [cells, ["---"] * 12, ["1,000"] * 12]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    await screen.app.client.chat_postMessage(channel="C0GENERAL", markdown_text=table)
    page = await screen.open(PLACE, **TOUCH)
    frame = page.locator(".table-wrap")
    hint = "node => getComputedStyle(node, '::after').display"
    await expect(frame).to_have_class("table-wrap goes-on")
    assert await frame.evaluate(hint) == "block"
    await frame.evaluate("node => { node.scrollLeft = node.scrollWidth; }")
    await expect(frame).to_have_class("table-wrap")
    assert await frame.evaluate(hint) == "none"


async def test_a_channel_behind_a_command_is_sent_as_slack_sends_it(screen: Screen) -> None:
    page = await screen.open(PLACE)
    await page.locator("#composer-main").fill(
        "/summarize #design what did @ben say & why? https://example.com/a?b=1&c=2"
    )
    await page.keyboard.press("Enter")
    await wait_for(lambda: screen.app.of("command"))
    assert screen.app.of("command")[0]["text"] == (
        "<#C0DESIGN0|design> what did <@U0BEN0000|ben> say &amp; why? <https://example.com/a?b=1&amp;c=2>"
    )


async def test_there_is_no_home_tab_where_the_app_has_none(screen: Screen) -> None:
    screen.slack.has_home = False
    page = await screen.open("#/Ana/dm/home")
    await expect(page.locator("#place-title")).to_have_text("glm")
    await expect(page.locator("#tabs")).to_be_hidden()
    await expect(page.locator("#composer-main")).to_be_visible()


async def test_the_tools_of_a_message_leave_its_words_free_on_a_phone(screen: Screen) -> None:
    for words in ("one", "two " * 40):
        await screen.app.client.chat_postMessage(channel="C0GENERAL", text=words)
    page = await screen.open(PLACE, **TOUCH)
    second = page.locator(".message.follows")
    await second.focus()
    await expect(second.locator(".toolbar")).to_be_visible()
    edge = "node => Math.round(node.getBoundingClientRect().{})"
    bottom = await second.locator(".toolbar").evaluate(edge.format("bottom"))
    assert bottom <= await second.locator(".body").evaluate(edge.format("top")) + 2


async def test_a_greeting_is_read_from_its_beginning(screen: Screen) -> None:
    dm = screen.slack.workspace.dm(ANA).id
    page = await screen.open("#/Ana/dm", **TOUCH)
    await screen.app.client.chat_postMessage(channel=dm, text="\n".join(f"line {number}" for number in range(60)))
    await expect(page.get_by_text("line 0", exact=False).first).to_be_in_viewport()
    screen.slack.people.post("Ana", "@glm", "thank you")
    await expect(page.get_by_text("thank you")).to_be_in_viewport()
