"""通行密钥 (WebAuthn): a key kept by the browser, beside the code generator. Only where browsers allow it."""

import json
from ipaddress import ip_address

from django.http import HttpRequest
from django.utils import timezone
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from units.models import Cadre, Passkey

CHALLENGE = "passkey_challenge"
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
"""Exceptions raised for a forged answer."""


def are_possible(request: HttpRequest) -> bool:
    """Return whether passkeys work here: over https at a host name, or on localhost; never at an IP address."""
    host = _host(request)
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def creation_options(request: HttpRequest, user: Cadre) -> str:
    """Return the options for creating a key as JSON; the session keeps the challenge."""
    options = generate_registration_options(
        rp_id=_host(request),
        rp_name="联村联户",
        user_id=str(user.pk).encode(),
        user_name=user.get_username(),
        user_display_name=user.name,
        exclude_credentials=_descriptors(user),
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def add(request: HttpRequest, user: Cadre, answer: str, name: str) -> bool:
    """Store the key that the browser created; return False when its answer is not valid."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_challenge(request),
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
        )
    except UNREADABLE:
        return False
    credential = bytes_to_base64url(made.credential_id)
    Passkey.objects.get_or_create(
        credential=credential,
        defaults={
            "user": user,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "name": name,
        },
    )
    return True


def request_options(request: HttpRequest, user: Cadre) -> str:
    """Return the options for verifying a key as JSON; '' when the account has none or they do not work here."""
    known = _descriptors(user) if are_possible(request) else []
    if not known:
        return ""
    options = generate_authentication_options(rp_id=_host(request), allow_credentials=known)
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def fits(request: HttpRequest, user: Cadre, answer: str) -> bool:
    """Return whether the answer proves one of the account's keys; a challenge is valid for one answer."""
    challenge = _challenge(request)
    try:
        key = Passkey.objects.get(user=user, credential=json.loads(answer)["id"])
        proved = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except (*UNREADABLE, Passkey.DoesNotExist):
        return False
    key.sign_count, key.used_at = proved.new_sign_count, timezone.now()
    key.save(update_fields=["sign_count", "used_at"])
    return True


def _descriptors(user: Cadre) -> list[PublicKeyCredentialDescriptor]:
    keys = Passkey.objects.filter(user=user).values_list("credential", flat=True)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key)) for key in keys]


def _challenge(request: HttpRequest) -> bytes:
    return base64url_to_bytes(request.session.pop(CHALLENGE, ""))


def _host(request: HttpRequest) -> str:
    return request.get_host().rpartition(":")[0] if _has_port(request) else request.get_host()


def _has_port(request: HttpRequest) -> bool:
    return request.get_host().rpartition(":")[2].isdecimal()


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
