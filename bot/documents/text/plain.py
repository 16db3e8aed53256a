"""Cleans plain text: removes escape sequences, control characters and zero bytes that terminals and exports leave in
it.
"""

import re

# Colours and cursor movements (ECMA-48), window titles, and other sequences that begin with an escape character.
_ESCAPES = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]{0,500}(?:\x07|\x1b\\\\)|\x1b[()*+][0-9A-Za-z]|"
    "\x1b[@-Z\\\\-_=>78]|\x9b[0-?]*[@-~]"
)
_STRUCK_OVER = re.compile("[^\n\x08]\x08")  # old printers' bold and underline: letter, backspace, letter
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_BREAKS = re.compile("[\x0b\x1c-\x1f]")
_ANY = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x9b]")


def cleaned(text: str) -> str:
    """Return the text without control characters. Vertical tabs and separators become blanks, so
    that words stay apart.
    """
    if _ANY.search(text) is None:
        return text
    text = _STRUCK_OVER.sub("", _ESCAPES.sub("", text))
    return _CONTROLS.sub("", _BREAKS.sub(" ", text))
