"""What published postmortems say of contributing factors, for whoever counts them."""

from __future__ import annotations

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems.store import documents


def incidents_with_factor(work: UnitOfWork, category: str) -> set[str]:
    """The incidents with a published postmortem that names a factor of the category, whoever may see them.

    For statistics that are the same for everybody; whoever counts leaves out what is private.
    """
    return documents.with_factor(work.connection, category)
