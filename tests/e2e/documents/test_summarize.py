"""Summaries from the command to the screen: read, written, checked, remembered."""

from io import BytesIO
from pathlib import Path

from docx import Document as Word
from docx.enum.text import WD_BREAK

from bot.glm.offline.reply import Reply
from bot.playground.api.views import open_stack
from bot.playground.workspace.payloads import file_json
from bot.playground.workspace.records import Message
from bot.slack.reply.footer import AGAIN
from tests.checks import bot_messages, visible_text, wait_for
from tests.e2e.acting import labelled_pictures, quarters
from tests.e2e.documents.test_documents import letter, scan
from tests.e2e.documents.test_pictures import upload
from tests.stage import Stage, stage


def book(pages: int, words: int) -> bytes:
    """A Word file of several pages, each with a figure of its own."""
    word = Word()
    for number in range(1, pages + 1):
        word.add_heading(f"Chapter {number}", 1)
        word.add_paragraph(f"Chapter {number} costs {number * 1_111} euros. " + "plain words " * words)
        if number < pages:
            word.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def link(message: Message) -> str:
    return f"<https://acme.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}>"


async def ordered(on: Stage, words: str, channel: str = "#general") -> Message:
    """The message in the direct messages that the summary hangs on."""
    delivery = await on.slack.people.slash_command("Ana", channel, "/summarize", words)
    await on.carried_out()
    assert delivery.is_acknowledged
    dm = on.slack.workspace.dm("Ana").id
    return next(message for message in reversed(bot_messages(on.slack, dm)) if not message.is_reply)


async def under(on: Stage, root: Message, count: int = 1) -> list[str]:
    """The answers in the thread that a message of the bot's own begins."""
    return (await on.answers(root.channel, root.ts, count + 1))[1:]


async def test_a_document_is_summarised_with_checked_citations_and_its_thread_knows_it(tmp_path: Path) -> None:
    told = "The rent is 1,250 euros [p. 1], or 9,999 [p. 1]. Also [p. 4]."
    async with stage(tmp_path, [Reply(text=told), Reply(text="The third.")]) as on:
        shared = on.slack.people.post("Ana", "#general", "the lease", files=[upload(on, "lease.docx", letter())])
        root = await ordered(on, f"{link(shared)} what does it cost?")
        (answer,) = await under(on, root)
        assert "The rent is 1,250 euros [[p. 1]](http" in answer
        assert "or 9,999. Also." in answer
        assert "/lease.docx)" in answer
        asked = on.question()
        assert "Please summarise lease.docx." in asked
        assert "what does it cost?" in asked
        assert "The rent is 1,250 euros a month" in asked
        assert [one for one in bot_messages(on.slack, "#general") if not one.ephemeral_to] == []
        on.slack.people.post("Ana", root.channel, "and when?", thread_ts=root.ts)
        await under(on, root, 2)
        assert "third working day" in str(on.asked()["messages"])


async def test_a_summary_is_written_anew_as_it_was_ordered(tmp_path: Path) -> None:
    told = "The rent is 1,250 euros [p. 1], or 9,999 [p. 1]."
    async with stage(tmp_path, [Reply(text="First."), Reply(text=told)]) as on:
        shared = on.slack.people.post("Ana", "#general", "the lease", files=[upload(on, "lease.docx", letter())])
        root = await ordered(on, link(shared))
        await under(on, root)
        message = bot_messages(on.slack, root.channel, root.ts)[-1]
        await on.slack.people.click("Ana", message, AGAIN)
        await on.carried_out()

        def answer() -> str:
            return visible_text(bot_messages(on.slack, root.channel, root.ts)[-1])

        # As a link in Markdown, or in rich text where the first answer was streamed.
        await wait_for(lambda: "The rent is 1,250 euros [" in answer())
        assert "or 9,999." in answer(), "checked as strictly as the first time"
        assert "[p. 1]" in answer()
        assert on.question(0) == on.question(1)


async def test_a_cited_page_is_shown(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="It is invoice 4711 [p. 1].")]) as on:
        shared = on.slack.people.post("Ana", "#general", files=[upload(on, "scan.pdf", scan())])
        root = await ordered(on, link(shared))
        (answer,) = await under(on, root)
        assert "(seen in the picture)" in answer
        message = bot_messages(on.slack, root.channel, root.ts)[-1]
        option = {"value": "scan.pdf#1", "text": {"type": "plain_text", "text": "p. 1"}}
        await on.slack.people.click("Ana", message, "show_page", selected_option=option)
        await on.carried_out()
        await under(on, root, 2)
        shown = bot_messages(on.slack, root.channel, root.ts)[-1]
        blocks = [*shown.blocks, *(shown.stream.blocks if shown.stream else [])]
        assert [block["type"] for block in blocks if "slack_file" in block] == ["image"]


async def test_a_channel_s_day_with_links_to_its_messages(tmp_path: Path) -> None:
    told = "- [ ] **Ben** — orders the chairs [m2]\n\nNobody said no [m7]."
    async with stage(tmp_path, [Reply(text=told), Reply(text="Ben does [m2].")]) as on:
        on.slack.people.post("Ana", "#general", "Who orders the chairs?")
        said = on.slack.people.post("Ben", "#general", "I do, tomorrow.")
        root = await ordered(on, "today")
        (answer,) = await under(on, root)
        domain = on.slack.workspace.team.domain
        address = f"https://{domain}.slack.com/archives/{said.channel}/p{said.ts.replace('.', '')}"
        assert f"Ben]({address})" in answer
        assert "Nobody said no." in answer
        assert "Ben: I do, tomorrow." in on.question()
        on.slack.people.post("Ana", root.channel, "who?", thread_ts=root.ts)
        *_, again = await under(on, root, 2)
        assert f"Ben]({address})" in again, "what is asked afterwards can be cited too"


async def test_a_private_summary_s_thread_has_its_source_as_title(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="They take the blue one [m1].")]) as on:
        on.slack.people.post("Ben", "#design", "We take the blue one.")
        root = await ordered(on, "last five", "#design")
        await under(on, root)
        assert root.text == "Summary of #design, last 5"
        sessions = on.slack.workspace.sessions
        await wait_for(lambda: sessions[root.channel, root.ts].title == "#design, last 5")
        roots = [one for one in bot_messages(on.slack, root.channel) if not one.is_reply and not one.ephemeral_to]
        assert roots == [root], "one thing, in one place"


async def test_a_thread_by_its_shortcut_in_the_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="They chose blue [m2].")]) as on:
        root = on.slack.people.post("Ana", "#design", "Which colour?")
        on.slack.people.post("Ben", "#design", "Blue.", thread_ts=root.ts)
        await on.slack.people.message_shortcut("Mei", root, "summarise_message")
        await on.carried_out()
        (answer,) = await on.answers(root.channel, root.ts)
        assert "They chose blue [" in answer
        assert on.question().count("Which colour?") == 1, "told once"


async def test_uploaded_files_for_the_channel(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Both are letters.")]) as on:
        await on.slack.people.slash_command("Ana", "#general", "/summarize")
        await on.carried_out()
        view = open_stack(on.slack, on.slack.workspace.user("Ana").id)[-1]
        files = [on.slack.people.upload("Ana", name, letter()) for name in ("one.docx", "two.docx")]
        given = {"type": "file_input", "files": [file_json(on.slack.workspace, file, full=True) for file in files]}
        where = {"type": "radio_buttons", "selected_option": {"value": "channel"}}
        await on.slack.people.submit_view("Ana", view, {"files": {"value": given}, "where": {"value": where}})
        await on.carried_out()
        (root,) = [one for one in bot_messages(on.slack, "#general") if not one.is_reply]
        (answer,) = await under(on, root)
        assert "Both are letters." in answer
        assert "compare them" in on.question()


async def test_a_long_document_is_read_part_by_part(tmp_path: Path) -> None:
    notes = [Reply(text="Notes: it costs much [book.docx p. 1].")] * 30
    async with stage(tmp_path, lambda body: summary_of(body, notes)) as on:
        shared = on.slack.people.post("Ana", "#general", files=[upload(on, "book.docx", book(60, 700))])
        root = await ordered(on, link(shared))
        (answer,) = await under(on, root)
        assert "All in all it costs 1,111 euros [" in answer
        assert len(on.model.requests) > 3
        assert "Notes on part 1 of" in on.question()


async def test_what_can_t_be_read_is_said_in_the_thread(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="never")]) as on:
        shared = on.slack.people.post("Ana", "#general", files=[upload(on, "broken.docx", letter()[:900])])
        root = await ordered(on, link(shared))
        (answer,) = await under(on, root)
        assert "I couldn't read it: broken.docx (" in answer
        assert not on.model.requests


async def test_a_question_about_a_message(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="1,250 euros.")]) as on:
        shared = on.slack.people.post("Ben", "#general", "the lease", files=[upload(on, "lease.docx", letter())])
        await on.slack.people.message_shortcut("Ana", shared, "ask_about_message")
        await on.carried_out()
        view = open_stack(on.slack, on.slack.workspace.user("Ana").id)[-1]
        typed = {"question": {"value": {"type": "plain_text_input", "value": "How much?"}}}
        await on.slack.people.submit_view("Ana", view, typed)
        await on.carried_out()
        await wait_for(lambda: len(bot_messages(on.slack, shared.channel, shared.ts)) >= 2)
        await on.settled()
        asked, answer = bot_messages(on.slack, shared.channel, shared.ts)
        assert visible_text(asked).endswith("asks: How much?")
        assert "1,250 euros." in visible_text(answer)
        assert "The rent is 1,250 euros a month" in str(on.asked()["messages"])


def summary_of(body: object, notes: list[Reply]) -> Reply:
    if "Take notes on this part" in str(body):
        return notes[0]
    return Reply(text="All in all it costs 1,111 euros [p. 1].")


async def test_the_files_of_a_thread_s_replies_are_read(tmp_path: Path) -> None:
    told = "They chose blue [m3]; the rent is 1,250 euros [lease.docx p. 1], or 9,999 [lease.docx p. 1]."
    async with stage(tmp_path, [Reply(text=told), Reply(text="The third.")]) as on:
        root = on.slack.people.post("Ana", "#design", "Which colour?")
        files = [upload(on, "lease.docx", letter()), upload(on, "broken.docx", letter()[:900])]
        on.slack.people.post("Ben", "#design", "see these", thread_ts=root.ts, files=files)
        on.slack.people.post("Ben", "#design", "Blue.", thread_ts=root.ts)
        await on.slack.people.message_shortcut("Ana", root, "summarise_message")
        await on.carried_out()
        (answer,) = await on.answers(root.channel, root.ts)
        asked = on.question()
        assert "[lease.docx p. 1]" in asked
        assert "The rent is 1,250 euros a month" in asked
        assert "(files: lease.docx, broken.docx)" in asked
        assert "the rent is 1,250 euros [[lease.docx p. 1]](http" in answer
        assert "or 9,999." in answer
        footer = str(bot_messages(on.slack, root.channel, root.ts)[-1])
        assert "Read: lease.docx" in footer
        assert "Not read: broken.docx (" in footer
        on.slack.people.post("Ana", root.channel, "<@glm> and when?", thread_ts=root.ts)
        await on.answers(root.channel, root.ts, 2)
        assert "third working day" in str(on.asked()["messages"])


async def test_too_many_files_of_a_thread_are_told_of(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Pictures.")]) as on:
        root = on.slack.people.post("Ana", "#design", "Your drafts, please")
        for number in range(12):
            file = upload(on, f"draft-{number}.png", quarters(60 + number, 40))
            on.slack.people.post("Ben", "#design", "mine", thread_ts=root.ts, files=[file])
        await on.slack.people.message_shortcut("Ana", root, "summarise_message")
        await on.carried_out()
        await on.answers(root.channel, root.ts)
        assert len(labelled_pictures(on.asked())) == 10
        footer = str(bot_messages(on.slack, root.channel, root.ts)[-1])
        assert "draft-10.png (too many files at once; ask me about it by itself)" in footer
        assert "draft-11.png (too many files at once)" in footer
