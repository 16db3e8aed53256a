"""Pictures as documents: a file inside of another one can be a picture."""

from bot.core.document import Document
from bot.documents.images.decode import decode
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import MORE_PAGES

_MOST_FRAMES = 200


def read_picture(data: bytes, name: str, kind: str) -> Document:
    """Read a picture, as a document of one page, or of one page for each page of a TIFF. Raises FileError."""
    decoded = decode(data, name)
    draft = Draft(kind)
    frames = min(decoded.frames, _MOST_FRAMES) if kind == "tiff" else 1
    for frame in range(frames):
        draft.add(
            "",
            label=f"page {frame + 1}" if frames > 1 else "",
            look="a picture",
            source=(f"frame:{frame}",),
            width_pt=decoded.width * 0.6,
            height_pt=decoded.height * 0.6,
        )
    if frames < decoded.frames and frames > 1:
        draft.note(MORE_PAGES.format(read=frames, count=decoded.frames))
    for note in decoded.notes if frames == 1 else ():
        draft.note(note)
    return draft.finish()
