"""The pages of incidents: the list, the form to declare one, and the incident itself."""

from kintsugi.server.incidents.web.routes import router

__all__ = ["router"]
