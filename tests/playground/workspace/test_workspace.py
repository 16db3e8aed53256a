import pytest

from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Message
from bot.playground.workspace.rich_text import text_of, typed
from bot.playground.workspace.workspace import Workspace, seeded_workspace


@pytest.fixture
def workspace() -> Workspace:
    return seeded_workspace(ManualClock())


def test_timestamps_and_ids_never_repeat(workspace: Workspace) -> None:
    stamps = [workspace.new_ts() for _ in range(100)]  # the clock stands still
    assert stamps == sorted(set(stamps))
    assert len({workspace.new_id("F") for _ in range(1000)}) == 1000


def test_people_and_places_go_by_the_names_people_use(workspace: Workspace) -> None:
    assert workspace.user("@ana") is workspace.user("Ana Prado") is workspace.user("U0ANA0000")
    assert workspace.channel("#general").id == "C0GENERAL"
    assert workspace.channel("@glm", "Mei").id == workspace.dm("Mei").id == "D0MEI0000"
    with pytest.raises(KeyError):
        workspace.channel("#nowhere")


def test_a_new_pair_gets_its_conversation_once(workspace: Workspace) -> None:
    assert workspace.dm("Ana", "Ben").id == workspace.dm("Ben", "Ana").id != workspace.dm("Ana").id


def test_a_thread_is_its_root_and_replies_in_order(workspace: Workspace) -> None:
    root = workspace.add_message(Message("C0GENERAL", workspace.new_ts(), "root"))
    replies = [
        workspace.add_message(Message("C0GENERAL", workspace.new_ts(), text, thread_ts=root.ts)) for text in ("a", "b")
    ]
    workspace.add_message(Message("C0GENERAL", workspace.new_ts(), "psst", thread_ts=root.ts, ephemeral_to="U0ANA0000"))
    assert workspace.thread("C0GENERAL", root.ts) == [root, *replies]
    assert root.thread_ts == root.ts
    assert not workspace.delete_message(root)
    assert workspace.delete_message(replies[0])
    assert workspace.thread("C0GENERAL", root.ts) == [root, replies[1]]


@pytest.mark.parametrize(
    ("typed_text", "text"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@glm, hello", "<@U0GLMBOT0>, hello"),
        ("mail ana@example.com", "mail ana@example.com"),
        ("@nobody and @here", "@nobody and <!here>"),
        ("<@U0ANA0000> in #design.", "<@U0ANA0000> in <#C0DESIGN0|design>."),
        ("see https://x.com/?a=1&b=2 now", "see <https://x.com/?a=1&amp;b=2> now"),
        ("", ""),
    ],
)
def test_typed_text_becomes_slack_s_markup(workspace: Workspace, typed_text: str, text: str) -> None:
    assert typed(workspace, typed_text)[0] == text


def test_blocks_say_the_same_as_the_text(workspace: Workspace) -> None:
    text, blocks = typed(workspace, "hello @Ana, 1 < 2")
    assert text_of(blocks[0]["elements"]).strip() == "hello <@U0ANA0000>, 1 < 2"
    assert text == "hello <@U0ANA0000>, 1 &lt; 2"
