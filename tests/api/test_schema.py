"""The API holds what its OpenAPI says, whatever it is asked: a fixed slice here, all of it in `make soak`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kintsugi.app import build_app, open_works
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.http import Door
from kintsugi.server.accounts import service as accounts
from tests.server.addresses import Route, Things
from tests.server.secret_story import Teller, tell
from tests.slices import IS_SLICE, IS_SOAK

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The API of a server of its own, asked with an admin's token, and the things that are in it."""

    operations: Mapping[str, APIOperation[Any, Any, Any, Any]]
    things: Things
    admin: TestClient


def _api(folder: Path) -> Asked:
    found = Settings(database_url=f"sqlite:///{folder / 'api.db'}")
    works = open_works(found)
    app = build_app(found, works)
    made: dict[str, TestClient] = {}
    made_id = ""
    for name, role in (("alice", Role.ADMIN), ("bob", Role.RESPONDER), ("dave", Role.RESPONDER)):
        with works.writing(SYSTEM) as work:
            user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", role)
            secret = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
        made_id = user.id
        made[name] = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    alice = made["alice"]
    quiet = alice.post("/api/incidents", json={"title": "Queue stuck"}).json()["id"]
    story = tell(Teller(made["bob"]), Teller(made["dave"]), "pool", quiet, private=False)
    alice.post("/api/services", json={"name": "checkout"})
    team = alice.post("/api/teams", json={"name": "Payments"}).json()["id"]
    things = {**story, "services": ["checkout"], "team_id": [team], "user_id": [made_id]}
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    schema.config.update(headers=dict(alice.headers))
    operations = (one.ok() for one in schema.get_all_operations() if isinstance(one, Ok))
    return Asked({one.label: one for one in operations}, things, alice)


FIXED = settings(
    max_examples=300 if IS_SOAK else 2 if IS_SLICE else 4, derandomize=True, deadline=None, database=None,
    phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.long
def test_no_answer_is_an_error_of_ours_or_other_than_told(tmp_path: Path) -> None:
    """Each route is asked what its schema allows; mostly about what is there, at its version."""
    api, found = _api(tmp_path), list[str]()
    assert len(api.operations) > 50
    for label in api.operations:
        try:
            _ask(api, label)
        except (FailureGroup, Failure) as error:
            found.append(f"{label}: {_said(error)}")
    assert not found, "\n\n".join(found)


def _ask(api: Asked, label: str) -> None:
    @FIXED
    @given(api.operations[label].as_strategy(), st.integers(0, 3))
    def ask(case: Case[Any], chance: int) -> None:
        if chance:
            _aim(case, label, api)
        case.call_and_validate(checks=list(CHECKS))

    ask()


def _aim(case: Case[Any], label: str, api: Asked) -> None:
    """Point a question at things that are there, as they are now."""
    method, path = label.split(" ", 1)
    slots = Route(method, path, Door(None, writes=False), ()).slots
    for name, slot in zip(re.findall(r"\{(\w+)\}", path), slots, strict=True):
        if slot in api.things:
            case.path_parameters[name] = api.things[slot][0]
    if method in ("PATCH", "DELETE") or "restore" in path:
        whole = "/".join(path.format(**case.path_parameters).split("/")[:4])
        case.headers["If-Match"] = api.admin.get(whole).headers.get("etag", '"1"')


def _said(error: BaseException) -> str:
    many = error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
    return "; ".join(str(one) for one in many)[:1500]
