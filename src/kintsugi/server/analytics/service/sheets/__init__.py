"""The pages of analytics as sheets of figures: overview, services, response, learning."""

from collections.abc import Callable, Mapping

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.sheets import learning, overview, response, services
from kintsugi.server.analytics.service.study import Study
from kintsugi.server.analytics.sheet import Sheet

Made = Callable[[UnitOfWork, Study], tuple[Sheet, ...]]
SHEETS: Mapping[str, Made] = {
    "overview": overview.sheets,
    "services": services.sheets,
    "response": response.sheets,
    "learning": learning.sheets,
}
"""What each page shows, by its name."""

__all__ = ["SHEETS"]
