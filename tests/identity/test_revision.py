"""What the same record comes to has a revision, which rises whenever that changes: users are then told to rebuild."""

from hashlib import sha256

from peyvand.identity.rules import Rules
from population.stream import ORGANISATION, stream
from timeline.folds.identity.derive import derive
from timeline.store.derived_with import REVISION

# What a made-up population comes to. When this fails because f, its lists or a library's data has changed what it says
# of the same record, raise REVISION and add its line; when only the population is made up anew, change the line.
KNOWN = {1: "780d5702686e0f29", 2: "780d5702686e0f29"}  # 2: what each is among calls


def test_a_change_of_what_a_record_comes_to_is_a_new_revision() -> None:
    said = stream(5, count=300, events=2_300)
    found = derive(ORGANISATION, said.evidence, (), Rules())
    lines = [
        *(f"{i} {s.shared} {s.component} {s.customer} {s.stranger}" for i, s in found.handles.items()),
        *(f"{a} {b} {link.strength} {found.refused.get((a, b))}" for (a, b), link in found.links.items()),
    ]
    assert sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16] == KNOWN[REVISION]
