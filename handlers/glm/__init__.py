"""The handlers of `/glm`, one file for each kind of word that may follow it."""
