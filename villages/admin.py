"""Admin of villages and their pairings with units."""

from collections.abc import Sequence
from datetime import date

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from units.admin_lists import Filled, Seen, said
from units.models import Division, Unit
from units.pairing_admin import PairingAdmin
from units.scoped_admin import ScopedAdmin
from villages import pairing as pairing_acts
from villages.choices import village_label
from villages.models import Village, VillagePairing

POOR = said("is_poor", "贫困村", "贫困村")


@admin.register(Village)
class VillageAdmin(ScopedAdmin):
    page = "village"
    fields = ("code", "name", "division", "kind", "is_poor", "ended_on", "merged_into")
    fixed = ("code",)  # every row of a village carries its code
    choices = {
        "division": lambda user: Division.objects.editable_by(user).towns(),
        "merged_into": lambda user: Village.objects.editable_by(user),
    }
    autocomplete_fields = ("division", "merged_into")
    list_display = ("name", "code", "division", "kind", POOR, "ended_on", "merged_into")
    list_select_related = ("division", "merged_into")
    list_filter = (
        ("division", RelatedOnlyFieldListFilter),
        "kind",
        "is_poor",
        ("ended_on", Filled),
    )
    search_fields = ("name", "pinyin", "initials", "code")
    search_help_text = "村名、拼音、代码"

    def option(self, row: Village) -> str:
        return village_label(row)


@admin.register(VillagePairing)
class VillagePairingAdmin(PairingAdmin):
    fields = ("unit", "village", "started_on", "ended_on", "end_reason")
    fixed = ("unit", "village", "started_on")
    choices = {
        "unit": lambda user: Unit.objects.visible_to(user).filter(closed_on=None),
        "village": lambda user: Village.objects.editable_by(user).current().select_related("division"),
    }
    autocomplete_fields = ("unit", "village")
    list_display = ("unit", "village", "town", "started_on", "ended_on")
    list_select_related = ("unit", "village__division")
    list_filter = (
        ("ended_on", Filled),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = (
        "unit__name",
        "unit__pinyin",
        "unit__initials",
        "village__name",
        "village__pinyin",
        "village__initials",
        "village__code",
    )
    search_help_text = "单位、村、拼音、村级代码"

    @admin.display(description="乡镇")
    def town(self, pairing: VillagePairing) -> str:
        return str(pairing.village.division)

    def begin(self, pairing: VillagePairing) -> VillagePairing:
        return pairing_acts.pair_village(
            unit=pairing.unit, village=pairing.village, started_on=pairing.started_on
        )

    def end(self, pairing: VillagePairing, on: date, reason: str) -> None:
        pairing_acts.end_village_pairing(pairing, on=on, reason=reason)

    def warnings(self, pairing: VillagePairing) -> Sequence[str]:
        return pairing_acts.village_warnings(pairing)
