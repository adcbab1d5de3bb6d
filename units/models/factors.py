"""Second factors of an account: code generator with recovery codes, and passkeys."""

import hmac

from django.db import models
from django.utils import timezone
from django.utils.crypto import pbkdf2
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from core.crypto import open_text
from units.models.staff import Cadre

RECOVERY_ROUNDS = 50_000


class SecondFactor(ThrottlingMixin, Device):
    """The code generator of an account (TOTP) and its recovery codes.

    The secret is encrypted, so that a stolen database gives no codes; recovery codes are hashed. Passkeys are
    only offered in addition, because they work at one host name over https, while codes work everywhere.
    """

    user = models.OneToOneField(Cadre, models.CASCADE, verbose_name="谁", related_name="second_factor")
    secret = models.CharField("密钥", max_length=200)
    last_step = models.BigIntegerField("最近用过的时间步", default=-1)
    recovery = models.JSONField("还没有用的恢复码", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "两步登录"

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Return whether this is the current code, the previous or next one, or a recovery code.

        Each works once.

        Call it on a locked row, so that of two concurrent logins with one code only one succeeds.
        """
        plain = token.strip().replace("-", "").replace(" ", "").upper()
        fits = self._spend_code(plain) if plain.isdecimal() else self._spend_recovery(plain)
        if fits:
            self.throttle_reset(commit=False)
            self.save()
        else:
            self.throttle_increment()
        return fits

    def _spend_code(self, plain: str) -> bool:
        generator = generator_of(open_text(self.secret))
        if len(plain) != 6 or not generator.verify(int(plain), tolerance=1, min_t=self.last_step + 1):
            return False
        self.last_step = generator.t()
        return True

    def _spend_recovery(self, plain: str) -> bool:
        hashed = recovery_hash(self.user_id, plain)
        left = [code for code in self.recovery if not hmac.compare_digest(code, hashed)]
        fits = len(left) < len(self.recovery)
        self.recovery = left
        return fits


class Passkey(models.Model):
    """通行密钥: a WebAuthn key in a phone, a computer or a stick; only its public half is stored."""

    user = models.ForeignKey(Cadre, models.CASCADE, verbose_name="谁", related_name="passkeys")
    credential = models.CharField("编号", max_length=1400, unique=True)
    public_key = models.BinaryField("公钥")
    sign_count = models.PositiveBigIntegerField("用过的次数", default=0)
    name = models.CharField("名称", max_length=40)
    created_at = models.DateTimeField("登记时间", default=timezone.now)
    used_at = models.DateTimeField("最近一次用", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通行密钥"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


def generator_of(secret: str) -> TOTP:
    """Return the generator of a hexadecimal secret."""
    return TOTP(bytes.fromhex(secret))


def recovery_hash(user: int, plain: str) -> str:
    """Hash a recovery code (12 letters, 59 bits) without a key, so that key rotation leaves it valid."""
    return pbkdf2(plain, f"lianhu/recovery/{user}", RECOVERY_ROUNDS).hex()
