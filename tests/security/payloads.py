"""What is typed into fields to reach the database behind them; one family for each way SQL can be broken out of."""

QUOTES = ("'", '"', "`", "\\'", "''", "';", "')", "'))", "%27", "\u02bc", "\uff07")
ALWAYS_TRUE = (
    "' OR '1'='1", "' OR 1=1--", "' OR 1=1#", "' OR 1=1/*", "') OR ('1'='1", "')) OR (('1'='1", "1 OR 1=1",
    "1) OR (1=1", '" OR "1"="1', "' OR TRUE--", "'||'1'='1", "' OR 'x' LIKE 'x", "' OR 1 IN (1)--", "\uff07 OR 1=1--",
)  # fmt: skip
UNIONS = (
    "' UNION SELECT NULL--", "' UNION ALL SELECT NULL,NULL,NULL--", "' UNION SELECT version()--",
    "' UNION SELECT usename, passwd FROM pg_shadow--", "1 UNION SELECT description FROM complaint",
    "' UNION SELECT table_name FROM information_schema.tables--",
)  # fmt: skip
STACKED = (
    "'; DROP TABLE complaint;--", "'; DELETE FROM complaint;--", "'; UPDATE staff_user SET is_active=false;--",
    "1; TRUNCATE audit_record", "'; SELECT set_config('app.municipality_id','2',false);--", "'; SET ROLE postgres;--",
    "'; RESET ALL;--", "'; COPY (SELECT 1) TO PROGRAM 'id';--", "'; CREATE TABLE t(a text);--", "$$; DROP TABLE x;$$",
    "'; ALTER TABLE complaint DISABLE ROW LEVEL SECURITY;--", "'; COMMIT; DELETE FROM complaint;--",
)  # fmt: skip
BLIND = (
    "' AND (SELECT pg_sleep(3)) IS NULL--", "1; SELECT pg_sleep(3)--", "' || pg_sleep(3)--",
    "' AND 1=(SELECT CASE WHEN (1=1) THEN 1/0 ELSE 1 END)--", "' AND ascii(substr((SELECT current_user),1,1))>1--",
    "' AND CAST((SELECT version()) AS int)=1--", "(SELECT 1 FROM generate_series(1,100000000))",
)  # fmt: skip
PLACEHOLDERS = (
    "%s",
    "%(municipality_id)s",
    "%%",
    "%",
    "$1",
    ":id",
    "?",
    "{0}",
    "{actor}",
    "${7*7}",
    "{{7*7}}",
    "%n%n%n",
)
WILDCARDS = ("_", "%_%", "\\", "\\%", "a%' ESCAPE '!", "[a-z]*")
COMMENTS = ("--", "/*", "*/", "/**/OR/**/1=1", "#", "\n--\n", ";%00")

PAYLOADS = (*QUOTES, *ALWAYS_TRUE, *UNIONS, *STACKED, *BLIND, *PLACEHOLDERS, *WILDCARDS, *COMMENTS)
# One of each family, for fields that are no free text.
SAMPLE = (
    "'",
    "' OR 1=1--",
    "' UNION SELECT NULL--",
    "'; DROP TABLE complaint;--",
    "' || pg_sleep(3)--",
    "%s",
    "%",
    "--",
)
