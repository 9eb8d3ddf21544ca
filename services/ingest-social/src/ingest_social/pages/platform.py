"""In what Messenger and Instagram differ: one table each, and no branch by name."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest_social.meta.account import MetaAccount
from peyvand.identity import Handle


class PageAccount(MetaAccount):
    """A page or a professional account: what its settings call its id is told by `own`."""

    @property
    def own(self) -> str:
        """Return the id of the page or account."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Platform:
    """A channel and the kind of its handles; `object` is what the app is subscribed for.

    `handle` makes a handle of a user's id and the id of the page or account, within which alone it means somebody;
    `comments` are the fields of changes that hold comments.
    """

    name: str
    vendor: str
    object: str
    handle: Callable[[str, str], Handle | None]
    comments: frozenset[str]
