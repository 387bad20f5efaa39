"""The pages of services: the list, one service, and the form to describe it."""

from kintsugi.server.catalog.web.routes import router

__all__ = ["router"]
