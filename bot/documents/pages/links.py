"""Words that lead somewhere, with the address they lead to: [price list](https://…)."""

import re
from urllib.parse import unquote

# Noncharacters, which no text holds: before an address, between it and its words, after them.
_SIGNS = "\ufdd6\ufdd7\ufdd8"
_OPEN = re.compile(f"{_SIGNS[0]}([^{_SIGNS}]*){_SIGNS[1]}([^{_SIGNS}]*){_SIGNS[2]}")
_STRAY = re.compile(f"{_SIGNS[0]}[^{_SIGNS}]*{_SIGNS[1]}|[{_SIGNS}]")
_FIELD = re.compile(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)
_KINDS = ("http://", "https://", "mailto:")
_LONGEST = 500
_SCHEME = re.compile(r"^(?:https?://(?:www\.)?|mailto:)|/$|\?.*$", re.IGNORECASE)


def linked(words: str, address: str) -> str:
    """The words with their address, when it leads out of the file and the words do not say it themselves."""
    address = address.strip()
    said = " ".join(words.split())
    is_address = address.lower().startswith(_KINDS) and len(address) <= _LONGEST and " " not in address
    if not is_address or not said or "](" in words or _bare(said) == _bare(address):
        return words
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{lead}[{words.strip()}]({address.replace('|', '%7C').replace(')', '%29')}){trail}"


def _bare(address: str) -> str:
    return unquote(_SCHEME.sub("", _SCHEME.sub("", address))).casefold()


def picture_elsewhere(address: str, alt: str) -> str:
    """The words for a picture that lies outside of the file, at this address or in this file of its author's."""
    words = alt or unquote(address).replace("\\", "/").rstrip("/").rpartition("/")[2][:_LONGEST]
    told = linked(f"Picture: {words}", address) if words else ""
    return told if not told or told.startswith("[") else f"[{told}]"


def field_address(instruction: str) -> str:
    """The address in the instruction of a field of Word's: HYPERLINK "https://…"."""
    found = _FIELD.match(instruction)
    return found[1] if found else ""


def opened(address: str) -> str:
    """The sign that a link's words begin here, which `closed` ends and `joined` makes a link of."""
    return f"{_SIGNS[0]}{address}{_SIGNS[1]}"


def closed() -> str:
    return _SIGNS[2]


def joined(text: str) -> str:
    """The text with the links whose begin and end it holds."""
    if _SIGNS[0] not in text and _SIGNS[2] not in text:
        return text
    return _STRAY.sub("", _OPEN.sub(lambda found: linked(found[2], found[1]), text))
