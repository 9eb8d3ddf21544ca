"""How often somebody may come: so many times within a minute, evenly once that is used up."""

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

MINUTE = 60.0
# So many callers are remembered; whoever came longest ago is forgotten first.
MOST = 10_000
_ROUNDING = 0.001  # seconds since 1970 lose some places


@dataclass(slots=True)
class Pace:
    """Counts by key with one number each (GCRA: the moment at which a key's calls are all used up evenly)."""

    limit: int
    _spent: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def take(self, key: str, at: float) -> int | None:
        """Count one call at a moment (seconds) and return None, or return after how many seconds one may come."""
        apart = MINUTE / self.limit
        spent = max(self._spent.pop(key, at), at)
        wait = spent - at - (MINUTE - apart)
        self._spent[key] = spent if wait > _ROUNDING else spent + apart
        if len(self._spent) > MOST:
            self._spent.popitem(last=False)
        return ceil(wait) if wait > _ROUNDING else None


def network(address: str) -> str:
    """Return whom an address stands for: a house on IPv6 has a whole /64 to itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address
