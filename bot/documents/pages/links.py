"""Writes links in Markdown: [price list](https://…)."""

import re
from urllib.parse import unquote

# Noncharacters, which occur in no text: before the address, between it and its words, after the words.
_SIGNS = "\ufdd6\ufdd7\ufdd8"
_OPEN = re.compile(f"{_SIGNS[0]}([^{_SIGNS}]*){_SIGNS[1]}([^{_SIGNS}]*){_SIGNS[2]}")
_STRAY = re.compile(f"{_SIGNS[0]}[^{_SIGNS}]*{_SIGNS[1]}|[{_SIGNS}]")
_FIELD = re.compile(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)
_KINDS = ("http://", "https://", "mailto:")
_LONGEST = 500
_SCHEME = re.compile(r"^(?:https?://(?:www\.)?|mailto:)|/$|\?.*$", re.IGNORECASE)


def linked(words: str, address: str) -> str:
    """Return the words with the address. The address is left out when it is not on the web, or when the words are the
    address.
    """
    address = address.strip()
    trimmed = " ".join(words.split())
    is_address = address.lower().startswith(_KINDS) and len(address) <= _LONGEST and " " not in address
    if not is_address or not trimmed or "](" in words or _bare(trimmed) == _bare(address):
        return words
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{lead}[{words.strip()}]({address.replace('|', '%7C').replace(')', '%29')}){trail}"


def _bare(address: str) -> str:
    return unquote(_SCHEME.sub("", _SCHEME.sub("", address))).casefold()


def picture_elsewhere(address: str, alt: str) -> str:
    """Return the words for a picture outside of the file: its address, or the name of a file on the
    author's computer.
    """
    words = alt or unquote(address).replace("\\", "/").rstrip("/").rpartition("/")[2][:_LONGEST]
    link = linked(f"Picture: {words}", address) if words else ""
    return link if not link or link.startswith("[") else f"[{link}]"


def field_address(instruction: str) -> str:
    """Return the address in the instruction of a Word field: HYPERLINK "https://…"."""
    found = _FIELD.match(instruction)
    return found[1] if found else ""


def opened(address: str) -> str:
    """Return the mark for the begin of a link. `closed` ends the link, and `joined` writes it as Markdown."""
    return f"{_SIGNS[0]}{address}{_SIGNS[1]}"


def closed() -> str:
    """Return the mark for the end of a link."""
    return _SIGNS[2]


def joined(text: str) -> str:
    """Return the text with its marked links written as Markdown."""
    if _SIGNS[0] not in text and _SIGNS[2] not in text:
        return text
    return _STRAY.sub("", _OPEN.sub(lambda found: linked(found[2], found[1]), text))
