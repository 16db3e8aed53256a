"""A document in a message: its pages reach the model as text and pictures, and the thread remembers it."""

from io import BytesIO
from pathlib import Path

from docx import Document as Word
from PIL import Image, ImageDraw

from bot.glm.offline.reply import Reply
from tests.checks import calls_of
from tests.e2e.documents.test_pictures import pictures, upload
from tests.stage import stage, text_of


def letter() -> bytes:
    word = Word()
    word.add_heading("Lease agreement", 1)
    word.add_paragraph("The rent is 1,250 euros a month, due on the third working day.")
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def scan() -> bytes:
    """A PDF whose only page is a picture."""
    page = Image.new("RGB", (850, 1100), "white")
    ImageDraw.Draw(page).text((80, 80), "INVOICE 4711", fill="black", font_size=60)
    out = BytesIO()
    page.save(out, "PDF", resolution=100)
    return out.getvalue()


async def test_a_word_file_is_told_as_text_and_remembered(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="1,250 euros [p. 1]."), Reply(text="The third working day.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "how much is it?", files=[upload(on, "lease.docx", letter())])
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Read: lease.docx" in answer
        assert "[lease.docx p. 1]" in on.question()
        assert "The rent is 1,250 euros a month" in on.question()
        on.slack.people.post("Ana", "@glm", "and when?", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        first, second = on.asked(0)["messages"], on.asked(1)["messages"]
        assert second[: len(first)] == first
        assert len(calls_of(on.slack, "download")) == 1


async def test_a_scanned_pdf_is_looked_at(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Invoice 4711.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "what is it?", files=[upload(on, "scan.pdf", scan())])
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Read: scan.pdf" in answer
        assert "Picture of scan.pdf p. 1 (scan.pdf#1)" in on.question()
        assert len(pictures(on.asked())) == 1
        assert len(calls_of(on.slack, "download")) == 1


async def test_a_document_and_a_picture_together_keep_their_labels(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Both.")]) as on:
        files = [upload(on, "lease.docx", letter()), upload(on, "form.png")]
        asked = on.slack.people.post("Ana", "@glm", "compare", files=files)
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Read: lease.docx, form.png" in answer
        told = text_of(on.asked()["messages"][-1])
        assert "(img_1): form.png" in told
        assert "Document lease.docx" in told


async def test_a_broken_document_has_its_reason(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="I see nothing.")]) as on:
        files = [upload(on, "broken.docx", letter()[:900]), upload(on, "tool.exe", b"MZ\x90\x00" + bytes(300))]
        asked = on.slack.people.post("Ana", "@glm", "look", files=files)
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Not read: broken.docx (" in answer
        assert "tool.exe (" in answer
        assert "Traceback" not in answer


async def test_an_email_in_the_channel_is_read_with_its_sender_and_what_is_attached(tmp_path: Path) -> None:
    about = {"subject": "Your lease", "from": [{"address": "b@example.com", "name": "Ben Miller"}], "plain_text": ""}
    page = b"<html><body><p>Please sign the lease by Friday.</p></body></html>"
    async with stage(tmp_path, [Reply(text="Ben wants it signed by Friday.")]) as on:
        traits = {"mode": "email", "filetype": "email", "mimetype": "text/html", "more": about}
        mail = on.slack.people.upload("Ana", "Your lease", page, attached={"lease.docx": letter()}, **traits)
        asked = on.slack.people.post("Ana", "@glm", "what do they want?", files=[mail])
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Read: Your lease" in answer
        for words in ("Ben Miller", "sign the lease by Friday", "lease.docx", "The rent is 1,250 euros"):
            assert words in on.question()


async def test_a_voice_message_is_read_as_what_slack_heard(tmp_path: Path) -> None:
    heard = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nMake the button blue.\n"
    more = {"subtype": "slack_audio", "transcription": {"status": "complete"}}
    async with stage(tmp_path, [Reply(text="It is blue now.")]) as on:
        traits = {"mimetype": "audio/mp4", "more": more, "attached": {"audio_message.vtt": heard}}
        clip = on.slack.people.upload("Ana", "audio_message.m4a", b"\0\0\0\x18ftypM4A ", **traits)
        asked = on.slack.people.post("Ana", "@glm", "please", files=[clip])
        await on.answers(asked.channel, asked.ts)
        assert "as Slack has written it down" in on.question()
        assert "Make the button blue." in on.question()


async def test_the_notes_of_a_huddle_are_read_in_its_thread(tmp_path: Path) -> None:
    """The notes are a file of the message that Slack itself begins the thread with."""
    async with stage(tmp_path, [Reply(text="Ann.")]) as on:
        canvas = {"mimetype": "application/vnd.slack-docs", "filetype": "quip", "mode": "quip"}
        notes = on.slack.people.upload("Ben", "Huddle notes", b"<html><p>Ann ships on Friday</p></html>", **canvas)
        root = on.slack.people.post("Ben", "#general", "", files=[notes])
        root.user, root.subtype = "USLACKBOT", "huddle_thread"
        on.slack.people.post("Ana", "#general", "@glm who ships when?", thread_ts=root.ts)
        await on.answers("#general", root.ts)
        assert "Ann ships on Friday" in on.question()
