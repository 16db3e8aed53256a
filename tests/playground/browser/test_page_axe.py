"""The page for people who see or hear it in another way: axe-core finds nothing serious, in light, dark, on a phone."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.slack.home.page import view
from tests.playground.browser.screen import CHROMIUM, PHONE, WIDE, Screen
from tests.slack.home.pages import whole_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
]
SERIOUS = {"serious", "critical"}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark", "has_touch": True, "is_mobile": True},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return LOOKS[request.param]


async def assert_fine(page: Page, where: str) -> None:
    found = (await Axe().run(page)).response["violations"]
    serious = [
        f"{where}: {one['id']}: {one['help']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
    assert serious == []


async def test_the_first_screen(screen: Screen, look: dict[str, Any]) -> None:
    page = await screen.open(**look)
    await expect(page.locator(".try")).to_have_count(3)
    await assert_fine(page, "start")


async def test_an_answer_while_it_comes_and_when_it_is_there(screen: Screen, look: dict[str, Any]) -> None:
    root = screen.slack.people.post("Ben", "@glm", "hello")
    screen.slack.people.react("Ben", root, "eyes")
    page = await screen.open("#/Ana/dm", **look)
    screen.app.pause_s = 0.5
    await page.locator("#composer-main").fill("what is wrong here?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .status-line")).to_be_visible()
    await assert_fine(page, "waiting")
    await expect(page.locator("#thread .context")).to_contain_text("Read:")
    await assert_fine(page, "answered")


async def test_blocks_of_every_kind(screen: Screen, look: dict[str, Any]) -> None:
    options = [{"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Short", "Long")]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Result"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*Bold*, `code`, <https://example.com|a link>\n> quoted"},
        },
        {
            "type": "data_table",
            "caption": "Rows",
            "page_size": 2,
            "rows": [[{"type": "raw_text", "text": str(n)}] for n in range(5)],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "static_select", "action_id": "one", "options": options},
                {"type": "overflow", "action_id": "two", "options": options},
                {
                    "type": "button",
                    "action_id": "three",
                    "text": {"type": "plain_text", "text": "Go"},
                    "style": "primary",
                },
                {
                    "type": "button",
                    "action_id": "four",
                    "text": {"type": "plain_text", "text": "No"},
                    "style": "danger",
                },
            ],
        },
    ]
    screen.slack.people.post(
        "Ben",
        "#general",
        "look at @ana and https://example.com",
        files=[
            screen.slack.people.upload("Ben", "notes.txt", b"hello"),
        ],
    )
    await screen.app.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    await screen.app.client.chat_postMessage(
        channel="C0GENERAL", markdown_text="# A\n\n```python\nx = 1\n```\n\n1. b\n\n| c |\n|---|\n| d |"
    )
    page = await screen.open("#/Ana/C0GENERAL", **look)
    await expect(page.locator(".message")).to_have_count(3)
    await page.get_by_label("More").click()
    await assert_fine(page, "blocks")


async def test_a_dialogue_with_its_errors(screen: Screen, look: dict[str, Any]) -> None:
    page = await screen.open("#/Ana/dm", **look)
    await page.locator("#composer-main").fill("a button")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Open the form").click()
    dialog = page.get_by_role("dialog", name="Ask with files")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog.locator(".wrong .field-error")).to_be_visible()
    await assert_fine(page, "dialogue")


async def test_the_home_tab(screen: Screen, look: dict[str, Any]) -> None:
    await screen.app.client.views_publish(user_id="U0ANA0000", view=view(whole_page()))
    page = await screen.open("#/Ana/dm/home", **look)
    await expect(page.locator(".home select").last).to_be_visible()
    await assert_fine(page, "home")
