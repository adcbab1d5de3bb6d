"""Read the text of a PDF page by page."""

from django.test import Client
from pypdfium2 import PdfDocument


def pages_of(data: bytes) -> list[str]:
    """Return the text of each page without line breaks and spaces, which depend on the layout."""
    document = PdfDocument(data)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def get_pages(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return pages_of(b"".join(response.streaming_content))
