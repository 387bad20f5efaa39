"""The door that alerts come in by: bare ASGI beside the framework, since a request here costs microseconds."""

from kintsugi.server.alerts.intake.application import Intake
from kintsugi.server.alerts.intake.numbers import IntakeNumbers
from kintsugi.server.alerts.intake.protocol import protocol_for

__all__ = ["Intake", "IntakeNumbers", "protocol_for"]
