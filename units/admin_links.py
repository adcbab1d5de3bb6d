"""Link read-only values in the admin to the rows they name, where the reader has access."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import helpers

from units.scoped_admin import ScopedAdmin, ScopedForm


class ReadField(helpers.AdminReadonlyField):
    """Link only rows that open for the reader; Django also links those that answer 404."""

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> str:
        table, form = admin.site._registry.get(remote_field.model), cast(ScopedForm, self.form)
        if isinstance(table, ScopedAdmin) and table.has_view_permission(form.request, remote_obj):
            return str(super().get_admin_url(remote_field, remote_obj))
        return str(remote_obj)


# Fieldline instantiates the class of this name; Django has no hook to replace it.
helpers.AdminReadonlyField = ReadField  # type: ignore[misc]
