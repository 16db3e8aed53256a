"""For what must not end by itself in a test: longer than `tests.checks.PATIENCE_S` by far."""

FOR_EVER_S = 3600.0
