"""Turns a server's answer into a result for the model: texts cut to a length, pictures as pictures, the rest named."""

import base64
import binascii
import json

import mcp_types as types

from bot.core.agent.ports import NewArtifact, Result, ToolFailed

LONGEST_TEXT = 100_000
LONGEST_ERROR = 4_000
MOST_PICTURES = 8
EMPTY = "The tool finished without saying anything."
ERROR = "The tool reported an error without saying which."
CUT = "\n… (cut here: {more:,} more characters)"


def read_answer(answer: types.CallToolResult, server: str, tool: str) -> Result:
    """Return the answer's result. Raises ToolFailed with the server's words when it says that the call failed."""
    lines: list[str] = []
    pictures: list[NewArtifact] = []
    for block in answer.content:
        picture = _picture(block)
        if picture is None:
            lines.append(_line(block))
        elif len(pictures) < MOST_PICTURES:
            lines.append(f"[picture {{{len(pictures)}}}]")
            pictures.append(_new(picture, server, tool))
        else:
            lines.append("[one more picture, left out]")
    text = "\n".join(line for line in lines if line)
    if not text and answer.structured_content is not None:
        text = json.dumps(answer.structured_content, ensure_ascii=False)
    if answer.is_error:
        raise ToolFailed(_cut(text, LONGEST_ERROR) or ERROR)
    return Result(_cut(text, LONGEST_TEXT) or EMPTY, made=tuple(pictures), is_untrusted=True)


def _picture(block: types.ContentBlock) -> tuple[str, bytes] | None:
    """Return the type and bytes of a picture; None for anything else, or when it can't be decoded."""
    if isinstance(block, types.ImageContent):
        mime, packed = block.mime_type, block.data
    elif isinstance(block, types.EmbeddedResource) and isinstance(block.resource, types.BlobResourceContents):
        mime, packed = block.resource.mime_type or "", block.resource.blob
    else:
        return None
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
    return (mime, data) if mime.startswith("image/") and data else None


def _new(picture: tuple[str, bytes], server: str, tool: str) -> NewArtifact:
    mime, data = picture
    kind = mime.removeprefix("image/").split(";")[0].split("+")[0]
    ending = kind if kind.isalnum() else "png"
    return NewArtifact("picture", "mcp", f"{tool}.{ending}", f"{tool} ({server})", mime, data, is_for_model=True)


def _line(block: types.ContentBlock) -> str:
    match block:
        case types.TextContent():
            return block.text
        case types.EmbeddedResource(resource=types.TextResourceContents() as resource):
            return f"[{resource.uri}]\n{resource.text}"
        case types.EmbeddedResource():
            return f"[{block.resource.uri}: {block.resource.mime_type or 'a file'}, which cannot be shown]"
        case types.ResourceLink():
            return f"[{block.name}: {block.uri}]"
        case types.AudioContent():
            return "[a sound, which cannot be heard]"
        case _:
            return "[a picture that is damaged]"


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[:longest] + CUT.format(more=len(text) - longest)
