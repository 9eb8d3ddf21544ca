"""The rules of matching that a company may change: the section `identity:` of peyvand.yaml."""

import json
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from peyvand.identity.generic import is_landline, is_placeholder, is_service, mailbox_name
from peyvand.identity.kinds import require_kinds
from peyvand.identity.lists import listed
from peyvand.identity.mail import email
from peyvand.identity.phone import phone

Peers = dict[str, Annotated[int, Field(ge=0)]]
_CONTACT = {"email": 5, "telegram": 2, "bale": 2, "instagram": 2, "phone": 4, "crm": 1}
_PLATFORM = {"crm": 1, "email": 6, "phone": 6}
FAN = {
    "phone": _CONTACT, "email": _CONTACT, "telegram": _PLATFORM, "bale": _PLATFORM, "instagram": _PLATFORM,
}  # fmt: skip
CAPS = {"phone": 6, "email": 6, "telegram": 3, "bale": 3, "instagram": 3, "web": 5}


def _over_fan(value: Any) -> Any:
    """Return the built-in fan with what the file says on top of it, kind by kind."""
    if value is None or not isinstance(value, Mapping):
        return FAN if value is None else value
    return {**FAN, **{kind: _over(FAN.get(kind, {}), peers) for kind, peers in value.items()}}


def _over_caps(value: Any) -> Any:
    return _over(CAPS, value)


def _over(built_in: Mapping[str, int], value: Any) -> Any:
    """Return limits with others on top; a limit of null is none, and an empty section changes nothing."""
    if value is None or not isinstance(value, Mapping):
        return built_in if value is None else value
    return {kind: limit for kind, limit in {**built_in, **value}.items() if limit is not None}


class Rules(BaseModel):
    """Which handles link whom, and how far.

    `fan[a][b]` is how many handles of kind b stand beside one of kind a before it counts as shared by many; `caps[k]`
    how many handles of kind k one customer may have; of an `exclusive` kind it is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    fan: Annotated[dict[str, Peers], BeforeValidator(_over_fan)] = FAN
    caps: Annotated[dict[str, Annotated[int, Field(ge=1)]], BeforeValidator(_over_caps)] = CAPS
    exclusive: tuple[str, ...] = ("crm",)
    landlines_link: bool = False
    names_must_agree: bool = True
    generic_mailboxes: tuple[str, ...] = ()  # beside the built-in list
    generic_handles: tuple[str, ...] = ()  # addresses and numbers that everybody types
    most_handles: int = Field(default=500, ge=2)  # of a raw component before only strong links count

    @field_validator("fan")
    @classmethod
    def _known_on_both_sides(cls, value: dict[str, Peers]) -> dict[str, Peers]:
        require_kinds(value)
        for peers in value.values():
            require_kinds(peers)
        return value

    @field_validator("caps")
    @classmethod
    def _known(cls, value: dict[str, int]) -> dict[str, int]:
        require_kinds(value)
        return value

    @field_validator("exclusive")
    @classmethod
    def _known_ones(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        require_kinds(value)
        return tuple(sorted(set(value)))

    @field_validator("generic_mailboxes")
    @classmethod
    def _mailbox_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({_mailbox(written) for written in value}))

    @field_validator("generic_handles")
    @classmethod
    def _as_in_handles(cls, value: tuple[str, ...], known: ValidationInfo) -> tuple[str, ...]:
        region = (known.context or {"region": "IR"}).get("region")
        # without a region the organisation's own mistake is told first
        return tuple(sorted({_normalised(written, region) for written in value})) if region else value

    @cached_property
    def digest(self) -> str:
        """Return a name of these rules: it changes when they do, and when the built-in lists do."""
        lists = [sorted(listed(name)) for name in ("generic_mailboxes", "placeholder_addresses")]
        canonical = json.dumps([self.model_dump(mode="json"), lists], sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()[:12]

    @cached_property
    def _mailboxes(self) -> frozenset[str]:
        return listed("generic_mailboxes") | frozenset(self.generic_mailboxes)

    @cached_property
    def _handles(self) -> frozenset[str]:
        return frozenset(self.generic_handles)

    def generic(self, kind: str, value: str) -> bool:
        """Return whether a handle is a function's or a filler: info@, test@test.com, what the file names."""
        if kind not in ("email", "phone"):
            return False
        if value in self._handles:
            return True
        return kind == "email" and (mailbox_name(value.rpartition("@")[0]) in self._mailboxes or is_placeholder(value))

    def landline(self, kind: str, value: str) -> bool:
        """Return whether many answer a number; with `landlines_link` only a service's number (toll-free) is such."""
        if kind != "phone":
            return False
        return is_service(value) or (is_landline(value) and not self.landlines_link)


def _mailbox(written: str) -> str:
    name = mailbox_name(written.strip())
    if not name or "@" in name:
        raise ValueError(f"{written!r} is no name of a mailbox: what stands before the @ (an example: reservations)")
    return name


def _normalised(written: str, region: str) -> str:
    found = email(written) or phone(written, region)
    if found is None:
        raise ValueError(f"{written!r} is neither an e-mail address nor a telephone number")
    return found.value
