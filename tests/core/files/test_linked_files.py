"""LinkedFiles looks up a few files for each message, as its asker, and leaves the others out by name."""

from dataclasses import dataclass, field, replace

from bot.core.files.linked_files import MOST_LINKED, LinkedFiles, Refused
from bot.core.thread.inbound import LEFT_OUT, LINKED, FileRef, Inbound
from bot.errors import FileForbidden
from tests.core.values import file_ref, inbound

IDS = tuple(f"F0A{at}" for at in range(MOST_LINKED + 2))
ADDRESSES = " ".join(f"https://acme.slack.com/files/U1A/{id_}/plan-{id_}.pdf" for id_ in IDS)


@dataclass
class FakeLinks:
    """Everybody may see every file but those in `closed`."""

    closed: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    async def file(self, file_id: str, *, user: str, channel: str) -> FileRef:
        self.asked.append(file_id)
        if file_id in self.closed:
            raise FileForbidden(f"{user} in {channel}")
        return FileRef(file_id, "told by Slack.pdf", url="https://files.slack.com/x")


def left_out(message: Inbound) -> list[str]:
    return [file.id for file in message.files if file.mode == LEFT_OUT]


async def test_files_past_the_first_few_are_named_and_left_out() -> None:
    links, refused = FakeLinks(), Refused()
    message = await LinkedFiles(links).with_linked(inbound(text=ADDRESSES, files=(file_ref("a.png"),)), refused)
    assert links.asked == list(IDS[:MOST_LINKED])
    assert [file.name for file in message.files] == [
        "a.png", *["told by Slack.pdf"] * MOST_LINKED, f"plan-{IDS[-2]}.pdf", f"plan-{IDS[-1]}.pdf",
    ]  # fmt: skip
    assert (left_out(message), refused) == (list(IDS[MOST_LINKED:]), {})


async def test_chips_and_addresses_are_counted_together() -> None:
    links, refused = FakeLinks(), Refused()
    chips = tuple(FileRef(f"F0B{at}", f"chip {at}", mode=LINKED) for at in range(MOST_LINKED))
    message = await LinkedFiles(links).with_linked(inbound(text=ADDRESSES, files=chips), refused)
    assert links.asked == [chip.id for chip in chips]
    assert left_out(message) == list(IDS)


async def test_what_the_asker_may_not_see_is_called_as_in_its_address() -> None:
    refused = Refused()
    message = await LinkedFiles(FakeLinks(frozenset({"F0A0"}))).with_linked(inbound(text=ADDRESSES), refused)
    assert message.files[0].name == "plan-F0A0.pdf"
    assert isinstance(refused["F0A0"], FileForbidden)


async def test_addresses_of_people_from_elsewhere_are_not_followed() -> None:
    links, refused = FakeLinks(), Refused()
    stranger = replace(inbound(text=ADDRESSES), user_team="T9")
    assert await LinkedFiles(links).with_linked(stranger, refused) == stranger
    assert await LinkedFiles(None).with_linked(inbound(text=ADDRESSES), refused) == inbound(text=ADDRESSES)
    assert (links.asked, refused) == ([], {})
