"""`/glm`: what may stand behind it, one file a kind of word."""
