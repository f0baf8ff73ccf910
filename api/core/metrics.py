"""What Prometheus may read; labels are route templates and states, never ids or persons."""

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "belediye_request_seconds", "Time to answer a request", ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
REQUEST_STATEMENTS = Histogram(
    "belediye_request_statements", "SQL statements of a request", ["method", "route"], buckets=(1, 2, 4, 6, 8, 12, 20)
)
SMS_SENT = Counter("belediye_sms_total", "SMS by outcome", ["outcome"])
LOGIN_CODES = Counter("belediye_login_codes_total", "Phone codes by outcome", ["outcome"])
JOBS_WAITING = Gauge("belediye_jobs_waiting", "Jobs by status", ["status"], multiprocess_mode="mostrecent")
FEED_LAG_SECONDS = Histogram(
    "belediye_feed_lag_seconds", "Age of the oldest change that a phone could not be told yet, seen at its pull",
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300),
)  # fmt: skip
