"""People of the postmortems' tests beside the cast."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import Cast


@pytest.fixture
def editor(client: Cast, works: Works) -> TestClient:
    """Dora, who edits what teams share and wrote nothing."""
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Dora", "dora@example.com", Role.EDITOR)
        secret = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
    app = client.stranger.app
    return TestClient(app, headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False)
