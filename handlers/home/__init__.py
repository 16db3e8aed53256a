"""The handlers of the home tab."""
