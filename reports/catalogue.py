"""The reports that there are. A new one is a module beside the others and a line here."""

from reports import activities, places, units

REPORTS = [
    places.REPORT,
    units.REPORT,
    activities.REPORT,
]
