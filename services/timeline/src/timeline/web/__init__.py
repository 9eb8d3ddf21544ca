"""The pages for people: `routes(serving)` for the application, static files included."""

from timeline.web.language import marked
from timeline.web.routes import routes

# The banner of a demo, known to the catalogues: Serving(banner=DEMO_BANNER).
DEMO_BANNER = marked("This is a demo: these customers are invented. Your own begin with ./peyvand connect.")

__all__ = ["DEMO_BANNER", "routes"]
