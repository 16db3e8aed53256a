"""Text is text: what terminals and broken exports leave in it (colours, zero bytes) is taken out, not what it says."""

import re

# Colours and movements (ECMA-48), titles of windows, and what else begins with an escape sign.
_ESCAPES = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]{0,500}(?:\x07|\x1b\\\\)|\x1b[()*+][0-9A-Za-z]|"
    "\x1b[@-Z\\\\-_=>78]|\x9b[0-?]*[@-~]"
)
_STRUCK_OVER = re.compile("[^\n\x08]\x08")  # bold and underlined type of old printers: a letter, back, the letter again
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_BREAKS = re.compile("[\x0b\x1c-\x1f]")
_ANY = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x9b]")


def cleaned(text: str) -> str:
    """The text without control characters; vertical tabs and separators become blanks, so that words stay apart."""
    if _ANY.search(text) is None:
        return text
    text = _STRUCK_OVER.sub("", _ESCAPES.sub("", text))
    return _CONTROLS.sub("", _BREAKS.sub(" ", text))
