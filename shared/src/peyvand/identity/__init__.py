"""Who somebody is on a channel: handles, how they are written, and which of them are ours."""

from peyvand.identity.domains import company_domain
from peyvand.identity.handle import Handle, Proof, handle
from peyvand.identity.mail import email
from peyvand.identity.organisation import Organisation, Person
from peyvand.identity.phone import extension, phone, phones, whatsapp_phone
from peyvand.identity.platforms import bale, crm, instagram, messenger, telegram, web, whatsapp_bsuid
from peyvand.identity.rules import Rules
from peyvand.identity.sip import sip
from peyvand.identity.withheld import withheld
from peyvand.identity.writing import latin_digits

__all__ = [
    "Handle", "Organisation", "Person", "Proof", "Rules", "bale", "company_domain", "crm", "email", "extension",
    "handle", "instagram", "latin_digits", "messenger", "phone", "phones", "sip", "telegram", "web", "whatsapp_bsuid",
    "whatsapp_phone", "withheld",
]  # fmt: skip
