"""Keep uploads in memory, never unencrypted on disk, and report those that are too large."""

import io

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class TooLargeHandler(FileUploadHandler):
    """Handle files larger than FILE_UPLOAD_MAX_MEMORY_SIZE, which MemoryFileUploadHandler ignores.

    Discards the content and passes on an empty file with the real size, which every form refuses by its
    limit. Without this handler the form would report a missing file.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        assert self.request is not None
        whole = int(self.request.META["CONTENT_LENGTH"])
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, whole)
