"""The website's server: signs what it posts (Standard Webhooks), and posts it again until it is taken."""

import json
import time
from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from peyvand.signature import sign_standard_webhooks

SECRET = "whsec_" + "cGV5dmFuZC1wZXl2YW5kLXBleXZhbmQ="


def signed(sent: str, body: bytes, secret: str = SECRET) -> dict[str, str]:
    stamp = int(time.time())
    return {
        "content-type": "application/json",
        "webhook-id": sent,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign_standard_webhooks(sent, stamp, body, SecretStr(secret)),
    }


@dataclass(slots=True)
class Website:
    """Posts numbered messages of one visitor; remembers which were acknowledged."""

    url: str
    acknowledged: list[str] = field(default_factory=list)

    def post(self, client: httpx.Client, number: int) -> httpx.Response:
        text = f"message {number}"
        body = json.dumps({"email": "visitor@example.com", "name": "Visitor", "message": text}).encode()
        answer = client.post(self.url, content=body, headers=signed(f"msg_{number}", body))
        if answer.is_success:
            self.acknowledged.append(text)
        return answer
