"""What we ask of Amazon: the certificates of SNS, the confirmation of a subscription, a mail that lies in S3."""

import base64
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from obstore.exceptions import BaseError
from obstore.store import S3Store
from pydantic import SecretStr

from peyvand.errors import Unavailable

SECONDS = 10.0
MOST_BYTES = 64 * 1024
MOST_CERTIFICATES = 20

# Returns the body at an address, through a proxy where one is named; raises Unavailable.
Get = Callable[[str, str | None], Awaitable[bytes]]


async def get(url: str, proxy: str | None) -> bytes:
    """Return what stands at an address, without following it elsewhere; raises Unavailable."""
    try:
        async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, proxy=proxy) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        raise Unavailable(f"Amazon does not answer ({type(error).__name__}); is a proxy needed?") from error
    if answer.status_code != 200 or len(answer.content) > MOST_BYTES:
        raise Unavailable(f"Amazon answered {answer.status_code} to a question about a subscription", 30)
    return answer.content


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates by their address, which Amazon changes with each new one; the newest used are remembered."""

    get: Get = get
    known: OrderedDict[str, str] = field(default_factory=OrderedDict)

    async def at(self, url: str, proxy: str | None) -> str:
        """Return the certificate at an address as base64 of its DER, on one line; raises Unavailable."""
        if url not in self.known:
            self.known[url] = _one_line(await self.get(url, proxy))
        self.known.move_to_end(url)
        while len(self.known) > MOST_CERTIFICATES:
            self.known.popitem(last=False)
        return self.known[url]


def _one_line(pem: bytes) -> str:
    try:
        return base64.b64encode(load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).decode()
    except ValueError as error:
        raise Unavailable("what stands at the certificate's address is no certificate", 30) from error


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of S3, and the key that may read it."""

    name: str
    region: str
    access_key: str
    secret_key: SecretStr
    endpoint: str | None = None

    async def mail(self, key: str, largest: int) -> tuple[bytes, int]:
        """Return an object, of one that is larger only the beginning, and its size; raises Unavailable."""
        try:
            store = self._store()
            size = (await store.head_async(key))["size"]
            found = await store.get_range_async(key, start=0, length=min(size, largest)) if size else b""
        except (BaseError, OSError) as error:
            raise Unavailable(
                f"the mail in the bucket {self.name} cannot be read: {type(error).__name__}", 20
            ) from error
        return bytes(found), size

    def _store(self) -> S3Store:
        options = {"endpoint": self.endpoint} if self.endpoint else {}
        return S3Store(
            self.name,
            region=self.region,
            access_key_id=self.access_key,
            secret_access_key=self.secret_key.get_secret_value(),
            client_options={"timeout": "30s", "allow_http": bool(self.endpoint)},
            retry_config={"max_retries": 1},
            **options,  # type: ignore[arg-type]  # each is a text
        )
