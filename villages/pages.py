"""Form pages about villages."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.pages import form_page
from units.access import get_editable, office_required, user_of
from villages.forms import VillageForm
from villages.models import Village


@office_required
def village_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    user = user_of(request)
    village = get_editable(Village.objects, user, pk=pk) if pk else None
    form = VillageForm(request.POST or None, instance=village, user=user)
    back = reverse("village", args=[pk]) if pk else reverse("villages")
    title = f"改{village}" if village else "登记一个村"
    return form_page(request, form, title=title, done="村已保存。", back=back)
