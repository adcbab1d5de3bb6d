"""Uploads are held in memory, never on the disk unsealed; what is too large for that is told, not lost."""

import io

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class TooLargeHandler(FileUploadHandler):
    """Behind MemoryFileUploadHandler, which leaves alone what is larger than FILE_UPLOAD_MAX_MEMORY_SIZE.

    Reads it away and hands on an empty file of the whole upload's size: every form refuses that by its limit.
    Without it the form would find no file at all, and say so.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        assert self.request is not None
        whole = int(self.request.META["CONTENT_LENGTH"])
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, whole)
