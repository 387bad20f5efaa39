"""Impact over HTTP: a text as it always was, or an object with the text and the numbers."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic import model_validator as validated
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.impact import detail_key, read_details
from kintsugi.kernel.http import Body
from kintsugi.server.incidents.service import MOST_COUNTED

Count = Annotated[StrictInt, Field(ge=0, le=MOST_COUNTED)]
Percent = Annotated[StrictFloat, Field(ge=0, le=100)]
Exact = Annotated[
    StrictStr, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,6})?$", description="A decimal, as text.")
]
Line = Annotated[StrictStr, Field(max_length=200)]
Lines = Annotated[list[Line], Field(max_length=50)]
Prose = Annotated[StrictStr, Field(max_length=2_000)]
Estimable = Literal[
    "affectedUsers", "affectedPercent", "durationMinutes", "revenue", "availabilityPercent", "supportCases"
]  # fmt: skip
TEN_YEARS = 10 * 365 * 24 * 60
_FIELDS = {detail_key(entry.name): entry.name for entry in fields(Impact)}


class MoneyBody(Body):
    amount: Exact
    currency: Annotated[StrictStr, Field(pattern="^[A-Z]{3}$")] = "USD"


class DegradationBody(Body):
    metric: Annotated[StrictStr, Field(min_length=1, max_length=200)]
    before: Line = ""
    during: Line = ""


class ImpactDetails(Body):
    """What is known in numbers, and in words of its own; a key that is left out is not known."""

    affected_users: Count | None = None
    affected_percent: Percent | None = None
    duration_minutes: Annotated[StrictFloat, Field(ge=0, le=TEN_YEARS)] | None = None
    revenue: MoneyBody | None = None
    revenue_usd_rate: (
        Annotated[Exact, Field(description="Dollars for one unit of the revenue's currency.")]
        | None
    ) = None
    availability_percent: Percent | None = None
    support_cases: Count | None = None
    data_loss: StrictBool | None = None
    data_corruption: StrictBool | None = None
    data_integrity: Prose | None = None
    error_types: Lines | None = None
    slo_violations: Lines | None = None
    degradations: Annotated[list[DegradationBody], Field(max_length=50)] | None = None
    user_experience: Prose | None = None
    business: Prose | None = None
    reputation: Prose | None = None
    customer_communications: Prose | None = None
    estimated: (
        Annotated[list[Estimable], Field(max_length=50, description="The numbers that are estimates.")]
        | None
    ) = None  # fmt: skip


class ImpactSaid(ImpactDetails):
    """Impact as it is said: a text, or an object of which null takes back, and what is left out stays."""

    text: StrictStr | None = None

    @validated(mode="before")
    @classmethod
    def _worded(cls, said: Any) -> Any:  # noqa: ANN401 - whatever was sent
        return {"text": said} if isinstance(said, str) else said

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler.resolve_ref_schema(handler(schema))
        plain = dict(found)
        found.clear()
        found["anyOf"] = [{"type": "string", "description": "The text alone."}, plain]
        return found

    def said_text(self) -> str | None:
        """The text, where one is said; null is none."""
        return (self.text or "") if "text" in self.model_fields_set else None

    def said_numbers(self, before: Impact) -> Impact | None:
        """The numbers as they would be with what is said; None when none is. Raises InvalidValue."""
        sent = self.model_fields_set - {"text"}
        if not sent:
            return None
        data = self.model_dump(mode="json", by_alias=True, include=set(sent))
        try:
            numbers = read_details(data)
            names = [_FIELDS[to_camel(name)] for name in sent]
            return replace(before, **{name: getattr(numbers, name) for name in names})
        except InvalidValue as error:
            raise error.under("impact") from error


NOTHING_SAID = ImpactSaid()
