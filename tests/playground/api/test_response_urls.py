import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.api.response_urls import new_response_url
from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Message, ResponseUrl
from tests import checks


@pytest.fixture
async def original(slack: LocalSlack) -> Message:
    return slack.people.post("Ana", "#general", "with a button")


@pytest.fixture
def webhook(slack: LocalSlack, original: Message) -> AsyncWebhookClient:
    target = ResponseUrl("C0GENERAL", "U0ANA0000", slack.time.now(), original.ts)
    return AsyncWebhookClient(new_response_url(slack, target))


async def test_five_answers_are_the_most(slack: LocalSlack, webhook: AsyncWebhookClient) -> None:
    for number in range(5):
        assert (await webhook.send(text=str(number))).body == "ok"
    sixth = await webhook.send(text="5")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
    assert [message.ephemeral_to for message in checks.bot_messages(slack)] == ["U0ANA0000"] * 5


async def test_half_an_hour_is_the_end(slack: LocalSlack, webhook: AsyncWebhookClient, clock: ManualClock) -> None:
    clock.advance(1801)
    assert "expired_url" in (await webhook.send(text="late")).body


async def test_for_all_instead_or_away(slack: LocalSlack, webhook: AsyncWebhookClient, original: Message) -> None:
    await webhook.send(text="for all", response_type="in_channel")
    assert checks.bot_messages(slack)[0].ephemeral_to is None
    await webhook.send(text="instead", replace_original=True)
    assert original.text == "instead"
    await webhook.send_dict({"delete_original": True})
    assert original.ts not in slack.workspace.messages["C0GENERAL"]


async def test_markdown_text_is_no_text(slack: LocalSlack, webhook: AsyncWebhookClient) -> None:
    answer = await webhook.send_dict({"markdown_text": "**bold**"})
    assert (answer.status_code, "no_text" in answer.body) == (404, True)
    assert not checks.bot_messages(slack)
