"""Fetches public web pages and never reaches a private network. It knows nothing of Slack and holds no token."""
