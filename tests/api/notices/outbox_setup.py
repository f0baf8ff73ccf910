"""An SMS outbox of one municipality on a real database, with whatever gateway a test gives it."""

from collections import Counter

import psycopg
from psycopg.rows import dict_row

from api.core.db import Database
from api.core.jobs import JobContext
from api.notices import service
from tests.api.notices.netgsm_setup import PHONE
from tests.factories.bare_town import TOWN


class Outbox:
    """Queues messages as a domain would and looks at the rows as a superuser."""

    def __init__(self, urls, database: Database, gateway) -> None:
        self.urls = urls
        self.database = database
        self.context = JobContext(TOWN, database, {"sms": gateway})

    async def queue(self, *, to=PHONE, body="Başvurunuz alındı.", purpose="complaint", **changes):
        async with self.database.transaction(TOWN) as session:
            return await service.queue_sms(session, TOWN, purpose=purpose, to=to, body=body, **changes)

    async def queue_many(self, number, **message):
        return [await self.queue(to=phone(index), **message) for index in range(number)]

    def rows(self, where="true", *values):
        with psycopg.connect(self.urls.admin, row_factory=dict_row) as connection:
            return connection.execute(
                f"SELECT * FROM sms_message WHERE {where} ORDER BY created_at, id", values
            ).fetchall()

    def row(self, message_id):
        (row,) = self.rows("id = %s", message_id)
        return row

    def statuses(self):
        return dict(Counter(row["status"] for row in self.rows()))

    def execute(self, statement, *values):
        with psycopg.connect(self.urls.admin, autocommit=True) as connection:
            return connection.execute(statement, values).rowcount

    def make_due(self):
        """Let every pause be over."""
        self.execute("UPDATE sms_message SET next_at = now() - interval '1 second'")

    def forget_questions(self):
        """Let the provider be asked at once again."""
        self.execute("DELETE FROM rate_count")

    def jobs(self):
        with psycopg.connect(self.urls.admin, row_factory=dict_row) as connection:
            return connection.execute("SELECT * FROM procrastinate_jobs ORDER BY id").fetchall()


def phone(index):
    """A different mobile number for each index below 10,000."""
    return f"+90532200{index:04d}"
