"""A private Dovecot on loopback: one user, one mailbox, plain IMAP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mail.certificates import Certificates

USER, PASSWORD = "sms@banten.example", "rahasia"

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = {tls}
disable_plaintext_auth = no
default_internal_user = {system}
default_internal_group = {group}
default_login_user = {system}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def available() -> bool:
    """Whether this machine has it."""
    return shutil.which("dovecot") is not None


@contextmanager
def running(certificates: Certificates | None = None) -> Iterator[int]:
    """Run it for a block; gives the port: of plain IMAP, or of IMAP over TLS when there are certificates.

    Its folder has a short path of its own: a path of a socket has at most 107 octets.
    """
    with tempfile.TemporaryDirectory(prefix="dovecot-", dir="/tmp") as folder:
        yield from _run(Path(folder), certificates)


def _run(folder: Path, certificates: Certificates | None) -> Iterator[int]:
    plain, secure = _free_port(), 0 if certificates is None else _free_port()
    port = secure or plain
    for name in ("run", "state", "mail"):
        (folder / name).mkdir(parents=True)
    (folder / "mail").chmod(0o777)
    folder.chmod(0o755)
    config = folder / "dovecot.conf"
    tls = "no"
    if certificates is not None:
        for source, name in ((certificates.certificate, "server.pem"), (certificates.key, "server.key")):
            shutil.copy(source, folder / name)
        tls = f"yes\nssl_cert = <{folder}/server.pem\nssl_key = <{folder}/server.key"
    values = {
        "folder": folder,
        "port": plain,
        "tls_port": secure,
        "tls": tls,
        "password": PASSWORD,
        "system": "dovecot",
        "group": "dovecot",
    }
    config.write_text(_CONFIG.format(owner="dovecot", **values), encoding="utf-8")
    process = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stderr=subprocess.PIPE)
    try:
        _wait(port, process, folder)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError(f"dovecot ended: {process.stderr.read().decode() if process.stderr else ''}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    log = folder / "log"
    raise RuntimeError(f"dovecot does not listen: {log.read_text() if log.exists() else ''}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
