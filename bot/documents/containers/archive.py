"""Reads ZIP archives: lists the members and reads each one it can. Archives inside archives are not opened."""

import re
from collections.abc import Callable
from zipfile import ZipInfo

from bot.core.document import Document
from bot.documents.office.package import Package
from bot.documents.pages.builder import Draft, tidy
from bot.documents.pages.notices import MORE_FILES
from bot.documents.refusals import TOO_LARGE_INSIDE
from bot.errors import FileError, FileProtected

ReadMember = Callable[[bytes, str], Document]

_MOST_LISTED = 500
_MOST_READ = 60
_MOST_MEMBER_MB = 60
_MOST_MEMBER_BYTES = _MOST_MEMBER_MB * 1024 * 1024
_IGNORED = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|\._)")

UNREAD = "{name}: {reason}"


def read_zip(package: Package, draft: Draft, read_member: ReadMember) -> None:
    """Add a list of the members to the draft, then the pages of every member that can be read."""
    members = [info for info in package.infos if not info.is_dir() and not _IGNORED.search(info.filename)]
    if members and all(info.flag_bits & 1 for info in members):
        raise FileProtected("encrypted zip")
    draft.add(_listing(members), label="list of files")
    if len(members) > _MOST_READ:
        draft.note(MORE_FILES.format(count=_MOST_READ))
    for info in draft.deadline.each(members[:_MOST_READ]):
        name = member_name(info)
        try:
            if info.file_size > _MOST_MEMBER_BYTES:
                draft.note(UNREAD.format(name=name, reason=TOO_LARGE_INSIDE.format(most=_MOST_MEMBER_MB)))
                continue
            inner = read_member(package.read_member(info), name)
        except FileError as error:
            draft.note(UNREAD.format(name=name, reason=error.user_message))
            continue
        draft.add_document(inner, name, (f"zip:{info.filename}",))
        if draft.is_full:
            return


def member_name(info: ZipInfo) -> str:
    """Return the name in the encoding of its writer. Without the UTF-8 flag, Python decodes it as cp437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        for encoding in ("utf-8", "gb18030"):
            try:
                name = name.encode("cp437").decode(encoding)
                break
            except (UnicodeEncodeError, UnicodeDecodeError):
                continue
    return tidy(name).replace("\n", " ")


def _listing(members: list[ZipInfo]) -> str:
    lines = [f"- {member_name(info)} ({_size(info.file_size)})" for info in members[:_MOST_LISTED]]
    if len(members) > _MOST_LISTED:
        lines.append(f"- … and {len(members) - _MOST_LISTED} more")
    return f"{len(members)} files:\n" + "\n".join(lines)


def _size(count: int) -> str:
    for unit in ("bytes", "KB", "MB"):
        if count < 1024 or unit == "MB":
            return f"{count:.0f} {unit}"
        count //= 1024
    return ""
