"""What can be wrong with the database as a whole."""

from django.db import DatabaseError, connection


def trouble() -> str:
    """One sentence: why nothing can be done with the database that DATABASE_URL names; '' when all is well."""
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        return f"连不上数据库，请看 DATABASE_URL：{' '.join(str(error).split())}"
    return "" if tables else "数据库里还没有表，请先运行 manage.py migrate。"
