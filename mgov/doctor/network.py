"""Names and servers: DNS, mail out, mail in."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

from sqlalchemy.engine import make_url

from mgov.config import Config
from mgov.doctor.finding import Finding, fail, ok

PATIENCE = 5.0  # seconds for each server


def database(config: Config) -> Iterator[Finding]:
    """Whether the name of the database's host is found."""
    host = make_url(config.database.url).host
    if host and not host.startswith("/"):
        try:
            socket.getaddrinfo(host, None)
        except OSError as error:
            words = "correct the url in mgov.toml, or the name servers in /etc/resolv.conf"
            yield fail("dns", f"{host}: the name is not found: {error}", words, "B5")
        else:
            yield ok("dns", f"{host} is found")


def mail(config: Config) -> Iterator[Finding]:
    """Whether the mail servers are found, answer, and speak what they should; nobody is logged in."""
    if config.smtp is None:
        yield ok("mail out", "not configured")
    else:
        yield _smtp(config.smtp.host, config.smtp.port, config.smtp.tls)
    if config.imap is not None:
        yield _answers("mail in", config.imap.host, config.imap.port, "C2")


def _smtp(host: str, port: int, tls: str) -> Finding:
    found = _answers("mail out", host, port, "C1")
    if found.level != "ok" or tls == "tls":
        return found
    try:
        with smtplib.SMTP(host, port, timeout=PATIENCE) as server:
            server.ehlo()
            if tls == "starttls" and not server.has_extn("starttls"):
                words = 'ask its administrator for STARTTLS, or set tls = "none" on a network that is trusted'
                return fail("mail out", f"{host}:{port}: offers no STARTTLS", words, "C1")
    except (OSError, smtplib.SMTPException) as error:
        return fail("mail out", f"{host}:{port}: {error}", "is it a mail server? look at its log", "C1")
    return found


def _answers(what: str, host: str, port: int, runbook: str) -> Finding:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        words = "correct `host` in mgov.toml, or the name servers in /etc/resolv.conf"
        return fail(what, f"{host}: the name is not found: {error}", words, runbook)
    try:
        with socket.create_connection((host, port), timeout=PATIENCE):
            return ok(what, f"{host}:{port} answers ({addresses[0][4][0]})")
    except OSError as error:
        words = "does the server run? is the port open in the firewall?"
        return fail(what, f"{host}:{port}: {error.strerror or error}", words, runbook)
