"""Forms of units, cadres, divisions and the login."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from core.forms import ChineseDateField, RecordForm, limit
from units.models import Cadre, Division, Unit
from units.roles import Role


class LoginForm(AuthenticationForm):
    own_phone = forms.BooleanField(required=False)

    error_messages = {
        "invalid_login": "手机号（工号）或密码不对，请核对后再试。连续错 10 次要等半小时。",
        "inactive": "这个账号已停用，请找双联办。",
    }


class DivisionForm(RecordForm[Division]):
    class Meta:
        model = Division
        fields = ("code", "name")

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if self.instance.pk:
            # Every row under a division carries its code.
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code.startswith(self.user.place):
            raise forms.ValidationError(f"只能建 {self.user.place} 开头的区划。")
        return code


class UnitForm(RecordForm[Unit]):
    closed_on = ChineseDateField(required=False)

    class Meta:
        model = Unit
        fields = ("name", "short_name", "code", "level", "division", "contact", "contact_phone", "closed_on")

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit(self, "division", Division.objects.editable_by(user))
        if self.instance.pk:
            # The unit's cadres carry the division's code, and it determines their scope.
            self.fields["division"].disabled = True


WEIGHTY = frozenset({"role", "unit", "left_on", "is_active"})
"""Fields that decide rights and login."""


def weighs(form: forms.ModelForm[Cadre]) -> bool:
    """Return whether a valid cadre form changes rights or access; the password is then required."""
    if form.instance._state.adding:
        return bool(form.instance.role != Role.CADRE)
    return bool(WEIGHTY.intersection(form.changed_data))


class CadreForm(RecordForm[Cadre]):
    """Leaders cannot edit role and unit, and nobody their own, so that the last office cannot lock itself
    out.
    """

    left_on = ChineseDateField(required=False, help_text="调离、退休的日期；在岗的空着")

    class Meta:
        model = Cadre
        fields = ("name", "phone", "staff_no", "unit", "rank", "post", "role", "left_on")

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_office:
            limit(self, "unit", Unit.objects.editable_by(user))
        else:
            del self.fields["unit"], self.fields["role"]
            if self.instance.pk is None:
                self.instance.unit = user.unit
                self.instance.role = Role.CADRE
        if self.instance == user:
            for name in {"unit", "role", "left_on"} & self.fields.keys():
                del self.fields[name]

    def keep_posting(self) -> dict[str, Any]:
        """Leave unit and rank of a valid form as they are stored; return what they were changed to."""
        moved = {"unit", "rank"}.intersection(self.changed_data)
        if not moved:
            return {}
        wanted = {"unit": self.instance.unit_id, "rank": self.instance.rank}
        stored = Cadre.objects.get(pk=self.instance.pk)
        self.instance.unit, self.instance.rank = stored.unit, stored.rank
        return wanted

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None

    def clean_staff_no(self) -> str | None:
        return self.cleaned_data["staff_no"] or None
