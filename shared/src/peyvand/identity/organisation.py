"""The company that Peyvand works for: what is ours sets direction, and is never a customer."""

from collections.abc import Mapping
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from peyvand.identity.domains import is_everybodys
from peyvand.identity.handle import Handle
from peyvand.identity.mail import email
from peyvand.identity.phone import phone
from peyvand.identity.writing import latin_digits, without_unseen

# The namespace of an organisation that names no id of its own: one organisation per store, so a constant serves, and
# renaming the company changes no id.
DEFAULT_ID = UUID("2f0f8d51-6f0c-5d3c-9a47-0d5f3d8b7a11")


class Person(BaseModel):
    """Somebody of ours: extensions, queues of the telephone, addresses, numbers, vendor ids (`{telegram: "123"}`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    user: str
    name: str = ""
    extensions: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    ids: dict[str, str] = {}


class Organisation(BaseModel):
    """What normalisers and folds need to know of us.

    `ids` are our bots, pages and accounts by kind (`{telegram: ["110201543"]}`); the registrars of `sip_domains` vouch
    for their users.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    id: UUID = DEFAULT_ID
    name: str = ""
    region: str = "IR"  # before what is read with it
    timezone: str = "Asia/Tehran"
    domains: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ids: dict[str, tuple[str, ...]] = {}
    sip_domains: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone of the tz database (an example: Asia/Tehran)")
        return value

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"{value!r} is no ISO 3166 country code (an example: IR)")
        return value

    @field_validator("domains")
    @classmethod
    def _ours_alone(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        domains = tuple(_domain(written) for written in value)
        for written, domain in zip(value, domains, strict=True):
            # named as our own, it would make customers disappear
            if is_everybodys(domain):
                raise ValueError(f"{written!r} is not yours alone; name your own mailboxes there in addresses")
        return domains

    @field_validator("sip_domains")
    @classmethod
    def _as_in_handles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_domain(written) for written in value)

    @field_validator("ids")
    @classmethod
    def _by_kind(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        _require_id_kinds(value)
        return value

    @field_validator("numbers")
    @classmethod
    def _telephone_numbers(cls, value: tuple[str, ...], known: ValidationInfo) -> tuple[str, ...]:
        _require_numbers(value, known.data.get("region"))
        return value

    @field_validator("addresses")
    @classmethod
    def _mail_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _require_addresses(value)
        return value

    @field_validator("people")
    @classmethod
    def _who_can_be_reached(cls, value: tuple[Person, ...], known: ValidationInfo) -> tuple[Person, ...]:
        for person in value:
            _require_numbers(person.numbers, known.data.get("region"))
            _require_addresses(person.addresses)
            _require_id_kinds(person.ids)
        return value

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the organisation's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def _own(self) -> frozenset[tuple[str, str]]:
        numbers = [*self.numbers, *(n for p in self.people for n in p.numbers)]
        addresses = [*self.addresses, *(a for p in self.people for a in p.addresses)]
        handles = [*(phone(n, self.region) for n in numbers), *(email(a) for a in addresses)]
        ids = [(kind, value) for kind, values in self.ids.items() for value in values]
        ids += [(kind, value) for p in self.people for kind, value in p.ids.items()]
        return frozenset([*((h.kind, h.value) for h in handles if h), *((k, _plain(v)) for k, v in ids)])

    @cached_property
    def _by_extension(self) -> dict[str, Person]:
        return {extension: person for person in self.people for extension in person.extensions}

    def owns(self, handle: Handle) -> bool:
        """Return whether a handle is one of ours: a number, an address, anything at an own domain, a bot or a person.

        An id of ours is ours in every scope: a page-scoped id is nobody else's at another page.
        """
        match handle.kind:
            case "email" if handle.value.rpartition("@")[2] in self.domains:
                return True
            case "phone_ext":  # whoever sits behind our switchboard
                return ("phone", handle.value.partition(";")[0]) in self._own
            case _:
                return (handle.kind, handle.value) in self._own

    def at_extension(self, extension: str) -> Person | None:
        """Return who sits at an extension of the telephone system."""
        return self._by_extension.get(extension)


def _plain(written: str) -> str:
    """Return an id as it stands in handles."""
    return latin_digits(without_unseen(written)).strip()


def _domain(written: str) -> str:
    """Return a domain as it stands in handles, with which it is compared."""
    found = email("x@" + written.strip().removeprefix("@"))
    domain = found.value.rpartition("@")[2] if found else ""
    if "." not in domain:
        raise ValueError(f"{written!r} is no domain (an example: example.ir)")
    return domain


def _require_id_kinds(ids: Mapping[str, object]) -> None:
    """Return when no kind has a place of its own, where it would be read in every way of writing."""
    for kind, place in (("phone", "numbers"), ("email", "addresses"), ("phone_ext", "extensions")):
        if kind in ids:
            raise ValueError(f"{kind} is no id of a platform; name it in {place}")


def _require_numbers(written: tuple[str, ...], region: str | None) -> None:
    """Return when each is a number by which we can be known; without a region its own mistake is told first."""
    for number in written:
        if region and phone(number, region) is None:
            raise ValueError(f"{number!r} is no telephone number (an example: +98 21 9100 1000)")


def _require_addresses(written: tuple[str, ...]) -> None:
    for address in written:
        if email(address) is None:
            raise ValueError(f"{address!r} is no e-mail address")
