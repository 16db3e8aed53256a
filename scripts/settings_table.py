"""Writes docs/settings.md from `Settings`: `make docs`."""

import sys
from pathlib import Path

from bot.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = """\
# Settings

Made from `bot/settings.py` by `make docs`. They stand in the environment or in `.env` (copy `.env.example`). A blank
value means not set. A wrong one ends the start with one line per problem and exit code 2. A parameter of the model is
sent only when it is set and the provider takes it; one out of the provider's range is refused at the start.

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    return HEAD + "".join(_row(name) for name in Settings.model_fields)


def _row(name: str) -> str:
    field = Settings.model_fields[name]
    default = "" if field.default is None else f"`{field.default}`"
    meaning = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"| `{name.upper()}` | {default} | {meaning} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit()
