"""A server written with the official SDK: over standard input and output, or as a web application."""

import base64

from mcp.server.mcpserver import Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, EmbeddedResource, TextContent, TextResourceContents, ToolAnnotations

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
READS = ToolAnnotations(read_only_hint=True)


def build() -> MCPServer:
    server = MCPServer("desk")
    notes: list[str] = []

    @server.tool(annotations=READS)
    def add(a: int, b: int) -> str:
        """The sum of two numbers."""
        return str(a + b)

    @server.tool()
    def note(words: str) -> str:
        """Write something down."""
        notes.append(words)
        return f"{len(notes)}: {words}"

    @server.tool(annotations=READS)
    def look() -> list[str | Image]:
        """A picture between two words."""
        return ["before", Image(data=PNG, format="png"), "after"]

    @server.tool(annotations=READS)
    def read() -> CallToolResult:
        """A resource."""
        resource = TextResourceContents(uri="memo://1", text="from the memo")
        return CallToolResult(content=[TextContent(text="see"), EmbeddedResource(resource=resource)])

    @server.tool(annotations=READS)
    def structured() -> CallToolResult:
        """Nothing but a value."""
        return CallToolResult(content=[], structured_content={"degrees": 21})

    @server.tool(annotations=READS)
    def break_down() -> str:
        """Always fails."""
        raise ToolError("the drawer is stuck")

    return server


if __name__ == "__main__":
    build().run("stdio")
