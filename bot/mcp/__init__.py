"""Offers the tools of MCP servers: config (their file), process and remote (two ways to reach one), connection (the
life of one server), servers (all of them), offer (a tool of theirs) and reading (its answer).

`config` is light. All other modules load the SDK (60 MB), so they are imported only where servers are configured.
"""
