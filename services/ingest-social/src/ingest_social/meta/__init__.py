"""What WhatsApp, Messenger and Instagram have in common: one envelope, one proof, one Graph API."""
