"""The scenes of the demo, in the order they are played. Each opens its own page and leaves pictures of it."""

from collections.abc import Awaitable, Callable

from playwright.async_api import FilePayload, Locator, Page, expect

from bot.playground.samples import draw_all
from scripts.demo import model as said
from scripts.demo import pages
from scripts.demo.pictures import nameplate, sketch, wall
from scripts.demo.stage import PHONE, Stage, answered, ask

Scene = Callable[[Stage], Awaitable[None]]


async def streaming(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.STREAMED)
    await expect(thread.locator(".message.live .body")).to_contain_text("Evaporator")
    await stage.shoot(page, "streaming")
    await expect(thread.locator(".message.live")).to_have_count(1)
    await answered(thread)


async def reasoning(stage: Stage) -> None:
    await stage.command("/glm reasoning summary")
    page = await stage.open()
    thread = await ask(page, said.SUMMARY, ("sales-chart.png", draw_all()["sales-chart.png"]))
    summary = thread.locator(".container summary")
    await summary.wait_for()
    await stage.shoot(page, "reasoning-closed")
    await summary.click()
    await _to_bottom(page)
    await stage.shoot(page, "reasoning-open")
    await stage.command("/glm reasoning line")


async def table(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.TABLE)
    await answered(thread)
    await thread.locator("a.file").wait_for()
    await _into_view(thread.locator(".data-table"))
    await stage.shoot(page, "table")


async def stopped(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.STOPPED)
    await expect(thread.locator(".message.live .body")).to_contain_text("In the year 1804")
    await page.wait_for_timeout(1_500)
    await thread.get_by_role("button", name="Stop").click()
    await thread.get_by_role("button", name="Continue").wait_for()
    await _to_bottom(page)
    await stage.shoot(page, "stopped")


async def regenerated(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.REGENERATED)
    await answered(thread)
    await thread.get_by_role("button", name="Regenerate", exact=True).click()
    await expect(thread.locator(".body").last).to_contain_text("Paper Trail")
    answer = await answered(thread)
    await answer.get_by_label("More").click()
    await stage.shoot(page, "regenerated")
    await answer.get_by_role("button", name="Earlier versions").click()
    await expect(page.locator("#view")).to_contain_text("The Third Floor")
    await stage.shoot(page, "regenerated-versions")
    await page.locator("#view").get_by_role("button", name="Close").first.click()
    await page.locator("#view").wait_for(state="hidden")


async def phone(stage: Stage) -> None:
    page = await stage.open(viewport=PHONE)
    thread = await ask(page, said.SUMMARY, ("sales-chart.png", draw_all()["sales-chart.png"]))
    await answered(thread)
    await _to_bottom(page)
    await stage.shoot(page, "phone")


async def zoom(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.ZOOMED, ("pump.png", nameplate()))
    await answered(thread)
    await _loaded(thread)
    await _to_bottom(page)
    await stage.shoot(page, "zoom")


async def boxes(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.BOXES, ("wall.png", wall()))
    answer = await answered(thread)
    await _loaded(thread)
    await _into_view(answer)
    await stage.shoot(page, "boxes")


async def pictures(stage: Stage) -> None:
    page = await stage.open("#/Ana/C0GENERAL")
    thread = await ask(page, f"@glm {said.PICTURES}", ("checkout-error.png", draw_all()["checkout-error.png"]))
    answer = await answered(thread)
    await _loaded(thread)
    await _into_view(answer.locator(".markdown").first)
    await stage.shoot(page, "pictures-inside")


async def workshop(stage: Stage) -> None:
    page = await stage.open()
    thread = await ask(page, said.PAGE, ("sketch.png", sketch()))
    await answered(thread)
    await _loaded(thread)
    await _to_bottom(page)
    await stage.shoot(page, "page-v1")
    for count, words in ((2, said.GREEN), (3, said.LOG_IN)):
        await ask(page, words)
        answer = await answered(thread, count)
    await thread.locator("a.file").nth(2).wait_for()
    await _loaded(thread)
    await _to_bottom(page)
    await stage.shoot(page, "page-v3")
    await answer.locator("select").select_option(label="Version 1")
    await thread.get_by_text("Version 1 and Version 3").wait_for()
    await thread.get_by_text("on the page changed").nth(2).wait_for()
    await _loaded(thread)
    await _to_bottom(page)
    await stage.shoot(page, "page-compared")


async def approval(stage: Stage) -> None:
    page = await stage.open("#/Ana/C0GENERAL")
    thread = await ask(page, f"@glm {said.APPROVED}")
    approve = thread.get_by_role("button", name="Approve")
    await approve.wait_for()
    await _to_bottom(page)
    await stage.shoot(page, "approval")
    await approve.click()
    await answered(thread)


async def summarize(stage: Stage) -> None:
    page = await stage.open("#/Ana/C0GENERAL")
    await page.locator("#composer-main").fill("/summarize")
    await page.keyboard.press("Enter")
    dialog = page.locator("#view")
    await dialog.locator("input[type=file]").wait_for(timeout=5_000)
    report: FilePayload = {
        "name": pages.REPORT_NAME,
        "mimeType": "application/pdf",
        "buffer": await _report(stage),
    }
    await dialog.locator("input[type=file]").set_input_files([report])
    await stage.shoot(page, "summarize-modal")
    await dialog.get_by_role("radio", name="This channel").check()
    await dialog.locator("button[type=submit]").click()
    root = page.locator("#log-main .message", has_text="asked for a summary")
    await root.locator(".status").wait_for()
    await stage.shoot(page, "summarize-progress")
    await root.locator(".thread-link").click()
    thread = page.locator("#thread")
    answer = await answered(thread)
    await _into_view(answer)
    await stage.shoot(page, "summarize-result")
    await answer.locator("select").select_option(label="p. 2")
    await thread.locator("figure.image").wait_for()
    await _loaded(thread)
    await _to_bottom(page)
    await stage.shoot(page, "summarize-page")


async def home(stage: Stage) -> None:
    stage.slack.workspace.user("Ben").is_admin = True
    page = await stage.open("#/Ana/dm/home")
    await page.locator(".home select").first.wait_for()
    await stage.shoot(page, "home")
    page = await stage.open("#/Ben/dm/home")
    await _into_view(page.get_by_role("heading", name="For admins"))
    await stage.shoot(page, "home-admin")
    await page.get_by_role("button", name="Set a budget…").click()
    await page.locator("#view input").first.wait_for()
    await stage.shoot(page, "home-budget")


async def _report(stage: Stage) -> bytes:
    page = await stage.chromium.new_page()
    await page.set_content(pages.REPORT)
    pdf = await page.pdf(format="A5", print_background=True)
    await page.close()
    return pdf


async def _to_bottom(page: Page) -> None:
    await page.locator("#log-thread").evaluate("log => log.scrollTo(0, log.scrollHeight)")


async def _into_view(part: Locator) -> None:
    await part.evaluate("node => node.scrollIntoView({ block: 'start' })")


async def _loaded(thread: Locator) -> None:
    """Pictures are loaded when they come into view."""
    await thread.evaluate(
        "root => Promise.all([...root.querySelectorAll('img')].map((one) => ((one.loading = 'eager'), one.decode())))"
    )


SCENES: dict[str, Scene] = {
    "streaming": streaming,
    "reasoning": reasoning,
    "table": table,
    "stopped": stopped,
    "regenerated": regenerated,
    "phone": phone,
    "zoom": zoom,
    "boxes": boxes,
    "pictures": pictures,
    "workshop": workshop,
    "approval": approval,
    "summarize": summarize,
    "home": home,
}
