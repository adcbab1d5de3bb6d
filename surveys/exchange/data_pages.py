"""Downloads of a form: its data set, and the form itself for ODK and Kobo."""

import tempfile
from collections.abc import Callable
from typing import IO, BinaryIO

from django.http import FileResponse, HttpRequest

from core.confirming import password_again
from core.downloads import file_name, log_download
from surveys.exchange.export import DataSet
from surveys.exchange.xlsform import write_xlsform
from surveys.models import Survey
from units.access import get_visible, overseer_required, user_of


@overseer_required
@password_again
def survey_data(request: HttpRequest, pk: int) -> FileResponse:
    """Return the counted answers in the reader's scope as a workbook, or with `?format=csv` as one table."""
    user = user_of(request)
    survey: Survey = get_visible(Survey.objects.published(), user, pk=pk)
    data = DataSet(survey, user)
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    log_download(request, f"{survey}全部答卷", filters=f"{kind}，连同以前各版", row_count=data.count())
    file = _written(data.write_csv if kind == "csv" else data.write_xlsx)
    name = file_name(user, f"{survey.title}{survey.edition}答卷", period="各年", kind=kind)
    return FileResponse(file, as_attachment=True, filename=name)


@overseer_required
def survey_xlsform(request: HttpRequest, pk: int) -> FileResponse:
    survey: Survey = get_visible(Survey.objects, user_of(request), pk=pk)
    log_download(request, f"{survey}的 XLSForm", filters="", row_count=len(survey.form.items))
    file = _written(lambda out: write_xlsform(out, survey.form))
    return FileResponse(file, as_attachment=True, filename=f"{survey.code}-{survey.edition}-xlsform.xlsx")


def _written(write: Callable[[BinaryIO], None]) -> IO[bytes]:
    """Write to a temporary file and rewind it; the response closes it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write(file)
    file.seek(0)
    return file
