"""Letters by e-mail: written so that nothing in them becomes a header, handed over to a mail server, once each."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.kernel.jobs.registry import StepFailed
from kintsugi.kernel.smtp import Smtp, is_address, smtp_of

PATIENCE_SECONDS = 30.0
SUBJECT = 200
_PERMANENT_FROM = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one address, in plain text. `key` says which of all letters it is."""

    key: str
    to: str
    subject: str
    text: str


Send = Callable[[Letter, datetime], None]
"""Hands a letter over, dated. Raises StepFailed."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends letters by one mail server, from one address."""

    server: Smtp
    sender: str

    def send(self, letter: Letter, now: datetime) -> None:
        """Hand a letter over.

        Raises StepFailed: permanent where the server will never take this letter (a 5xx answer to it), else
        to be tried again: it cannot be reached, says so itself (4xx), or does not let us in.
        """
        message = written(letter, self.sender, now)
        try:
            with self._connected() as smtp:
                smtp.send_message(message, self.sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _refused(code) from error
        except smtplib.SMTPAuthenticationError as error:
            raise StepFailed("the mail server does not let us in", permanent=False) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise StepFailed("the mail server cannot do what this needs", permanent=True) from error
        except (OSError, smtplib.SMTPException) as error:
            said = f"the mail server does not answer ({type(error).__name__})"
            raise StepFailed(said, permanent=False) from error

    def _connected(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        if server.is_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
        try:
            if server.starts_tls:
                _start_tls(connection, context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def mailer_of(url: str, sender: str) -> Mailer | None:
    """The mailer of the settings; None where they name no mail server."""
    return Mailer(smtp_of(url), sender) if url and sender else None


def written(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as it goes out. Its Message-ID follows from its key: who gets it twice sees that it is one.

    Raises StepFailed for an address that is none.
    """
    if not is_address(letter.to):
        raise StepFailed("this is no address that letters go to", permanent=True)
    message = EmailMessage(policy=SMTP)
    try:
        message["Subject"] = shortened(one_line(clean(letter.subject)), SUBJECT)
        message["From"], message["To"] = sender, letter.to
    except (ValueError, MessageError) as error:
        raise StepFailed("this is no address that letters go to", permanent=True) from error
    message["Date"] = format_datetime(now)
    name = hashlib.sha256(letter.key.encode()).hexdigest()[:40]
    message["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(clean(letter.text))
    return message


def _start_tls(connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        connection.starttls(context=context)
    except smtplib.SMTPNotSupportedError as error:
        raise StepFailed("the mail server offers no STARTTLS", permanent=False) from error


def _refused(code: int) -> StepFailed:
    return StepFailed(
        f"the mail server refuses the letter ({code})", permanent=code >= _PERMANENT_FROM
    )
