"""What the kernel itself does every night."""

from __future__ import annotations

from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import Works


def check_audit(works: Works) -> None:
    """Say so in the log when the audit log was changed behind the product's back.

    A step and no handler: the log is long, and nobody waits for a transaction that reads all of it.
    """
    with works.reading(SYSTEM) as work:
        broken = audit.first_broken(work.connection)
    if broken is not None:
        log.error("the audit log was changed: its chain breaks", entry=broken)
