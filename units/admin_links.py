"""What is only read in the admin site links to the row that it names, where that opens for the reader."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import helpers

from units.scoped_admin import ScopedAdmin, ScopedForm


class ReadField(helpers.AdminReadonlyField):
    """Link only to rows that open: Django links to every row of a registered model, also to those that
    answer 404.
    """

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> str:
        table, form = admin.site._registry.get(remote_field.model), cast(ScopedForm, self.form)
        if isinstance(table, ScopedAdmin) and table.has_view_permission(form.request, remote_obj):
            return str(super().get_admin_url(remote_field, remote_obj))
        return str(remote_obj)


# Fieldline makes the class of this name; Django has no hook for another.
helpers.AdminReadonlyField = ReadField  # type: ignore[misc]
