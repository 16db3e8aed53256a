"""The notices about a file that was read.

They stand here and in `refusals`, outside of the modules that use them: those are loaded in workers only, but the bot
must know every text that a worker may return (`words.REGISTERED`).
"""

from bot.words import text

TURNED = "turned upright"
SMALL_TYPE_LOST = text("scaled to {percent} %, the smallest type may be unreadable")
REPAIRED = text("the file is damaged or cut off; what could be saved of it was read")
CLEANED = text("control characters and colour codes in it were left out")
PREVIEW_ONLY = text("only its preview was read; a PDF of it, or an Office file, has everything")
SCRIPTS_NOT_RUN = text(
    "what this page's scripts write is missing, as I don't run them; a PDF or a picture of the page shows it"
)
FILE_CUT = text("the file is very long; only its beginning was read, up to {place}")
OUT_OF_TIME = text("reading all of it takes longer than I have; only its beginning was read, up to {place}")
OUT_OF_MEMORY = text("reading all of it takes more memory than I have; only a part of it was read")
STOPPED_FOR_MEMORY = text("reading all of it takes more memory than I have; only its beginning was read, up to {place}")
UNDRAWABLE = text("one picture is embedded in a form I can't draw ({kind})")
MORE_UNDRAWABLE = text("{count} pictures are embedded in a form I can't draw ({kinds})")
MORE_PICTURES = text("more than {most} pictures; the others are left out")
MORE_MAILS = text("only the first {read} of its {count} messages were read")
MORE_FILES = text("only the first {count} files in it were read")
MORE_ATTACHED = text("only the first {count} files attached to the mail were read")
WORDS_ONLY = text("only its words were read; its layout, charts and pictures are left out")
BARE_NUMBERS = text("its numbers are shown without their formats; its charts and pictures are left out")
MORE_PARTS = text("only the first {read} of its {count} slides, sheets or chapters were read")
CHAPTERS_LOST = text("{count} of its chapters could not be read")

NO_PAGE_MARKS = text("this Word file does not say where its pages end; parts of it are counted as pages")
DELETED_TEXT = text("text deleted in tracked changes is left out")
HIDDEN_TEXT = text("text formatted as hidden is left out")

SHEET_CUT = text("{sheet}: only rows {first}–{last} of {rows} were read")
SHEET_CUT_SOMEWHERE = text("{sheet}: only rows {first}–{last} were read; there are more")
SHEET_HIDES = text("{sheet}: hidden in the file, and read all the same: {hidden}")
SHEET_HIDDEN = text("{sheet} is hidden in the file, and was read all the same")
SHEET_DAMAGED = text("{sheet} is damaged and could not be read")
SHEET_LOST = text("{sheet} could not be read")
NO_VALUES = text("formulas whose results the file does not hold are shown as formulas")

# Notices about a PDF, each for one page and for several.
NO_TEXT_LAYER = (
    text("page {number} has no text layer, so only the picture tells what is on it"),
    text("pages {numbers} have no text layer, so only the picture tells what is on them"),
)
BAD_TEXT_LAYER = (
    text("page {number} has an unreadable text layer, which I dropped; only the picture tells what is on it"),
    text("pages {numbers} have an unreadable text layer, which I dropped; only the picture tells what is on them"),
)
UNREADABLE_PAGES = (
    text("page {number} could not be read: it is damaged, or takes more time or memory than I have"),
    text("pages {numbers} could not be read: they are damaged, or take more time or memory than I have"),
)
MORE_PAGES = text("only its first {read} of {count} pages were read")
ATTACHED = text("files attached to this PDF were not opened: {names}")
