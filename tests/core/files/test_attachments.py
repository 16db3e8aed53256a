"""Attachments reads no file that is left out or that nobody has looked up, however well it is known."""

import pytest

from bot.core.files.attachments import ONE_TOO_MANY
from bot.core.thread.inbound import LEFT_OUT, LINKED, FileRef
from bot.errors import FileError, FileForbidden, FileTooLarge
from tests.core.scene import Scene
from tests.core.values import file_ref


@pytest.mark.parametrize(("mode", "error"), [(LEFT_OUT, FileTooLarge), (LINKED, FileForbidden)])
async def test_a_file_that_nobody_looked_up_is_refused_although_it_was_read_for_somebody_else(
    mode: str, error: type[FileError]
) -> None:
    attachments = Scene.of().attachments
    known = file_ref("plan.png")
    assert (await attachments.read("T1", known)).pictures
    with pytest.raises(error) as refused:
        await attachments.read("T1", FileRef(known.id, "plan.png", mode=mode))
    assert mode == LINKED or refused.value.user_message == ONE_TOO_MANY
