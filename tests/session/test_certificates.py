from __future__ import annotations

from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tests.session.projects import TABLE, Project


@pytest.fixture
def pair(project: Project, authority: trustme.CA) -> Project:
    """A project with a client certificate in cert.pem and its key in key.pem."""
    issued = authority.issue_cert("client@example.org")
    issued.cert_chain_pems[0].write_to_path(project.root / "cert.pem")
    issued.private_key_pem.write_to_path(project.root / "key.pem")
    return project


def encrypt(path: Path, password: bytes) -> None:
    """The key in the file, encrypted in its place."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password),
        )
    )


def test_a_bundle_is_taken(project: Project, ca_bundle: Path) -> None:
    """An authority of one's own is a path."""
    assert project.load(tls__ca=str(ca_bundle)).settings.tls.ca == ca_bundle


def test_a_missing_bundle_is_one_sentence(project: Project) -> None:
    """Before the first test, not as a connection that fails."""
    path = project.root / "ca.pem"

    assert project.table("tls.ca = 'ca.pem'").problems() == [
        f'{TABLE}: tls.ca ("{path}") does not exist: write the path of a PEM file.'
    ]


@pytest.mark.parametrize("content", [b"", b"\x30\x82\x01\x0a" * 90, b"-----BEGIN"], ids=len)
def test_a_bundle_without_a_certificate_is_one_sentence(project: Project, content: bytes) -> None:
    """Nothing in it would trust nobody."""
    path = project.root / "ca.pem"
    path.write_bytes(content)

    assert project.table("tls.ca = 'ca.pem'").problems() == [
        f'{TABLE}: tls.ca ("{path}") holds no certificate: write the path of a PEM bundle.'
    ]


def test_a_folder_is_no_bundle(project: Project) -> None:
    """The system says why."""
    (sentence,) = project.table("tls.ca = '.'").problems()

    assert sentence.startswith(f'{TABLE}: tls.ca ("{project.root}") cannot be read (')


def test_a_name_that_no_file_can_have_is_one_sentence(project: Project) -> None:
    """A zero byte is in no name."""
    (sentence,) = project.local('tls.ca = "a\\u0000b"').problems()

    assert sentence.endswith("write the path of a PEM file.")


def test_a_certificate_may_hold_its_key(project: Project, client_identity: Path) -> None:
    """One file is enough."""
    assert project.load(tls__cert=str(client_identity)).settings.tls.cert == client_identity


def test_a_certificate_and_its_key_are_taken(pair: Project) -> None:
    """Two files are as good."""
    settings = pair.table("tls = { cert = 'cert.pem', key = 'key.pem' }").load().settings

    assert settings.tls.key == pair.root / "key.pem"


def test_a_certificate_without_a_key_is_one_sentence(pair: Project) -> None:
    """A certificate alone proves nothing."""
    assert pair.table("tls.cert = 'cert.pem'").problems() == [
        (
            f'{TABLE}: tls.cert ("{pair.root / "cert.pem"}") and its key cannot be used: write the'
            " paths of a PEM certificate and, where the same file does not hold it, of its PEM"
            " private key as tls.key."
        )
    ]


def test_every_missing_file_is_told(project: Project) -> None:
    """All at once."""
    project.table("tls = { ca = 'a', cert = 'b', key = 'c' }")

    assert [line.split()[2] for line in project.problems()] == ["tls.ca", "tls.cert", "tls.key"]


def test_the_key_of_another_certificate_is_one_sentence(
    pair: Project, authority: trustme.CA
) -> None:
    """A pair belongs together."""
    authority.issue_cert("other@example.org").private_key_pem.write_to_path(pair.root / "key.pem")

    assert pair.table("tls = { cert = 'cert.pem', key = 'key.pem' }").problems() == [
        (
            f"{TABLE}: tls.key does not belong to tls.cert: write the path of the certificate's own"
            " key."
        )
    ]


def test_an_encrypted_key_asks_for_its_password_in_a_sentence(pair: Project) -> None:
    """INVARIANT: nothing waits at the terminal for a password."""
    encrypt(pair.root / "key.pem", b"open sesame")

    assert pair.table("tls = { cert = 'cert.pem', key = 'key.pem' }").problems() == [
        f'{TABLE}: tls.key is encrypted: set tls.key_password, as "env:NAME".'
    ]


@pytest.mark.parametrize("wrong", ["close barley", "x" * 2000], ids=["wrong", "too long"])
def test_a_wrong_password_is_one_sentence(pair: Project, wrong: str) -> None:
    """The password itself is not in it."""
    encrypt(pair.root / "key.pem", b"open sesame")
    pair.table("tls = { cert = 'cert.pem', key = 'key.pem', key_password = 'env:WORD' }")

    assert pair.set(WORD=wrong).problems() == [
        f"{TABLE}: tls.key_password does not open the private key: write the right one."
    ]
    assert pair.set(WORD="open sesame").load().secrets == (("WORD", "open sesame"),)
