"""Reads ZIP files of parts (Office files, e-books) part by part, with limits and with the
relationships of the parts.
"""

import io
import posixpath
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import IO
from urllib.parse import unquote

from bot.documents.deadline import Deadline
from bot.documents.detect.zip_directory import ZIP_ERRORS, directory_bytes
from bot.documents.refusals import damaged, too_large
from bot.documents.xml import markup
from bot.documents.xml.markup import Element
from bot.errors import FileError, FileProtected

_MOST_MEMBERS = 20_000
_MOST_MEMBER_BYTES = 300 * 1024 * 1024
_MOST_TOTAL_BYTES = 600 * 1024 * 1024
_FEW_BYTES = 64 * 1024  # less of a part that doesn't fit into memory is not worth reading
_MOST_DIRECTORY_BYTES = 8 * 1024 * 1024


class Package:
    """An opened ZIP file. It counts the unpacked bytes and refuses a file that unpacks to far more than a document.

    `most_bytes` limits the bytes of a part that are parsed to a tree; the rest of the part is left out. `largest`
    counts the bytes of the largest parsed part. `was_cut`: a part was too large to be read completely.
    """

    def __init__(self, data: bytes, deadline: Deadline | None = None, most_bytes: int = 0) -> None:
        self._deadline = deadline or Deadline()
        self._most_bytes = most_bytes
        self.largest = 0
        refuse_large_directory(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except ZIP_ERRORS as error:
            raise damaged(f"zip: {type(error).__name__}") from error
        if len(infos) > _MOST_MEMBERS:
            raise too_large(f"{len(infos)} members")
        self.infos = infos
        self._left = _MOST_TOTAL_BYTES
        self.was_cut = False

    @cached_property
    def _by_name(self) -> dict[str, zipfile.ZipInfo]:
        """Return the members by part name: without a leading slash and case-folded, because Office ignores case too."""
        return {info.filename.replace("\\", "/").lstrip("/").casefold(): info for info in self.infos}

    @property
    def names(self) -> list[str]:
        return [info.filename.replace("\\", "/").lstrip("/") for info in self.infos]

    def __contains__(self, part: str) -> bool:
        return part.lstrip("/").casefold() in self._by_name

    def open(self, part: str) -> IO[bytes]:
        """Open a part. Raises FileBroken when it doesn't exist."""
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
        except ZIP_ERRORS as error:
            raise damaged(f"zip: {type(error).__name__}") from error

    def read(self, part: str) -> bytes:
        return _all(self.open(part))

    def read_member(self, info: zipfile.ZipInfo) -> bytes:
        return _all(self.open_member(info))

    def xml(self, part: str) -> Element:
        """Return the root of a part. When the tree doesn't fit into memory, it holds only the beginning of the part."""
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
        """Return None when the part is missing or damaged, so that the other parts can still be read."""
        if not part or part not in self:
            return None
        try:
            return self.xml(part)
        except FileProtected:
            raise
        except FileError:
            return None

    def relations(self, part: str) -> dict[str, "Relation"]:
        """Return the relationships of a part by id. A target is a part name, or an address when it is external."""
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
    """A relationship. `kind` is the last word of its type: image, chart, comments, hyperlink …"""

    kind: str
    target: str
    is_external: bool


def first_of(relations: dict[str, Relation], kind: str) -> str:
    """Return the target of the first relationship of this kind, or an empty string."""
    return next(
        (relation.target for relation in relations.values() if relation.kind == kind and not relation.is_external), ""
    )


def main_part(package: Package, usual: str) -> str:
    """Return the name of the main part, `usual` when the relationships name none. Raises FileBroken without a main
    part.
    """
    found = first_of(package.relations(""), "officeDocument")
    if found and found in package:
        return found
    if usual in package:
        return usual
    raise damaged("no main part")


def refuse_large_directory(data: bytes) -> None:
    """Refuse a ZIP whose directory is too large: reading it would fill the memory."""
    size = directory_bytes(data)
    if size is not None and size > _MOST_DIRECTORY_BYTES and size != 0xFFFFFFFF:
        raise too_large(f"a directory of {size} bytes")


def _all(stream: IO[bytes], most: int = -1) -> bytes:
    """Read a stream to its end. `file_size` is only the claim of the archive; zipfile stops reading there."""
    try:
        with stream:
            return stream.read(most)
    except ZIP_ERRORS as error:
        raise damaged(f"zip: {type(error).__name__}") from error
