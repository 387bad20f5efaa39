"""The composition root: the one module that knows every room."""

from __future__ import annotations

from asyncio import Protocol
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import resources

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from kintsugi import __version__
from kintsugi.integrations import BUILT_IN
from kintsugi.kernel import components, http, idempotency, jobs, jobs_page, mail, migrate
from kintsugi.kernel.auth import SYSTEM, Action
from kintsugi.kernel.clock import Clock, SystemClock
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import open_database
from kintsugi.kernel.error_pages import add_errors
from kintsugi.kernel.following import streams_end
from kintsugi.kernel.observability import Edge, Numbers, log
from kintsugi.kernel.steady import Steady
from kintsugi.kernel.unit_of_work import Handler, Panel, UnitOfWork, Works
from kintsugi.kernel.web import page, settings_row
from kintsugi.server.accounts import api as accounts_api
from kintsugi.server.accounts import service as accounts
from kintsugi.server.accounts import web as accounts_web
from kintsugi.server.actions import api as actions_api
from kintsugi.server.actions import reactions as actions_reactions
from kintsugi.server.actions import service as actions
from kintsugi.server.actions import web as actions_web
from kintsugi.server.actions.web import panels as actions_panels
from kintsugi.server.alerts import api as alerts_api
from kintsugi.server.alerts import reactions as alerts_reactions
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts import web as alerts_web
from kintsugi.server.alerts.events import SourcesChanged
from kintsugi.server.alerts.intake import Intake, IntakeNumbers, protocol_for
from kintsugi.server.alerts.web import panels as alerts_panels
from kintsugi.server.analysis import api as analysis_api
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis import web as analysis_web
from kintsugi.server.analysis.web import panels as analysis_panels
from kintsugi.server.analytics import api as analytics_api
from kintsugi.server.analytics import reactions as analytics_reactions
from kintsugi.server.analytics import web as analytics_web
from kintsugi.server.analytics.web import panels as analytics_panels
from kintsugi.server.catalog import api as catalog_api
from kintsugi.server.catalog import web as catalog_web
from kintsugi.server.comms import api as comms_api
from kintsugi.server.comms import reactions as comms_reactions
from kintsugi.server.comms import reminding as comms_reminding
from kintsugi.server.comms import web as comms_web
from kintsugi.server.comms.numbers import DeliveryNumbers
from kintsugi.server.comms.web import panels as comms_panels
from kintsugi.server.comms.web.endpoints import home_endpoints
from kintsugi.server.incidents import api as incidents_api
from kintsugi.server.incidents import reactions as incidents_reactions
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents import web as incidents_web
from kintsugi.server.incidents.web import panels as incidents_panels
from kintsugi.server.incidents.web.home import home_panel
from kintsugi.server.knowledge import api as knowledge_api
from kintsugi.server.knowledge import reactions as knowledge_reactions
from kintsugi.server.knowledge.search import keeping
from kintsugi.server.knowledge.search import panels as search_panels
from kintsugi.server.knowledge.search import web as search_web
from kintsugi.server.postmortems import api as postmortems_api
from kintsugi.server.postmortems import reactions as postmortems_reactions
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems import web as postmortems_web
from kintsugi.server.postmortems.web import keeping as setting_ahead
from kintsugi.server.postmortems.web import panels as postmortems_panels

SLOTS: Mapping[str, Sequence[Panel]] = {
    "home": (
        home_panel,
        alerts_panels.home_alerts,
        actions_panels.home_actions,
        postmortems_panels.home_postmortems,
        home_endpoints,
    ),
    "inbox": (incidents_panels.inbox_tools,),
    "alert": (incidents_panels.alert_incident,),
    "incident_link": (incidents_panels.incident_link,),
    "incident": (
        comms_panels.incident_messages,
        actions_panels.incident_actions,
        analysis_panels.incident_trees,
        postmortems_panels.incident_postmortems,
        analytics_panels.incident_classes,
        search_panels.incident_similar,
    ),
    "declare": (search_panels.declare_similar,),
    "postmortem": (search_panels.postmortem_similar,),
    "action": (analysis_panels.action_worth,),
    "why_tree": (postmortems_panels.why_tree_postmortems,),
    "service": (incidents_panels.service_incidents,),
    "settings_rows": (
        settings_row(
            "/alerts/sources", "Alert sources", "Programs that send alerts, and their keys"
        ),
        settings_row("/alerts/rules", "Routing rules", "What is made of an alert"),
        settings_row(
            "/incidents/settings",
            "Triage and recovery",
            "What is asked first, the roles a severity needs, what holds before it is over",
        ),
        settings_row("/settings/messages", "Messages", "Who is told of what, in which words"),
        settings_row("/settings/webhooks", "Webhook endpoints", "Programs that take messages"),
        settings_row(
            "/postmortems/settings", "Postmortems", "Templates, approvals, and when one is required"
        ),
    ),
    "settings": (
        comms_panels.settings_messages,
        jobs_page.without(comms_reminding.UNTOLD),
    ),
}
"""What each room puts into the pages of the rooms below it, by slot."""


def _handlers(*more: Mapping[type, Sequence[Handler]]) -> Mapping[type, Sequence[Handler]]:
    """What each room does when something happened in a room below it, and `more`."""
    found: dict[type, list[Handler]] = {}
    rooms = (
        incidents_reactions, comms_reminding, postmortems_reactions, knowledge_reactions,
        analytics_reactions,
    )  # fmt: skip
    for handlers in (*(room.HANDLERS for room in rooms), *more):
        for kind, reactions in handlers.items():
            found.setdefault(kind, []).extend(reactions)
    return found


_DOCUMENTS = (incidents.hidden_ids, postmortems.hidden_ids)
_HIDDEN = (*_DOCUMENTS, actions.hidden_by(_DOCUMENTS), alerts.hidden_by(incidents.hidden_ids))
"""What no log may show to a viewer, as each room says."""


def open_works(settings: Settings, clock: Clock | None = None) -> Works:
    """The database of the settings, brought to the schema this version needs. Raises NotOpened, SchemaError."""
    database = open_database(settings.database_url)
    migrate.upgrade(database)
    return Works(
        database,
        clock or SystemClock(),
        _handlers(),
        hidden=_HIDDEN,
        incidents_hidden=(incidents.hidden_ids,),
    )


PARKED: Mapping[str, jobs.Parked] = {comms_reactions.DELIVER: comms_reactions.given_up}
"""Who hears, by kind, that a job was given up."""


def build_jobs(settings: Settings, works: Works) -> jobs.Jobs:
    """Every kind of job, who does it, and when the nightly ones come."""
    lasts = timedelta(days=settings.session_days)
    nights = {
        "accounts.purge": "5 3 * * *",
        "idempotency.purge": "10 3 * * *",
        jobs.PURGE: "15 3 * * *",
        "audit.check": "20 3 * * *",
        "alerts.purge": "25 3 * * *",
        comms_reactions.PURGE: "30 3 * * *",
        "analysis.recount": "35 3 * * *",
        "search.tidy": "40 3 * * *",
        "postmortems.tidy": "50 3 * * *",
        analytics_reactions.FOLD: "45 3 * * *",
    }
    mailer, zone = mail.mailer_of(settings.smtp_url, settings.mail_from), settings.zone_info
    handlers: dict[str, jobs.Handler] = {
        "accounts.purge": lambda work, _: accounts.purge(work, lasts=lasts),
        "idempotency.purge": lambda work, _: _purge_answers(work),
        comms_reactions.PURGE: lambda work, _: comms_reactions.purge(work),
        "postmortems.tidy": lambda work, _: postmortems.pages.tidy(work),
        comms_reminding.REMIND: comms_reminding.reminder(settings),
    }
    steps: dict[str, jobs.Step] = {
        "audit.check": lambda _key, _payload: jobs.check_audit(works),
        "alerts.purge": lambda _key, _payload: alerts.purge(works),
        "analysis.recount": lambda _key, _payload: analysis.recount_all(works),
        comms_reactions.DELIVER: partial(
            comms_reactions.deliver, works, comms_reactions.sender(settings, mailer, BUILT_IN)
        ),
        "search.tidy": lambda _key, _payload: keeping.tidy(works),
        analytics_reactions.FOLD: lambda _key, _payload: analytics_reactions.fold(works),
    }
    if mailer is not None:
        nights[actions_reactions.REMIND] = actions_reactions.AT
        handlers[actions_reactions.REMIND] = lambda work, _: actions_reactions.remind(
            work, zone, postmortems.leads
        )
        steps[actions_reactions.LETTER] = partial(
            actions_reactions.send_letter, works, mailer.send, settings.address, zone
        )
    return jobs.Jobs(
        handlers=handlers,
        steps=steps,
        parked=PARKED,
        nightly=tuple(jobs.Nightly(kind, at, settings.zone_info) for kind, at in nights.items()),
    )


def build_dispatcher(works: Works) -> Steady:
    """A thread that makes of alerts what the rules say; one dispatches at a time, in whatever process."""
    return alerts_reactions.dispatcher(works)


def build_keeper(works: Works) -> Steady:
    """A thread that keeps the search up with alerts, and fills it where the database is older than it."""
    return keeping.keeper(works)


def _purge_answers(work: UnitOfWork) -> None:
    log.info("answers forgotten", answers=idempotency.purge(work.connection, work.now))


class _Front(FastAPI):
    """The framework's application, and intake beside it: what alerts come by passes all that pages need."""

    intake: Intake | None = None
    threads: Sequence[Steady] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to who takes it."""
        if self.intake is not None and scope["type"] == "http" and self.intake.takes(scope):
            await self.intake(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: _Front) -> AsyncIterator[None]:
    """Streams end when the process is told to stop; then intake, and who dispatches, finish what they have begun."""
    if app.intake is not None:
        app.intake.start()
    for thread in app.threads:
        thread.start()
    async with streams_end(app):
        yield
    if app.intake is not None:
        await run_in_threadpool(app.intake.stop)
    for thread in app.threads:
        await run_in_threadpool(thread.stop)


def build_app(settings: Settings, works: Works) -> _Front:
    """The web application: API, pages, health, and intake."""
    app = _assembled()
    move_in(app, settings, works)
    return app


def move_in(app: _Front, settings: Settings, works: Works) -> None:
    """Have an application serve this database from now on, with these settings."""
    if app.intake is not None:
        app.intake.stop()
    for thread in app.threads:
        thread.stop()

    def read_anew(work: UnitOfWork, _event: object) -> None:
        work.after_commit.append(intake.sources_changed)

    waiting = setting_ahead.Waiting()
    served = replace(
        works,
        handlers=_handlers(setting_ahead.handlers(waiting), {SourcesChanged: (read_anew,)}),
        slots=SLOTS,
        hidden=_HIDDEN,
        incidents_hidden=(incidents.hidden_ids,),
    )
    dispatcher = build_dispatcher(served)
    ahead = setting_ahead.keeper(served, waiting)
    app.threads = (dispatcher, build_keeper(served), ahead)
    app.intake = intake = Intake(served, dispatcher.nudge)
    app.state.kernel = http.Kernel(
        settings,
        served,
        accounts.RoomAuthenticator(lasts=timedelta(days=settings.session_days), zone=settings.zone),
    )


def _assembled() -> _Front:
    """The application without a database: every route, and what is around them."""
    numbers = Numbers()
    app = _Front(
        title="Kintsugi",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would name the host that the request made up
        lifespan=_lifespan,
    )
    for router in (
        accounts_api.router,
        catalog_api.router,
        alerts_api.router,
        comms_api.router,
        incidents_api.router,
        actions_api.router,
        analysis_api.router,
        postmortems_api.router,
        knowledge_api.router,
        analytics_api.router,
        accounts_web.router,
        catalog_web.router,
        alerts_web.router,
        comms_web.router,
        incidents_web.router,
        actions_web.router,
        analysis_web.router,
        postmortems_web.router,
        search_web.router,
        analytics_web.router,
        components.router,
        jobs_page.router,
    ):
        app.include_router(router)
    _add_home(app)
    _add_health(app, numbers)
    add_errors(app)
    usual = app.openapi
    app.openapi = lambda: idempotency.described(usual())  # type: ignore[method-assign] # as FastAPI documents
    static = resources.files("kintsugi.kernel").joinpath("static")
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    app.add_middleware(Edge, numbers=numbers)
    return app


def _add_home(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False, response_model=None)
    @http.door(Action.READ)
    def home(work: UnitOfWork) -> http.Answer:
        return page(work, "kernel/home.html", {"panels": work.panels("home")})


def _add_health(app: _Front, numbers: Numbers) -> None:
    def works() -> Works:
        kernel: http.Kernel = app.state.kernel
        return kernel.works

    numbers.registry.register(jobs.JobNumbers(works, comms_reminding.UNTOLD))
    numbers.registry.register(DeliveryNumbers(works))
    numbers.registry.register(IntakeNumbers(lambda: app.intake))

    @app.get("/healthz", include_in_schema=False)
    def alive() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.get("/readyz", include_in_schema=False)
    def ready() -> Response:
        try:
            wrong = migrate.check(works().database)
            if wrong:
                return http.problem(503, "Not ready", wrong[0])
            with works().reading(SYSTEM) as work:
                is_worked = jobs.overview(work.connection).is_worked(work.now)
        except DBAPIError:
            return http.problem(503, "Not ready", "the database does not answer")
        return JSONResponse({"status": "ready", "worker": "up" if is_worked else "down"})

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(generate_latest(numbers.registry), media_type=CONTENT_TYPE_LATEST)


def short_way(app: _Front) -> type[Protocol]:
    """What uvicorn speaks HTTP with, so that alerts go straight to intake; other servers ask the application."""
    return protocol_for(lambda: app.intake)


def setup_address(settings: Settings, works: Works) -> str | None:
    """A one-time address that makes the first admin; None once somebody is there."""
    with works.writing(SYSTEM) as work:
        secret = accounts.make_setup_link(work)
    return f"{settings.address}/setup/{secret}" if secret else None
