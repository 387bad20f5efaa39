"""The pages of fault trees: the list, one tree with its answers, and the panel of an incident."""

from kintsugi.server.analysis.web.routes import router

__all__ = ["router"]
