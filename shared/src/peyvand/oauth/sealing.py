"""Secrets at rest: AES-256-GCM under a key that lies beside the data, or in the environment."""

import os
import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from peyvand.errors import PeyvandError

VARIABLE = "PEYVAND_KEY"
_SHORTEST = 32
_NONCE = 12
_VERSION = "1:"


class NoKey(PeyvandError):
    """There is no key to seal with, or it cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """Where the key is: in the environment or, else, in a file that is made when it is first needed."""

    written: SecretStr | None = None
    file: Path | None = None

    def seal(self) -> "Seal":
        """Return the seal; raises NoKey."""
        if self.written is not None:
            return Seal.of(self.written.get_secret_value())
        if self.file is None:
            raise NoKey(
                f"accounts that sign in through a browser need {VARIABLE}: the same value here and where"
                " ./peyvand login is run (openssl rand -base64 32 makes one)"
            )
        return Seal.of(_kept(self.file))


@dataclass(frozen=True, slots=True)
class Seal:
    """Closes and opens what is kept; what was sealed for one account does not open as another's."""

    cipher: AESGCM

    @classmethod
    def of(cls, written: str) -> "Seal":
        """Return the seal of a key as it is written; raises NoKey for one that could be guessed."""
        if len(written) < _SHORTEST:
            raise NoKey(f"{VARIABLE} is too short: it needs {_SHORTEST} characters (openssl rand -base64 32)")
        derived = HKDF(SHA256(), length=32, salt=None, info=b"peyvand: tokens").derive(written.encode())
        return cls(AESGCM(derived))

    def closed(self, content: bytes, account: str) -> str:
        """Return the content, readable to nobody without the key."""
        nonce = os.urandom(_NONCE)
        return _VERSION + b64encode(nonce + self.cipher.encrypt(nonce, content, account.encode())).decode()

    def opened(self, sealed: str, account: str) -> bytes:
        """Return what was sealed for an account; raises NoKey when it was under another key."""
        try:
            raw = b64decode(sealed.removeprefix(_VERSION), validate=True)
            return self.cipher.decrypt(raw[:_NONCE], raw[_NONCE:], account.encode())
        except (InvalidTag, ValueError) as error:
            raise NoKey(
                f"what {account} keeps was sealed under another key: bring that key back ({VARIABLE}, or the file"
                f" `key` of the data folder), or sign in again with ./peyvand login {account}"
            ) from error


def _kept(file: Path) -> str:
    """Return the key in a file that only its owner reads, made when it is not there."""
    try:
        with suppress(FileExistsError):
            _make(file)
        if file.stat().st_mode & 0o077:
            raise NoKey(f"others may read {file}: chmod 600 {file}")
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoKey(f"the key {file} cannot be read or made ({type(error).__name__})") from error


def _make(file: Path) -> None:
    """Write a new key, whole or not at all; raises FileExistsError when somebody was faster."""
    if file.exists():
        raise FileExistsError(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(secrets.token_urlsafe(32) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(new, file)
    finally:
        new.unlink()
