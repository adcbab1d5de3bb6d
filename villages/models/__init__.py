"""村、联村、帮扶项目、发展规划和村记事。"""

from villages.models.plan import VillageGoal, VillageNote, VillageNoteFile, VillagePlan
from villages.models.project import FundSource, Project, ProjectFund, ProjectNote, ProjectPhoto
from villages.models.village import Village, VillageAlias, VillagePairing

__all__ = [
    "FundSource",
    "Project",
    "ProjectFund",
    "ProjectNote",
    "ProjectPhoto",
    "Village",
    "VillageAlias",
    "VillageGoal",
    "VillageNote",
    "VillageNoteFile",
    "VillagePairing",
    "VillagePlan",
]
