"""Who somebody is on a channel: handles, how they are written, and which of them are ours."""

from peyvand.identity.handle import Handle, Proof, email, handle, phone
from peyvand.identity.organisation import Organisation, Person
from peyvand.identity.writing import latin_digits

__all__ = ["Handle", "Organisation", "Person", "Proof", "email", "handle", "latin_digits", "phone"]
