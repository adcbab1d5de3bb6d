"""Read back what ODK Collect or Kobo collected on our XLSForm: files of ODK Central and of Kobo."""

from surveys.exchange.devices.members import RepeatedMembers
from surveys.exchange.devices.translation import MEMBERS_HEADING, translate

__all__ = ["MEMBERS_HEADING", "RepeatedMembers", "translate"]
