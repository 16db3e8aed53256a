"""Standing says how a person belongs to the workspace. It decides what they may do here."""

from typing import Literal

# colleague  belongs to another workspace of the same organisation
# external   belongs to another company, and is here in a shared channel
# unknown    Slack did not say; such a person may do nothing
Standing = Literal["member", "colleague", "guest", "external", "deactivated", "unknown"]


def is_outsider(standing: Standing) -> bool:
    """Return whether the person is not known to belong to the organisation."""
    return standing in {"external", "deactivated", "unknown"}
