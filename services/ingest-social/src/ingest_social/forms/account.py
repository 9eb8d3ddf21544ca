"""One form of the company's website, as peyvand.yaml names it."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ingest_social.forms.names import Meaning
from ingest_social.forms.proof import Scheme
from peyvand.signature import Secrets, standard_webhooks_key


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]


class FormAccount(BaseModel):
    """`secret` is for servers that sign what they post, `form` and `origins` for visitors' browsers.

    Limits are posts in a minute, 0 for none; `largest_file` is in megabytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: Secrets = ()
    signature: Scheme = "standard-webhooks"
    form: bool = False
    origins: Names = ()
    any_origin: bool = False
    redirect: str | None = None
    redirects: Names = ()
    honeypot: str | None = None
    fields: Mapping[Meaning, Names] = {}
    thanks: str | None = None
    visitor_limit: int = Field(default=20, ge=0, le=10_000)
    form_limit: int = Field(default=300, ge=0, le=100_000)
    server_limit: int = Field(default=0, ge=0, le=1_000_000)
    largest_file: int = Field(default=10, ge=0, le=20)
    most_files: int = Field(default=10, ge=0, le=100)

    @field_validator("origins", "redirects")
    @classmethod
    def _addresses_of_sites(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        found = [origin_of(written) for written in origins]
        if None in found or any(urlsplit(o).path.strip("/") for o in origins):
            raise ValueError("each needs scheme and host only, such as https://www.example.ir")
        return tuple(o for o in found if o)

    @field_validator("redirect")
    @classmethod
    def _whole_address(cls, redirect: str | None) -> str | None:
        if redirect is None:
            return None
        if origin_of(redirect) is None or not redirect.isprintable() or " " in redirect:
            raise ValueError("needs a whole address, such as https://www.example.ir/thanks")
        # a header takes no Persian letters
        return quote(redirect, safe=":/?#[]@!$&'()*+,;=%-._~")

    @model_validator(mode="after")
    def _readable(self) -> "FormAccount":
        for secret in self.secret if self.signature == "standard-webhooks" else ():
            standard_webhooks_key(secret)
        return self

    @model_validator(mode="after")
    def _takes_something(self) -> "FormAccount":
        if not self.secret and not self.form:
            raise ValueError("needs a secret (for signed posts), or form: true (for posts of browsers), or both")
        if self.form and not self.origins and not self.any_origin:
            raise ValueError("form: true needs origins (the sites whose pages may post), or any_origin: true")
        return self


def origin_of(url: str) -> str | None:
    """Return scheme, host and port of an address as browsers write them in Origin, or None when it has none."""
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in ("http", "https") or not host or parts.username is not None:
        return None
    named = f"[{host}]" if ":" in host else host
    usual = port is None or port == {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{named}" if usual else f"{scheme}://{named}:{port}"
