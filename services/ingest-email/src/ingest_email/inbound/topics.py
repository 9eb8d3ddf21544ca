"""One account of Amazon: the topics that may write to us, and where mail lies that is too long for them."""

from pydantic import Field, SecretStr, model_validator

from ingest_email.account import MailAccount
from ingest_email.inbound.amazon import Bucket


class AmazonAccount(MailAccount):
    """The topics that may write here and, for mail in S3, one bucket and a key that may read it."""

    topics: tuple[str, ...] = Field(min_length=1)
    bucket: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None
    region: str | None = None
    endpoint: str | None = None
    proxy: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> "AmazonAccount":
        if any(not t.startswith("arn:aws:sns:") or t.count(":") != 5 for t in self.topics):
            raise ValueError("topics: each is an ARN such as arn:aws:sns:eu-west-1:123456789012:mail")
        if self.bucket and not (self.access_key and self.secret_key):
            raise ValueError("bucket: needs access_key and secret_key too")
        return self

    def bucket_of(self, name: str) -> Bucket | None:
        """Return the bucket of this name when we may read it."""
        if self.bucket != name or self.access_key is None or self.secret_key is None:
            return None
        region = self.region or self.topics[0].split(":")[3]
        return Bucket(name, region, self.access_key, self.secret_key, self.endpoint)
