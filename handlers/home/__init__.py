"""The home tab: opened, shown, and what is pressed in it."""
