"""Attachments reads no file that is left out or that nobody has looked up, however well it is known."""

import pytest

from bot.core.thread.inbound import LEFT_OUT, LINKED, FileRef
from bot.errors import FileError, FileForbidden, FileTooLarge, sentence
from tests.core.scene import Scene
from tests.core.values import file_ref


@pytest.mark.parametrize(
    ("mode", "error", "reason"),
    [
        (LEFT_OUT, FileTooLarge, "too many files at once; ask me about it by itself"),
        (LINKED, FileForbidden, FileForbidden.user_message),
    ],
)
async def test_a_file_that_nobody_looked_up_is_refused_although_it_was_read_for_somebody_else(
    mode: str, error: type[FileError], reason: str
) -> None:
    attachments = Scene.of().attachments
    known = file_ref("plan.png")
    assert (await attachments.read("T1", known)).pictures
    with pytest.raises(error) as refused:
        await attachments.read("T1", FileRef(known.id, "plan.png", mode=mode))
    assert sentence(refused.value) == reason
