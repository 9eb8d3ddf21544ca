"""The sample deliveries that come with Peyvand: files of requests without a signature, and the contract's examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import orjson

from ingest_social.partners.examples import BATCH, EXAMPLES
from peyvand.errors import PeyvandError
from peyvand.testing import captured_from


class NoSample(PeyvandError):
    """There is no sample of this name."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A request as its caller would make it, but for what proves it; `query` is what stands behind its address."""

    channel: str
    name: str
    body: bytes
    method: str = "POST"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """Return the name by which it is sent."""
        return f"{self.channel}/{self.name}"


def samples() -> list[Sample]:
    """Return every sample, in the order of their names."""
    kind = {"content-type": "application/json"}
    said = {**EXAMPLES, "batch": BATCH}
    own = [Sample("partner", name, orjson.dumps(content), headers=kind) for name, content in said.items()]
    folder = files(__package__) / "samples"
    found = [
        _read(channel.name, file.name.removesuffix(".http"), file.read_bytes())
        for channel in folder.iterdir()
        if channel.is_dir()
        for file in channel.iterdir()
        if file.name.endswith(".http")
    ]
    return sorted([*own, *found], key=lambda sample: sample.full_name)


def sample(name: str) -> Sample:
    """Return the sample of a name; raises NoSample."""
    found = next((one for one in samples() if one.full_name == name), None)
    if found is None:
        raise NoSample(f"there is no sample {name}: ./peyvand send --list names them")
    return found


def _read(channel: str, name: str, content: bytes) -> Sample:
    request = captured_from(content, channel)
    return Sample(channel, name, request.body, request.method, request.url.partition("?")[2], request.headers)
