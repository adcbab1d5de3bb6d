"""Encryption and keyed hashes for data that must not be readable in the database, the uploads or the logs.

Every token starts with the id of its key, so that keys can be rotated: `settings.DATA_KEYS` maps key id → 32
bytes, the current key first. One subkey per purpose is derived from each key, so that hashes and ciphertexts
never share a key.
"""

import base64
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


class SealError(ValueError):
    """The token's key is not among DATA_KEYS, or the token was truncated, altered or not made here."""


def seal_text(plain: str) -> str:
    """Encrypt a short text to `keyid:urlsafe-base64`; empty text stays empty.

    Uses AES-SIV without a nonce: under one key, equal texts give equal tokens. History and imports therefore
    compare stored values without decrypting 35,000 of them. The keyed hash stored beside the token reveals
    equality anyway.
    """
    if not plain:
        return ""
    key_id, key = _current()
    sealed = _text_cipher(key).encrypt(plain.encode(), None)
    return f"{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"


def open_text(token: str) -> str:
    """Decrypt a token of `seal_text`. Raises SealError."""
    if not token:
        return ""
    key_id, _, encoded = token.partition(":")
    cipher = _text_cipher(_key(key_id))
    try:
        return cipher.decrypt(base64.urlsafe_b64decode(encoded), None).decode()
    except (InvalidTag, ValueError) as error:
        raise SealError("密文已损坏，打不开。") from error


def keyed_hash(text: str) -> str:
    """Return `keyid:hex`, HMAC-SHA-256 under the current key, to look up a value without decrypting any."""
    key_id, key = _current()
    return _hash(key_id, key, text)


def keyed_hashes(text: str) -> list[str]:
    """Return the hash under every key, current first: look up with all of them during a rotation."""
    return [_hash(key_id, key, text) for key_id, key in settings.DATA_KEYS.items()]


def is_current(token: str) -> bool:
    """Return whether a token or hash uses the current key (a rotation renews the others)."""
    return token.partition(":")[0] == _current()[0]


def seal_bytes(plain: bytes) -> bytes:
    """Encrypt a file with AES-GCM: length of key id, key id, nonce, ciphertext. In memory, up to 30 MB."""
    key_id, key = _current()
    name = key_id.encode()
    head = bytes([len(name)]) + name
    nonce = os.urandom(NONCE_BYTES)
    return b"".join([head, nonce, _file_cipher(key).encrypt(nonce, plain, head)])


def open_bytes(sealed: bytes) -> bytes:
    """Decrypt the result of `seal_bytes`. Raises SealError."""
    start = 1 + sealed[0] if sealed else 0
    head, nonce = sealed[:start], sealed[start : start + NONCE_BYTES]
    cipher = _file_cipher(_key(head[1:].decode(errors="replace")))
    try:
        return cipher.decrypt(nonce, sealed[start + NONCE_BYTES :], head)
    except (InvalidTag, ValueError) as error:
        raise SealError("加密的文件已损坏，打不开。") from error


def is_current_file(sealed: bytes) -> bool:
    """Like `is_current`, for the result of `seal_bytes`."""
    name = _current()[0].encode()
    return sealed.startswith(bytes([len(name)]) + name)


def _current() -> tuple[str, bytes]:
    keys: dict[str, bytes] = settings.DATA_KEYS
    return next(iter(keys.items()))


def _key(key_id: str) -> bytes:
    keys: dict[str, bytes] = settings.DATA_KEYS
    if key_id not in keys:
        raise SealError(f"没有编号为“{key_id[:20]}”的数据密钥（DATA_KEY）。")
    return keys[key_id]


def _hash(key_id: str, key: bytes, text: str) -> str:
    return f"{key_id}:{hmac.digest(_subkey(key, b'hash', 32), text.encode(), 'sha256').hex()}"


# The caches hold a handful of entries: one per key and purpose.
@lru_cache(maxsize=32)
def _subkey(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"lianhu/" + purpose).derive(key)


@lru_cache(maxsize=16)
def _text_cipher(key: bytes) -> AESSIV:
    return AESSIV(_subkey(key, b"text", 64))


@lru_cache(maxsize=16)
def _file_cipher(key: bytes) -> AESGCM:
    return AESGCM(_subkey(key, b"file", 32))
