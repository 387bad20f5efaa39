"""The use cases of the accounts room. None commits: the door that opened the unit of work does."""

from __future__ import annotations

from kintsugi.server.accounts.people import Made, Session, Team, Theme, Token, User
from kintsugi.server.accounts.service import audit_log, password_links, teams
from kintsugi.server.accounts.service.authenticator import RoomAuthenticator
from kintsugi.server.accounts.service.directory import active_user, active_users, checked_user
from kintsugi.server.accounts.service.erasing import ERASED_NAME, erase
from kintsugi.server.accounts.service.first_run import (
    check_setup_link,
    make_setup_link,
    use_setup_link,
)
from kintsugi.server.accounts.service.purging import purge
from kintsugi.server.accounts.service.sessions import (
    SESSION_LASTS,
    Attempt,
    TooManyGuesses,
    accept_guess,
    begin_guess,
    list_sessions,
    note_wrong_guess,
    revoke_session,
    sign_in,
    sign_out,
)
from kintsugi.server.accounts.service.teams import TeamNameIsTaken
from kintsugi.server.accounts.service.tokens import create_token, list_tokens, revoke_token
from kintsugi.server.accounts.service.users import (
    EmailIsTaken,
    LastAdmin,
    add_user,
    change_password,
    change_profile,
    change_user,
    emails_of,
    list_users,
    me,
    names_of,
    person,
    user_of_email,
)

__all__ = [
    "ERASED_NAME",
    "SESSION_LASTS",
    "Attempt",
    "EmailIsTaken",
    "LastAdmin",
    "Made",
    "RoomAuthenticator",
    "Session",
    "Team",
    "TeamNameIsTaken",
    "Theme",
    "Token",
    "TooManyGuesses",
    "User",
    "accept_guess",
    "active_user",
    "active_users",
    "add_user",
    "audit_log",
    "begin_guess",
    "change_password",
    "change_profile",
    "change_user",
    "check_setup_link",
    "checked_user",
    "create_token",
    "emails_of",
    "erase",
    "list_sessions",
    "list_tokens",
    "list_users",
    "make_setup_link",
    "me",
    "names_of",
    "note_wrong_guess",
    "password_links",
    "person",
    "purge",
    "revoke_session",
    "revoke_token",
    "sign_in",
    "sign_out",
    "teams",
    "use_setup_link",
    "user_of_email",
]
