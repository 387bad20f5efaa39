"""Analysis over HTTP, as JSON."""

from kintsugi.server.analysis.api.routes import router

__all__ = ["router"]
