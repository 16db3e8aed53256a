"""An MCP server for the demo, over standard input and output: its one tool writes, so the bot has to ask first."""

from mcp.server.mcpserver import MCPServer


def build() -> MCPServer:
    server = MCPServer("tickets")

    @server.tool()
    def create_ticket(title: str, owner: str, due: str) -> str:
        """Write a ticket."""
        return f"Ticket 1: {title} ({owner}, due {due})"

    return server


if __name__ == "__main__":
    build().run("stdio")
