"""The object store that tests get keeps what is put into it."""

import pytest
from obstore.store import S3Store

from parts.s3 import S3

pytestmark = pytest.mark.real


def test_what_was_put_is_there(s3: S3) -> None:
    store = S3Store(
        s3.bucket(),
        endpoint=s3.url,
        region=s3.region,
        access_key_id=s3.access_key,
        secret_access_key=s3.secret_key,
        client_options={"allow_http": True},
    )
    store.put("mail/1", b"raw")
    assert bytes(store.get("mail/1").bytes()) == b"raw"
