"""ZIP files of parts, which Office files and e-books are: read part by part under limits, with their relationships."""

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import IO
from urllib.parse import unquote

from bot.documents.deadline import Deadline
from bot.documents.refusals import damaged, too_large
from bot.documents.xml import markup
from bot.documents.xml.markup import Element
from bot.errors import FileError, FileProtected

_MOST_MEMBERS = 20_000
_MOST_MEMBER_BYTES = 300 * 1024 * 1024
_MOST_TOTAL_BYTES = 600 * 1024 * 1024
_FEW_BYTES = 64 * 1024  # of a part whose tree did not fit into the memory: less of it is not worth having
_MOST_DIRECTORY_BYTES = 8 * 1024 * 1024
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    struct.error,
    zlib.error,
    OverflowError,
)


class Package:
    """An opened ZIP file. `read` counts what it unpacks; what unpacks to far more than a document is refused.

    `most_bytes`: of one part, that a tree is made of; what is more is left out.
    """

    def __init__(self, data: bytes, deadline: Deadline | None = None, most_bytes: int = 0) -> None:
        self._deadline = deadline or Deadline()
        self._most_bytes = most_bytes
        self.largest = 0  # bytes of the largest part that a tree was made of
        refuse_large_directory(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except _ZIP_ERRORS as error:
            raise damaged(f"zip: {type(error).__name__}") from error
        if len(infos) > _MOST_MEMBERS:
            raise too_large(f"{len(infos)} members")
        self.infos = infos
        self._left = _MOST_TOTAL_BYTES
        self.was_cut = False  # whether a part was too large to be taken whole

    @cached_property
    def _by_name(self) -> dict[str, zipfile.ZipInfo]:
        """Names as parts are named: no leading slash, letters folded, because Office does not care either."""
        return {info.filename.replace("\\", "/").lstrip("/").casefold(): info for info in self.infos}

    @property
    def names(self) -> list[str]:
        return [info.filename.replace("\\", "/").lstrip("/") for info in self.infos]

    def __contains__(self, part: str) -> bool:
        return part.lstrip("/").casefold() in self._by_name

    def open(self, part: str) -> IO[bytes]:
        """Raises FileBroken when there is no such part."""
        info = self._by_name.get(part.lstrip("/").casefold())
        if info is None:
            raise damaged("a part is missing")
        return self.open_member(info)

    def open_member(self, info: zipfile.ZipInfo) -> IO[bytes]:
        if info.flag_bits & 1:
            raise FileProtected("encrypted member")
        if info.file_size > min(_MOST_MEMBER_BYTES, self._left):
            raise too_large(f"a part of {info.file_size} bytes")
        self._left -= info.file_size
        try:
            return self._zip.open(info)
        except _ZIP_ERRORS as error:
            raise damaged(f"zip: {type(error).__name__}") from error

    def read(self, part: str) -> bytes:
        return _all(self.open(part))

    def read_member(self, info: zipfile.ZipInfo) -> bytes:
        return _all(self.open_member(info))

    def xml(self, part: str) -> Element:
        """The root of a part; of one that no tree can hold, its beginning."""
        most = self._most_bytes or markup.MOST_BYTES
        while True:
            left = self._left
            try:
                data = _all(self.open(part), most + 1)
                self.was_cut |= len(data) > most
                self.largest = max(self.largest, min(most, len(data)))
                return markup.parse_xml(data[:most], self._deadline)
            except MemoryError:
                size, self._left = left - self._left, left
                most = min(most, size) // 4
                if most < _FEW_BYTES:
                    raise

    def xml_or_none(self, part: str) -> Element | None:
        """None when the part is not there; a damaged part is no reason to lose the others either."""
        if not part or part not in self:
            return None
        try:
            return self.xml(part)
        except FileProtected:
            raise
        except FileError:
            return None

    def relations(self, part: str) -> dict[str, "Relation"]:
        """The relationships of a part by their id; targets are part names, or addresses when external."""
        folder, base = posixpath.split(part)
        root = self.xml_or_none(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, Relation] = {}
        for entry in [] if root is None else root:
            target = entry.get("Target", "")
            is_external = entry.get("TargetMode") == "External"
            if not is_external:
                target = posixpath.normpath(posixpath.join("/" if target.startswith("/") else folder, unquote(target)))
            kind = entry.get("Type", "").rpartition("/")[2]
            found[entry.get("Id", "")] = Relation(kind, target.lstrip("/") if not is_external else target, is_external)
        return found


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the last word of its type: image, chart, comments, hyperlink …"""

    kind: str
    target: str
    is_external: bool


def first_of(relations: dict[str, Relation], kind: str) -> str:
    """The part of the first relationship of this kind, empty when there is none."""
    return next((one.target for one in relations.values() if one.kind == kind and not one.is_external), "")


def main_part(package: Package, usual: str) -> str:
    found = first_of(package.relations(""), "officeDocument")
    if found and found in package:
        return found
    if usual in package:
        return usual
    raise damaged("no main part")


def refuse_large_directory(data: bytes) -> None:
    """A hostile ZIP is nothing but directory; reading that alone takes the memory."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if end >= 0 and len(data) >= end + 22:
        size = int(struct.unpack_from("<I", data, end + 12)[0])
        if size > _MOST_DIRECTORY_BYTES and size != 0xFFFFFFFF:
            raise too_large(f"a directory of {size} bytes")


def _all(stream: IO[bytes], most: int = -1) -> bytes:
    """What is there of it: `file_size` is the archive's claim, and reading stops at it by itself."""
    try:
        with stream:
            return stream.read(most)
    except _ZIP_ERRORS as error:
        raise damaged(f"zip: {type(error).__name__}") from error
