"""Forms of villages."""

from typing import Any

from core.forms import ChineseDateField, RecordForm, limit
from units.models import Cadre, Division
from villages.choices import offer_villages
from villages.models import Village


class VillageForm(RecordForm[Village]):
    ended_on = ChineseDateField(required=False)

    class Meta:
        model = Village
        fields = ("code", "name", "division", "kind", "is_poor", "ended_on", "merged_into")

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit(self, "division", Division.objects.editable_by(user).towns())
        offer_villages(self, Village.objects.editable_by(user).exclude(pk=self.instance.pk), "merged_into")
        if self.instance.pk:
            # Every row of the village carries its code.
            self.fields["code"].disabled = True
