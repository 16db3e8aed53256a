"""Where the browser's own folder is: it runs as nobody when the bot is root, and has to get in."""

import os
import tempfile
from pathlib import Path

import pytest

from bot.browser import process
from bot.browser.render import Browser
from tests.browser.conftest import needs_browser

SOMEBODY_ELSE = 65534


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder for temporary files that only its owner may enter, as systemd and PAM make them."""
    folder = tmp_path / "closed" / "tmp"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    folder.parent.chmod(0o700)
    return folder


@pytest.fixture
def temporary(closed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    return closed


def test_its_owner_can_enter(closed: Path) -> None:
    assert process._folder_for(os.geteuid()) == tempfile.gettempdir()
    assert process._can_enter(closed, os.geteuid())


def test_whoever_is_kept_out_gets_another_folder(temporary: Path) -> None:
    assert process._folder_for(os.geteuid()) == str(temporary)
    assert process._folder_for(SOMEBODY_ELSE) != str(temporary)
    assert process._can_enter(Path(process._folder_for(SOMEBODY_ELSE)), SOMEBODY_ELSE)


def test_where_there_is_no_other_folder_it_is_tried(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PLACES", (str(temporary / "none"),))
    assert process._folder_for(SOMEBODY_ELSE) == str(temporary)


@needs_browser
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's browser runs as somebody else")
async def test_a_page_is_rendered_though_only_root_may_enter_tmpdir(temporary: Path) -> None:
    rendered = await Browser().render("<p>drawn all the same</p>")
    assert rendered.text == "drawn all the same"
    assert list(temporary.iterdir()) == []
