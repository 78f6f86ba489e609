"""A certificate authority of our own for the servers on loopback, made by openssl for one test."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_DAYS = "30"


@dataclass(frozen=True, slots=True)
class Certificates:
    """The authority's certificate, and key and certificate of a server called `name`."""

    authority: Path
    key: Path
    certificate: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server speaks TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


def available() -> bool:
    """Whether this machine has openssl."""
    return shutil.which("openssl") is not None


def make(folder: Path, name: str = "localhost") -> Certificates:
    """A fresh authority, and a server's certificate signed by it."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, ca, key, request, certificate, extra = (
        folder / part for part in ("ca.key", "ca.pem", "server.key", "server.csr", "server.pem", "server.ext")
    )
    extra.write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n", encoding="ascii")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _openssl("req", "-x509", *new_key, "-keyout", ca_key, "-out", ca, "-subj", "/CN=uji", "-days", _DAYS, *usage)
    _openssl("req", *new_key, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    signing = ("-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-extfile", extra, "-days", _DAYS)
    _openssl("x509", "-req", "-in", request, "-out", certificate, *signing)
    key.chmod(0o644)  # Dovecot reads it as its own user
    return Certificates(ca, key, certificate)


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
