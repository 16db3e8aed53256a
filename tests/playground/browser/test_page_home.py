"""The home tab on the page: by mouse, by keys, on a phone; it stays usable when the app publishes anew."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.slack.home.admin import BUDGET
from bot.slack.home.page import view
from tests.checks import wait_for
from tests.playground.browser.screen import CHROMIUM, PHONE, Screen
from tests.slack.home.pages import whole_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
]
ANA = "U0ANA0000"
OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Short", "Long")]


def button(action_id: str, label: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, "value": "v"}


def home(now: int = 0, more: int = 0) -> dict[str, Any]:
    select = {"type": "static_select", "action_id": "length", "options": OPTIONS, "initial_option": OPTIONS[now]}
    words = {"type": "mrkdwn", "text": f"*Length* is {OPTIONS[now]['value']}"}
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "My settings"}},
            {"type": "section", "block_id": f"length {now}", "text": words, "accessory": select},
            *({"type": "section", "text": {"type": "mrkdwn", "text": f"line {number}"}} for number in range(more)),
            {"type": "actions", "elements": [button("open", "Write instructions"), button("other", "Other")]},
        ],
    }


async def shown(screen: Screen, view: dict[str, Any], **traits: Any) -> Page:
    await screen.app.client.views_publish(user_id=ANA, view=view)
    page = await screen.open("#/Ana/dm/home", **traits)
    await expect(page.locator(".home h3")).to_have_text("My settings")
    return page


def pressed(screen: Screen) -> list[str]:
    return [body["actions"][0]["action_id"] for body in screen.app.of("block_actions")]


async def test_the_tabs_are_walked_by_arrows(screen: Screen) -> None:
    page = await shown(screen, home())
    tabs = page.get_by_role("tablist", name="App")
    await tabs.get_by_role("tab", name="Home").focus()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")
    await expect(page.locator("#composer-main")).to_be_visible()
    await tabs.get_by_role("tab", name="Messages").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(tabs.get_by_role("tab", name="Home")).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Home")).to_contain_text("Length is short")


async def test_a_choice_is_told_with_the_view_and_the_focus_stays_where_it_was(screen: Screen) -> None:
    page = await shown(screen, home())
    box = page.locator(".home select")
    await box.focus()
    await box.select_option("long")
    await wait_for(lambda: pressed(screen) == ["length"])
    (body,) = screen.app.of("block_actions")
    assert body["view"]["type"] == "home"
    assert "channel" not in body
    assert body["actions"][0]["selected_option"] == OPTIONS[1]
    await screen.app.client.views_publish(user_id=ANA, view=home(1))
    await expect(page.locator(".home")).to_contain_text("Length is long")
    await expect(page.locator(".home select")).to_be_focused()
    await expect(page.locator(".home select")).to_have_value("long")


async def test_what_is_published_anew_does_not_move_the_page(screen: Screen) -> None:
    page = await shown(screen, home(more=60))
    await page.get_by_role("button", name="Other").scroll_into_view_if_needed()
    before = await page.locator("#log-main").evaluate("(log) => log.scrollTop")
    assert before > 0
    await screen.app.client.views_publish(user_id=ANA, view=home(1, more=60))
    await expect(page.locator(".home")).to_contain_text("Length is long")
    assert await page.locator("#log-main").evaluate("(log) => log.scrollTop") == before


async def test_a_dialogue_opens_by_keys_and_gives_the_focus_back(screen: Screen) -> None:
    page = await shown(screen, home())
    opener = page.get_by_role("button", name="Write instructions")
    await opener.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Ask with files")
    await expect(dialog.get_by_label("Your question")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_on_a_phone_it_is_as_wide_as_the_phone(screen: Screen) -> None:
    await screen.app.client.views_publish(user_id=ANA, view=view(whole_page()))
    page = await screen.open("#/Ana/dm/home", viewport=PHONE, has_touch=True, is_mobile=True)
    await page.get_by_role("button", name="Set a budget…").tap()
    await wait_for(lambda: pressed(screen) == [BUDGET])
    channel = page.locator(".home .mention", has_text="#general")
    assert await channel.evaluate("(name) => getComputedStyle(name).display") == "inline", "amid its line"
    for box in await page.locator(".home .accessory").all():
        assert await box.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert await page.locator("#log-main").evaluate("(log) => log.scrollWidth <= log.clientWidth")
