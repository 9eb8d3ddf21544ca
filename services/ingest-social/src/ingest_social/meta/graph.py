"""Asking the Graph API, with what can go wrong said in plain words.

https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from typing import Any

import httpx

from ingest_social.meta.account import MetaAccount
from peyvand.errors import Gone, PeyvandError, SignInFailed, Unavailable

PATIENCE = 20.0
_TOKEN = {102, 190, 463, 467}
_PERMISSION = {3, 10, *range(200, 300)}
_LIMITS = {4, 17, 32, 341, 613, 80007, 130429}
_UNKNOWN = {100, 803}


async def ask(account: MetaAccount, path: str, **parameters: str) -> dict[str, Any]:
    """Return what Graph says of a node or an edge; raises SignInFailed, Gone (no such node), Unavailable."""
    if account.token is None:
        raise SignInFailed("token: is missing, and without one Meta cannot be asked anything")
    headers = {"authorization": f"Bearer {account.token.get_secret_value()}"}
    url = f"{account.base_url}/{account.version}/{path}"
    try:
        async with httpx.AsyncClient(proxy=account.proxy, timeout=PATIENCE, trust_env=False) as client:
            answer = await client.get(url, params=parameters, headers=headers)
    except httpx.TimeoutException as error:
        raise Unavailable("Meta does not answer in time") from error
    except httpx.HTTPError as error:
        raise Unavailable("Meta cannot be reached; where it is filtered, set proxy: for this connector") from error
    return _told(answer)


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError as error:
        raise Unavailable(f"Meta answers {answer.status_code} with something that is no Graph answer") from error
    match said:
        case {"error": {"code": int() as code}}:
            raise plain(code)
        case dict() if answer.is_success:
            return said
        case _:
            raise Unavailable(f"Meta answers {answer.status_code} with something that is no Graph answer")


def plain(code: int) -> PeyvandError:
    """Return an error of Graph in words that say what to do."""
    if code in _TOKEN:
        return SignInFailed("Meta refuses the token: it has expired or was revoked; make one of a system user")
    if code in _PERMISSION:
        return SignInFailed(f"the token lacks a permission (Meta's error {code}); docs/channels names those needed")
    if code in _UNKNOWN:
        return Gone("Meta knows nothing of that id, or the token may not see it")
    if code in _LIMITS:
        return Unavailable("Meta asks us to come less often", 300)
    return Unavailable(f"Meta answers with its error {code}")
