import pytest

# What they assert is told as if it stood in a test.
pytest.register_assert_rewrite("tests.chaos.moments", "tests.chaos.troubles")
