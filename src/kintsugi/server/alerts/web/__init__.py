"""The pages of alerts: the inbox, each alert, and what decides about them."""

from fastapi import APIRouter

from kintsugi.server.alerts.web import (
    alert,
    explaining,
    following,
    inbox,
    quality,
    rules,
    silences,
)

router = APIRouter()
for _part in (following, inbox, explaining, rules, silences, quality, alert):
    router.include_router(_part.router)

__all__ = ["router"]
