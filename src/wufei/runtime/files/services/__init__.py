"""Writes of the store: keep, withdraw, scan, compare with the disk; and the bound of uploads."""

from wufei.runtime.files.services.comparison import compare
from wufei.runtime.files.services.keeping import keep, keep_sent, withdraw
from wufei.runtime.files.services.scanning import scan_held
from wufei.runtime.files.services.uploads import UPLOAD_BYTES_MAX, BoundedUpload

__all__ = ["UPLOAD_BYTES_MAX", "BoundedUpload", "compare", "keep", "keep_sent", "scan_held", "withdraw"]
