"""Reading peyvand.yaml as a whole, so that every mistake is known before anything starts."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from peyvand.errors import Misconfigured, Mistake
from peyvand.identity import Organisation, Person, Rules
from peyvand.settings.located import Located, Path_, parse
from peyvand.settings.model import Api, Configuration, Connector, Foreign, Retention, Server, Sharing, Storage
from peyvand.settings.secrets import Secrets

SECTIONS = (
    "organisation", "people", "identity", "defaults", "proxy", "connectors", "server", "storage", "api", "retention",
)  # fmt: skip
# What a connector of any channel may say; all else is its channel's.
OF_ALL = ("name", "channel", "team", "sharing", "largest_file_mb")
# A file passes through memory on its way into the blob store.
LARGEST_MB = 500
# It stands in a webhook's address and in file names.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")
M = TypeVar("M", bound=BaseModel)


def load(
    path: Path,
    channels: Mapping[str, type[BaseModel]],
    environment: Mapping[str, str],
    text: str | None = None,
    *,
    others: bool = False,
) -> Configuration:
    """Return the checked configuration; `channels` maps a channel's name to its settings. Raises Misconfigured.

    With `others` connectors of unknown channels are another service's: named, their settings and secrets unread.
    """
    if text is None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise Misconfigured(str(path), [Mistake(1, "(file)", f"cannot be read: {why}")]) from error
    reader = _Reader(parse(path, text), Secrets(environment, path.parent), others)
    configuration = reader.configuration(channels)
    if reader.mistakes:
        raise Misconfigured(str(path), sorted(set(reader.mistakes), key=lambda m: (m.line, m.key)))
    assert configuration is not None
    return configuration


class _Reader:
    """Collects mistakes while it reads, so that none hides another."""

    def __init__(self, file: Located, secrets: Secrets, others: bool) -> None:
        self.others = others
        self.file = file
        self.secrets = secrets
        self.mistakes = list(file.mistakes)

    def configuration(self, channels: Mapping[str, type[BaseModel]]) -> Configuration | None:
        if not isinstance(self.file.value, dict):
            self._mistake((), "the file must be a mapping (organisation: …, connectors: …)")
            return None
        for key in self.file.value:
            if key not in SECTIONS:
                self._mistake((key,), f"unknown section; known are {', '.join(SECTIONS)}")
        people = [self.section(Person, ("people", i)) for i in range(len(self._list("people")))]
        organisation = self.section(Organisation, ("organisation",), people=tuple(p for p in people if p))
        server, storage, api, retention = (
            self.section(Server, ("server",)),
            self.section(Storage, ("storage",)),
            self.section(Api, ("api",)),
            self.section(Retention, ("retention",)),
        )
        rules = self.rules(organisation)
        self.check_users(api, {p.user for p in people if p})
        self.check_defaults(channels)
        connectors = self.connectors(channels)
        self.check_heard(api)
        if not (organisation and server and storage and api and rules and retention):
            return None
        return Configuration(organisation, tuple(connectors), server, storage, api, rules, retention)

    def check_users(self, api: Api | None, users: Collection[str]) -> None:
        for place, token in enumerate(api.tokens if api else ()):
            if token.user is not None and token.user not in users:
                self._mistake(("api", "tokens", place, "user"), f"{token.user!r} is nobody of `people`")

    def check_heard(self, api: Api | None) -> None:
        """Tell of connectors that are misspelt: their recordings would be silent, and nobody would know why."""
        names = {entry.get("name") for entry in self._list("connectors") if isinstance(entry, dict)}
        for place, token in enumerate(api.tokens if api else ()):
            for number, name in enumerate(token.hears if isinstance(token.hears, tuple) else ()):
                if name not in names:
                    self._mistake(("api", "tokens", place, "hears", number), f"{name!r} is no connector")

    def rules(self, organisation: Organisation | None) -> Rules | None:
        """Read the rules; their numbers may be written as in the organisation's country."""
        region = organisation.region if organisation else None
        return self.checked(Rules, self._at(("identity",)) or {}, ("identity",), {"region": region})

    def section(self, model: type[M], path: Path_, **more: Any) -> M | None:
        return self.checked(model, self._at(path) or {}, path, **more)

    def checked(
        self, model: type[M], value: Any, path: Path_, known: Mapping[str, Any] | None = None, **more: Any
    ) -> M | None:
        if not isinstance(value, dict):
            self._mistake(path, "must be a mapping (key: value)")
            return None
        before = len(self.mistakes)
        resolved = self._resolved(value, path)
        try:
            made = model.model_validate({**resolved, **more}, context=known)
        except ValidationError as error:
            unresolved = {m.key for m in self.mistakes[before:]}
            for e in error.errors(include_input=False, include_url=False):
                at = (*path, *(p for p in e["loc"]))
                if self._name(at) not in unresolved:
                    self._mistake(at, _plain(e["type"], e["msg"]))
            return None
        return made if len(self.mistakes) == before else None

    def check_defaults(self, channels: Mapping[str, type[BaseModel]]) -> None:
        """Tell of defaults that serve no connector: what is misspelt would be missed in silence."""
        defaults = self._at(("defaults",))
        if defaults is not None and not isinstance(defaults, dict):
            self._mistake(("defaults",), "must be a mapping (channel: {key: value})")
            return
        for channel, own in (defaults or {}).items():
            path: Path_ = ("defaults", channel)
            if own is not None and not isinstance(own, dict):
                self._mistake(path, "must be a mapping (key: value)")
            elif channel in channels:
                for key in (own or {}).keys() - channels[channel].model_fields.keys():
                    self._mistake((*path, key), "unknown key")
            elif not self.others:
                self._mistake(path, f"unknown channel; known are {', '.join(sorted(channels))}")

    def connectors(self, channels: Mapping[str, type[BaseModel]]) -> Sequence[Connector]:
        names: dict[str, int] = {}
        found = []
        for index, entry in enumerate(self._list("connectors")):
            path: Path_ = ("connectors", index)
            if not isinstance(entry, dict):
                self._mistake(path, "must be a mapping with at least name and channel")
                continue
            named = self._named(entry, path, names)
            connector = self.connector(entry, path, channels)
            if named and connector:
                found.append(connector)
        return found

    def _named(self, entry: dict[str, Any], path: Path_, names: dict[str, int]) -> bool:
        name = entry.get("name")
        if not isinstance(name, str) or not _NAME.match(name):
            self._mistake((*path, "name"), "needs a name of a-z, 0-9 and -, at most 63 characters")
            return False
        if name in names:
            self._mistake((*path, "name"), f"{name} is taken by the connector in line {names[name]}")
            return False
        names[name] = self.file.line(path)
        return True

    def connector(
        self, entry: dict[str, Any], path: Path_, channels: Mapping[str, type[BaseModel]]
    ) -> Connector | None:
        channel, team = entry.get("channel"), entry.get("team")
        if team is not None and not isinstance(team, str):
            self._mistake((*path, "team"), "must be a name")
        sharing = self._sharing(entry, path)
        if isinstance(channel, str) and channel not in channels and self.others:
            return Connector(str(entry.get("name")), channel, Foreign(), team, sharing)
        if not isinstance(channel, str) or channel not in channels:
            self._mistake((*path, "channel"), f"unknown channel {channel!r}; known are {', '.join(sorted(channels))}")
            return None
        model = channels[channel]
        own = {k: v for k, v in entry.items() if k not in OF_ALL}
        settings = self.checked(model, {**self._defaults(channel, model, entry.get("name")), **own}, path)
        largest = self._largest(entry, path)
        return Connector(str(entry.get("name")), channel, settings, team, sharing, largest) if settings else None

    def _largest(self, entry: dict[str, Any], path: Path_) -> int | None:
        given = entry.get("largest_file_mb")
        if given is None or (type(given) is int and 0 < given <= LARGEST_MB):
            return given
        self._mistake((*path, "largest_file_mb"), f"must be a whole number of megabytes, 1 to {LARGEST_MB}")
        return None

    def _sharing(self, entry: dict[str, Any], path: Path_) -> Sharing | None:
        if (given := entry.get("sharing")) is None or given in tuple(Sharing):
            return None if given is None else Sharing(given)
        self._mistake((*path, "sharing"), f"must be one of {', '.join(Sharing)}")
        return None

    def _defaults(self, channel: str, model: type[BaseModel], name: Any) -> dict[str, Any]:
        """Return defaults of the channel, and of the file what the channel knows: proxy, time zone, own address."""
        public = self._at(("server", "public_url"))
        general = {
            "proxy": self._at(("proxy",)),
            "timezone": self._at(("organisation", "timezone")),
            "address": f"{public.rstrip('/')}/webhooks/{name}" if isinstance(public, str) and public else None,
        }
        known = {k: v for k, v in general.items() if v is not None and k in model.model_fields}
        own = self._at(("defaults", channel))
        return {**known, **(own if isinstance(own, dict) else {})}

    def _resolved(self, value: Any, path: Path_) -> Any:
        if isinstance(value, dict):
            return {k: self._resolved(v, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self._resolved(v, (*path, i)) for i, v in enumerate(value)]
        try:
            return self.secrets.resolve(value)
        except LookupError as error:
            self._mistake(path, str(error.args[0]))
            return value

    def _at(self, path: Path_) -> Any:
        value = self.file.value
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def _list(self, section: str) -> list[Any]:
        value = self._at((section,))
        if value is None:
            return []
        if not isinstance(value, list):
            self._mistake((section,), "must be a list (- {…})")
            return []
        return value

    def _mistake(self, path: Path_, why: str) -> None:
        self.mistakes.append(Mistake(self.file.line(path), self._name(path), why))

    def _name(self, path: Path_) -> str:
        """Return a path in the user's words: a connector by its name, not by its number."""
        parts = []
        for i, part in enumerate(path):
            entry = self._at(path[: i + 1]) if isinstance(part, int) else None
            named = entry.get("name") or entry.get("user") if isinstance(entry, dict) else None
            parts.append(str(named or part))
        return ".".join(parts) or "(file)"


def _plain(kind: str, message: str) -> str:
    match kind:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "unknown key"
        case _:
            return message.removeprefix("Value error, ")
