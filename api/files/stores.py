"""Chooses where files lie: a folder of this machine, or S3-compatible storage by configuration alone."""

from api.core.storage import BlobStore, FolderStore, S3Store
from api.settings import Settings


def blob_store(settings: Settings) -> BlobStore:
    """Give the installation's blob store."""
    if settings.s3_bucket and settings.s3_access_key and settings.s3_secret_key:
        return S3Store(
            settings.s3_endpoint_url,
            settings.s3_bucket,
            settings.s3_access_key.get_secret_value(),
            settings.s3_secret_key.get_secret_value(),
            settings.s3_region,
        )
    settings.files_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FolderStore(settings.files_path)
