"""MCP servers as tools: config (their file), process and remote (the two ways to one), connection (one server's life),
servers (all of them), offer and reading (a tool of theirs, and what it answered).

`config` is light; everything else loads the SDK (60 MB), so it is imported only where servers are configured.
"""
