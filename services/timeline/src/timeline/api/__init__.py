"""The JSON API of the timelines: `routes(serving)` for the application, `problem_handlers()` for its errors."""

from timeline.api.access import LocalOrToken
from timeline.api.problems import problem_handlers
from timeline.api.routes import routes

__all__ = ["LocalOrToken", "problem_handlers", "routes"]
