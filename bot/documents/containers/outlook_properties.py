"""Reads the properties of an Outlook item (.msg): texts in their own streams, times in a table, and
named properties.
"""

import re
import struct
from datetime import UTC, datetime, timedelta
from functools import cached_property

import olefile  # type: ignore[import-untyped]

from bot.documents.text.encoding import decode_text

_TABLE, _TIME = "__properties_version1.0", b"\x40\x00"
_NAMED = "__nameid_version1.0/__substg1.0_00030102"
_EMBEDDED = "__substg1.0_3701000D"
_FIRST_NAMED = 0x8000
_MOST_NAMED = 5000
# Fields of contacts, appointments and tasks. From 0x8000 on, each file assigns its own tags ([MS-OXPROPS]).
_TEXTS = {
    "Company": 0x3A16, "Job title": 0x3A17, "Department": 0x3A18, "Business phone": 0x3A08, "Mobile phone": 0x3A1C,
    "Home phone": 0x3A09, "Business fax": 0x3A24, "E-mail": 0x8083, "E-mail 2": 0x8093, "E-mail 3": 0x80A3,
    "Business address": 0x801B, "Home address": 0x801A, "Web page": 0x802B, "Where": 0x8208, "Repeats": 0x8232,
    "Owner": 0x811F,
}  # fmt: skip
_TIMES = {"Birthday": 0x3A42, "Start": 0x820D, "End": 0x820E, "Starts": 0x8104, "Due": 0x8105}
_KINDS = ("IPM.Contact", "IPM.Appointment", "IPM.Schedule.Meeting", "IPM.Task")


class Properties:
    """The properties of an item. `path` is the path to an item inside another one.

    `tag` is the number of a property in four hexadecimal digits. `storage` is the storage of an attachment, or empty
    for the item itself.
    """

    def __init__(self, ole: "olefile.OleFileIO", path: str = "") -> None:
        self._ole = ole
        self._path = path

    def attachments(self) -> list[str]:
        """Return the storages of the attachments, in order."""
        depth = len(self._path.split("/")) if self._path else 0
        inside = (
            entry for entry in self._ole.listdir() if "/".join(entry[:depth]) == self._path and len(entry) > depth
        )
        return sorted({entry[depth] for entry in inside if entry[depth].startswith("__attach_version1.0")})

    def embedded(self, storage: str) -> "Properties | None":
        """Return the item that is attached, or None when the attachment is a file."""
        path = "/".join(part for part in (self._path, storage, _EMBEDDED) if part)
        return Properties(self._ole, path) if self._ole.exists(f"{path}/{_TABLE}") else None

    def text(self, tag: str, storage: str = "") -> str:
        """Return a text property, which is in UTF-16 or in the old code page of the sender."""
        wide = self.data(f"{tag}001F", storage)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return decode_text(self.data(f"{tag}001E", storage)).rstrip("\0")

    def data(self, tag_and_type: str, storage: str = "") -> bytes:
        return self._stream("/".join(part for part in (self._path, storage, f"__substg1.0_{tag_and_type}") if part))

    def file_name(self, storage: str) -> str:
        """Return the name of an attachment: the long one, the short one, or its title."""
        return self.text("3707", storage) or self.text("3704", storage) or self.text("3001", storage)

    def time(self, tag: str) -> str:
        """Return a time as text, or an empty string when it is missing or impossible."""
        moment = self.moment(tag)
        return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else ""

    def moment(self, tag: str) -> datetime | None:
        key = _TIME + bytes.fromhex(tag)[::-1]
        for found in re.finditer(re.escape(key), self._table):
            if found.start() % 8 == 0 and len(self._table) >= found.start() + 16:
                ticks = struct.unpack_from("<Q", self._table, found.start() + 8)[0]
                if 0 < ticks < 1 << 62:
                    return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
        return None

    def of_item(self) -> dict[str, str]:
        """Return the fields of a contact, an appointment or a task, without subject and body."""
        if not self.text("001A").startswith(_KINDS):
            return {}
        found = {label: self.text(tag) for label, number in _TEXTS.items() if (tag := self._tag(number))}
        times = {label: self.time(tag) for label, number in _TIMES.items() if (tag := self._tag(number))}
        return {label: value for label, value in {**times, **found}.items() if value.strip()}

    @cached_property
    def _table(self) -> bytes:
        return self._stream(f"{self._path}/{_TABLE}" if self._path else _TABLE)

    @cached_property
    def _names(self) -> dict[int, str]:
        """Return the tags that this file assigns to named properties."""
        stream = self._stream(_NAMED)[: _MOST_NAMED * 8]
        entries = struct.iter_unpack("<IHH", stream[: len(stream) // 8 * 8])
        return {name: f"{_FIRST_NAMED + place:04X}" for name, kind, place in entries if not kind & 1}

    def _tag(self, number: int) -> str:
        return f"{number:04X}" if number < _FIRST_NAMED else self._names.get(number, "")

    def _stream(self, path: str) -> bytes:
        return bytes(self._ole.openstream(path).read()) if self._ole.exists(path) else b""
