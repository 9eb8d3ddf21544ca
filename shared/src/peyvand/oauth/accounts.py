"""Tokens where cursors are, sealed: one row for each account, renewed by one process at a time under its lease."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from peyvand.access import Grant
from peyvand.cursors import Cursors, Lease
from peyvand.errors import NotSignedIn, SignInFailed, Unavailable
from peyvand.oauth.endpoint import Denied, endpoint
from peyvand.oauth.sealing import Key, NoKey
from peyvand.oauth.tokens import Tokens

LEASE_SECONDS = 60.0
# Another process that renews needs a moment for it.
_PATIENCE = 100
_PAUSE = 0.2


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Accounts:
    """All accounts of one installation; `holder` names this process on leases."""

    cursors: Cursors
    key: Key
    holder: str

    def access(self, connector: str, grant: Grant) -> "KeptAccess":
        """Return the access to a connector's account."""
        return KeptAccess(self, connector, grant)

    async def keep(self, connector: str, tokens: Tokens) -> None:
        """Keep what a person's sign-in brought; raises NoKey, Unavailable."""
        async with self.leased(connector) as lease:
            await self.save(lease, connector, tokens)

    async def load(self, lease: Lease, connector: str) -> Tokens | None:
        """Return what is kept, or None; raises NoKey."""
        row = await self.cursors.load(lease)
        return Tokens.read(self.key.seal().opened(row["sealed"], connector)) if row else None

    async def save(self, lease: Lease, connector: str, tokens: Tokens) -> None:
        """Keep tokens under a lease."""
        await self.cursors.save(lease, {"sealed": self.key.seal().closed(tokens.written(), connector)})

    @asynccontextmanager
    async def leased(self, connector: str) -> AsyncIterator[Lease]:
        """Hold an account's row while the body runs; raises Unavailable while another process does."""
        name = f"login:{connector}"  # no connector's name has a colon
        for _ in range(_PATIENCE):
            if lease := await self.cursors.acquire(name, self.holder, LEASE_SECONDS):
                break
            await asyncio.sleep(_PAUSE)
        else:
            raise Unavailable(f"another process is renewing the sign-in of {connector}")
        try:
            yield lease
        finally:
            await self.cursors.release(lease)


@dataclass(slots=True)
class KeptAccess:
    """Access by what is kept, renewed before it ends."""

    accounts: Accounts
    connector: str
    grant: Grant
    now: Callable[[], datetime] = _now
    _last: Tokens | None = None
    _refused: str = ""  # the last token that a server would not have: never given again, however often renewing fails
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self) -> str:
        """Return a token that is good for a minute at least."""
        async with self._alone:
            if self._last is None or not self._last.good(self.now()):
                self._last = await self._got()
            return self._last.access

    async def renewed(self) -> str:
        """Return another token than the last one."""
        async with self._alone:
            if self._last is not None:
                self._refused, self._last = self._last.access, None
            self._last = await self._got()
            return self._last.access

    async def _got(self) -> Tokens:
        """Return good tokens: what is kept, if somebody has renewed it meanwhile, else new ones."""
        async with self.accounts.leased(self.connector) as lease:
            kept = await self._kept(lease)
            if kept.good(self.now()) and kept.access != self._refused:
                return kept
            if not kept.refresh:
                raise NotSignedIn(f"the sign-in of {self.connector} is over: ./peyvand login {self.connector}")
            return await self._refreshed(lease, kept)

    async def _kept(self, lease: Lease) -> Tokens:
        try:
            kept = await self.accounts.load(lease, self.connector)
        except NoKey as error:
            raise NotSignedIn(str(error)) from error
        if kept is None:
            raise NotSignedIn(f"nobody has signed in to {self.connector} yet: ./peyvand login {self.connector}")
        return kept

    async def _refreshed(self, lease: Lease, kept: Tokens) -> Tokens:
        try:
            async with endpoint(self.grant) as server:
                answer = await server.token({"grant_type": "refresh_token", "refresh_token": kept.refresh})
        except Denied as error:
            if error.error == "invalid_grant":
                await self.accounts.save(lease, self.connector, kept.over())
                why = f"the sign-in of {self.connector} has expired or was withdrawn ({error})"
                raise NotSignedIn(f"{why}: ./peyvand login {self.connector}") from error
            raise SignInFailed(f"{error}; check client_id and client_secret of {self.connector}") from error
        fresh = kept.answered(answer, self.now())
        await self.accounts.save(lease, self.connector, fresh)
        return fresh
