"""What a real part raises when this machine cannot run it, in words that the test report shows."""


class Missing(Exception):
    """The part is not here; the message says why and how to get it."""
