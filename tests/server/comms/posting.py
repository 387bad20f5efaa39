"""Messages that are sent by hand: the worker's jobs of the comms room, done one after the other as they are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from kintsugi.app import build_jobs
from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.kernel import outbox
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.kernel.guard import networks_of
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.comms.delivery import About, Delivery, DeliveryId, Endpoint, Health
from kintsugi.server.comms.reactions import DELIVER
from kintsugi.server.comms.service import delivering, endpoints
from tests.receiver import Receiver
from tests.server.cast import MovableClock
from tests.smtp_server import MailServer

HERE = "127.0.0.1"


class Office:
    """Sends what waits, and moves the clock on to what is due next."""

    def __init__(
        self,
        works: Works,
        clock: MovableClock,
        mail: MailServer | None = None,
        networks: str = HERE,
    ) -> None:
        self.works, self.clock = works, clock
        settings = Settings(allowed_networks=networks)
        if mail is not None:
            settings = Settings(
                smtp_url=f"{mail.url}?starttls=0", mail_from="kintsugi@example.com",
                allowed_networks=networks,
            )  # fmt: skip
        self.jobs = build_jobs(settings, works)

    def endpoint(self, receiver: Receiver, name: str = "Status page") -> tuple[Endpoint, str]:
        with self.works.writing(SYSTEM) as work:
            return endpoints.add_endpoint(work, name, receiver.url, networks_of(HERE))

    def send(
        self, to: Sequence[Recipient], text: str = "We look into it."
    ) -> tuple[DeliveryId, ...]:
        with self.works.writing(SYSTEM) as work:
            return delivering.send(
                work, about=About("msg_1"), to=to, subject="INC-1: Checkout is slow", text=text,
                event="incident.update", facts={"incident": "INC-1"},
            )  # fmt: skip

    def waiting(self) -> list[outbox.Job]:
        with self.works.reading(SYSTEM) as work:
            query = sa.select(outbox.jobs).where(
                outbox.jobs.c.kind == DELIVER, outbox.jobs.c.state == "waiting"
            )
            query = query.order_by(outbox.jobs.c.due_at, outbox.jobs.c.id)
            return [outbox.job_of(row) for row in work.connection.execute(query).mappings()]

    def work(self) -> int:
        """Do what is due now; how many attempts that were."""
        due = [job for job in self.waiting() if job.due_at <= self.clock.now()]
        for job in due:
            self.jobs.steps[DELIVER](job.key, job.payload)
            with self.works.writing(SYSTEM) as work:
                work.cancel_later(job.key)
        return len(due)

    def work_on(self, most: int = 50) -> timedelta:
        """Work, moving the clock to what is due next, until nothing waits; how long that took."""
        began = self.clock.now()
        for _ in range(most):
            waiting = self.waiting()
            if not waiting:
                break
            self.clock.now_is(max(self.clock.now(), waiting[0].due_at))
            self.work()
        return self.clock.now() - began

    def delivery(self, delivery_id: DeliveryId) -> Delivery:
        with self.works.reading(SYSTEM) as work:
            return delivering.get_delivery(work, delivery_id)

    def again(self, delivery_id: DeliveryId) -> None:
        with self.works.writing(SYSTEM) as work:
            delivering.again(work, delivery_id)

    def shown(self, name: str = "Status page") -> Endpoint:
        with self.works.reading(SYSTEM) as work:
            return endpoints.get_endpoint(work, name)

    def health(self, name: str = "Status page") -> Health:
        with self.works.reading(SYSTEM) as work:
            return endpoints.health_of(work)[endpoints.get_endpoint(work, name).id]


def to(endpoint: Endpoint) -> Recipient:
    return Recipient(Way.WEBHOOK, endpoint.id, endpoint.name)


def by_mail(address: str, name: str = "") -> Recipient:
    return Recipient(Way.EMAIL, address, name)
