"""`manage.py rotate_keys`: re-encrypt ID numbers, documents and second-factor secrets under the first key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core import identity
from core.crypto import SealError
from core.rotation import reseal_column, reseal_history, reseal_papers, reseal_secrets
from households.models import Member
from units.models import SecondFactor
from villages.models import VillageNoteFile


class Command(BaseCommand):
    help = "用 DATA_KEY 的第一把钥匙重新加密所有身份证号、村记事的文件和两步登录的密钥。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.rotate()
        except SealError as error:
            raise CommandError(f"{error}旧钥匙要留在 DATA_KEY 里，排在新的后面。") from error

    def rotate(self) -> None:
        count = 0
        with tqdm(total=Member.objects.exclude(id_cipher="").count(), unit="人") as bar:
            for renewed in reseal_column(Member, "id_cipher", "id_hash", identity.id_hash):
                count += renewed
                bar.update(renewed)
        changes = reseal_history("households.member", "id_cipher")
        papers = reseal_papers(VillageNoteFile)
        factors = reseal_secrets(SecondFactor, "secret")
        self.stdout.write(
            f"重新加密了 {count:,} 人的身份证号、{changes:,} 条变动记录、{papers:,} 个村记事的文件、"
            f"{factors:,} 个账号的两步登录。"
        )
        self.stdout.write(
            "上传过的原表和没有用过的一次性口令仍靠旧钥匙，30 天后都会失效；旧钥匙请留到那时再去掉。"
        )
