"""Templates, once for each language, with what all of them may call."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from jinja2 import Environment, PackageLoader, StrictUndefined

from peyvand.folder import is_blob
from peyvand.identity.domains import company_domain
from timeline.recordings import played, recordings_of
from timeline.web import people, wording, writing
from timeline.web.asked import deliveries_query
from timeline.web.language import Language, Languages
from timeline.web.static_files import STATIC


@dataclass(frozen=True, slots=True)
class Rendering:
    """Everything that makes HTML of values."""

    languages: Languages
    environments: Mapping[str, Environment]

    def html(self, language: Language, template: str, **values: object) -> str:
        """Return a page."""
        return self.environments[language.code].get_template(template).render(**values)


def load_rendering(languages: Languages) -> Rendering:
    """Return the templates of all languages; none is read twice."""
    marks = _marks()
    return Rendering(languages, {language.code: _environment(language, marks) for language in languages})


def _environment(language: Language, marks: Mapping[str, str]) -> Environment:
    environment = Environment(
        loader=PackageLoader("timeline.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # The extension's own method, added to the class at run time.
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        language=language,
        say=language.gettext,  # of a text that comes as a value: the result is escaped, unlike that of _()
        wording=wording,
        writing=writing,
        people=people,
        channel_name=partial(wording.channel_name, language),
        talk=partial(wording.talk, language),
        file_size=partial(wording.size, language),
        deliveries_query=deliveries_query,
        asset=partial(_asset, marks),
        company_domain=company_domain,
        stored_file=lambda file: is_blob(file.at),
        file_state=lambda file: wording.FILES.get(file.state, ""),
        recordings_of=recordings_of,
        played=played,
        new_key=lambda: uuid4().hex,
    )
    return environment


def _asset(marks: Mapping[str, str], name: str) -> str:
    """Return the address of a static file; it changes with the file, so browsers may keep it for good."""
    return f"/static/{name}?v={marks.get(name, '0')}"


def _marks() -> dict[str, str]:
    files = (path for path in STATIC.rglob("*") if path.is_file())
    return {path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in files}
