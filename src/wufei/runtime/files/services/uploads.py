"""Take uploads from the browser, within bounds."""

from __future__ import annotations

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

UPLOAD_BYTES_MAX = 60_000_000
"""Of a whole request: the largest sheet that is taken, and room for the form around it."""


class BoundedUpload(FileUploadHandler):
    """Refuses a request that says it is too large before anything of it is stored.

    The server gives a request no more bytes than it announced, so the announcement can be believed.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],  # noqa: ARG002 - Django's form
        META: dict[str, Any],  # noqa: ARG002, N803 - Django's form
        content_length: int,
        boundary: str,  # noqa: ARG002 - Django's form
        encoding: str | None = None,  # noqa: ARG002 - Django's form
    ) -> None:
        """Refuse by the announced length."""
        if content_length > UPLOAD_BYTES_MAX:
            raise RequestDataTooBig(f"{content_length} bytes; the bound is {UPLOAD_BYTES_MAX}")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's form
        """Hand the data on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's form
        """Leave the file to the handlers that follow."""
        return
