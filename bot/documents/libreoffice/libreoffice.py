"""Runs LibreOffice, if it is installed, to convert old formats to new ones and presentations to PDF.

Each conversion is a process of its own that can be killed. It gets a temporary profile, no network where the kernel
allows this, no macros and no external links.
"""

import os
import resource
import shutil
import subprocess
from pathlib import Path

from bot.documents.refusals import damaged
from bot.errors import FileTooSlow

# The newest kind to which each old one converts without loss. Our own code reads the kinds that are not listed.
MODERN = {
    "doc": "docx", "wpd": "docx", "rtf": "docx", "ppt": "pptx", "xls": "xlsx", "xlsb": "xlsx",
    "fodt": "odt", "fods": "ods", "fodp": "odp", "fodg": "odg", "word-xml": "docx", "excel-xml": "xlsx",
    "sxw": "odt", "sxc": "ods", "sxi": "odp", "sxd": "odg", "vsdx": "odg", "vsd": "odg",
    "key": "odp", "numbers": "ods", "pages": "odt",
}  # fmt: skip
FLAT = {"fodt", "fods", "fodp", "fodg", "word-xml", "excel-xml"}  # documents that are one XML file
PREVIEWED = {"key", "numbers", "pages"}  # these files contain a picture or a PDF of themselves
READ_BY_US_TOO = {"doc", "ppt", "rtf", "xls", "xlsb", *FLAT, *PREVIEWED}
OLD_BOOKS = {"xls", "xlsb"}
BETTER_NAMES = {
    "doc": "DOCX", "wpd": "DOCX", "rtf": "DOCX", "ppt": "PPTX",
    "sxw": "DOCX", "sxc": "XLSX", "sxi": "PPTX", "sxd": "PNG", "vsdx": "PNG", "vsd": "PNG",
}  # fmt: skip

# Pictures keep their resolution: reducing it takes half of the time, and the model may want to see a part of one.
_PDF = ':impress_pdf_Export:{{"ReduceImageResolution":{0},"UseTaggedPDF":{0},"ExportBookmarks":{0}}}'.format(
    '{"type":"boolean","value":"false"}'
)
_SLIDES = {"ppt", "pptx", "odp", "fodp"}

_PLACES = ("/usr/bin", "/usr/local/bin", "/opt/libreoffice/program", "/usr/lib/libreoffice/program")
_MOST_MEMORY = 640 * 1024 * 1024  # it needs a third of this; with the bot and the worker, less than 1 GiB
_MOST_ADDRESSES = 6 * 1024 * 1024 * 1024
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link"><value>1</value></prop></item>
</oor:items>
"""


def find_office() -> str:
    """Return the path of soffice, or an empty string when it is not installed."""
    return shutil.which("soffice", path=os.pathsep.join(_PLACES)) or ""


def with_old_numbers(data: bytes) -> bytes:
    """Return the file with the list marks of Word 95 and older as plain text, because LibreOffice leaves them out."""
    has_old_lists = b"{\\pntext" in data and b"\\listtext" not in data
    return data.replace(b"{\\pntext", b"{") if has_old_lists else data


def convert(data: bytes, kind: str, to: str, soffice: str, folder: str) -> bytes:
    """Return the file converted to `to` (docx, pptx, pdf …). It runs in a worker. The caller removes `folder`."""
    room = Path(folder)
    profile = room / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    source = room / f"document.{kind.rpartition('-')[2]}"
    source.write_bytes(data)
    form = f"{to}{_PDF}" if to == "pdf" and kind in _SLIDES else to
    command = [
        *(soffice, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard"),
        *(f"-env:UserInstallation=file://{profile}", "--convert-to", form, "--outdir", str(room / "out"), str(source)),
    ]
    try:
        subprocess.run(  # noqa: S603 - the program that was found at start; the file is ours by name
            command,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder},
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired as error:
        raise FileTooSlow("soffice") from error
    made = room / "out" / f"document.{to.partition(':')[0]}"
    if not made.exists() or not made.stat().st_size:
        raise damaged("soffice made nothing of it")
    return made.read_bytes()


def _limit() -> None:
    """Limit the memory that the process writes to. LibreOffice maps far more memory than it uses, so that is no
    measure.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MOST_ADDRESSES if hard < 0 else min(hard, _MOST_ADDRESSES)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
