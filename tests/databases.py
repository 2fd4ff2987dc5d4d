"""Emptying the database after tests that commit: by deleting the rows there are, not by rewriting a hundred tables.

Django truncates every table, used or not, and makes content types and permissions anew: a third of a second each time.
"""

from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import TransactionTestCase

# The same in every database of this code.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def _empty_quickly() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty_database())
        yield


def empty_database() -> None:
    tables = [table for table in connection.introspection.django_table_names(only_existing=True) if table not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('is_superuser')")
        if cursor.fetchone() != ("on",):
            connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, allow_cascade=False))
            return
        quoted = {table: connection.ops.quote_name(table) for table in tables}
        cursor.execute(" union all ".join(f"select '{table}' where exists (table {quoted[table]})" for table in tables))
        filled = [table for (table,) in cursor.fetchall()]
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither foreign keys nor the triggers that keep records as they were written have a say here.
        cursor.execute("set local session_replication_role = replica")
        for table in filled:
            cursor.execute(f"delete from {quoted[table]}")  # noqa: S608 - the names come from our models
