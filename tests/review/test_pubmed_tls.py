"""Who answers in PubMed's place is not believed, and a name that nobody knows is said (A5)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from review.pubmed.errors import Permanent, Transient
from tests.pubmed_asking import asking

SEARCH = ("esearch", {"db": "pubmed", "term": "pain"})


class Impostor(BaseHTTPRequestHandler):
    """Notes what reaches it; nothing should."""

    heard: list[str]

    def do_POST(self) -> None:
        self.heard.append(self.path)


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    """An https server on this machine whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed_by_itself(tmp_path / "impostor.pem"))
    Impostor.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Impostor)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def signed_by_itself(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    return path


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    impostor: ThreadingHTTPServer,
) -> None:
    with pytest.raises(Permanent, match="PubMed's certificate cannot be trusted: self-signed"):
        asking(f"https://127.0.0.1:{impostor.server_port}", api_key="k-123").call(*SEARCH)
    assert Impostor.heard == []


def test_a_name_that_nobody_knows_is_a_passing_fault_in_words() -> None:
    with pytest.raises(Transient, match=r"PubMed could not be reached: .+\.$") as caught:
        asking("https://eutils.nowhere.invalid", tries=1).call(*SEARCH)
    assert "Errno" not in caught.value.words
