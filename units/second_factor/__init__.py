"""两步登录: after the password a code, a recovery code or a passkey. Set up on one's own page, reset by the office."""
