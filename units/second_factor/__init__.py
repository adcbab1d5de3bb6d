"""两步登录: after the password a code, a recovery code or a passkey. Users set it up, the office resets it."""
