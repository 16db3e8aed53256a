"""How a person belongs to the workspace, which decides what is done for them and whose words theirs are."""

from typing import Literal

# `colleague`: of another workspace of the same organisation. `external`: of another company, in a shared channel.
# `unknown`: Slack did not tell, which opens nothing.
Standing = Literal["member", "colleague", "guest", "external", "deactivated", "unknown"]


def is_outsider(standing: Standing) -> bool:
    """Whoever is not known to belong here."""
    return standing in {"external", "deactivated", "unknown"}
