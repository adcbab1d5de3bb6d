"""村和联村。"""

from villages.models.village import Village, VillageAlias, VillagePairing

__all__ = ["Village", "VillageAlias", "VillagePairing"]
