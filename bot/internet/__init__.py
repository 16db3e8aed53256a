"""Web pages of strangers, fetched without ever reaching inward. Knows nothing of Slack and has no token to give."""
