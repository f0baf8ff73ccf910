"""Checks of the background work: worker, jobs, SMS, audit trail."""

from api.cli.checks.finding import Finding, Patient, Text, fault, notice, well
from api.core import audit
from api.core.sql import fetch_all, fetch_one
from api.notices.service import SmsGatewayError, provider_balance
from api.platform.upkeep import DEAD_AFTER_SECONDS
from api.worker import outside_systems

LONGEST_WAIT_MINUTES = 10
CHECKED_ROWS = 1_000
FEW_PARTS = 1_000

# A periodic job (it has a queueing lock) that failed ran again at its next time.
JOBS_SQL = """
    SELECT count(*) FILTER (WHERE job.status = 'failed' AND job.queueing_lock IS NULL) AS failed,
           count(*) FILTER (WHERE job.status = 'doing' AND (worker.id IS NULL
               OR worker.last_heartbeat < now() - make_interval(secs => %(dead_after)s))) AS stalled,
           count(*) FILTER (WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
               AND event.at < now() - make_interval(mins => %(longest)s)) AS late
      FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
      LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = job.id) event ON true
     WHERE job.status IN ('failed', 'doing', 'todo')"""
SMS_SQL = """
    SELECT count(*) FILTER (WHERE status = 'unknown') AS unknown, count(*) FILTER (WHERE status = 'dead') AS dead,
           count(*) FILTER (WHERE status = 'queued' AND next_at < now() - interval '10 minutes') AS late
      FROM sms_message WHERE created_at > now() - interval '8 days'"""


async def worker(patient: Patient) -> Finding:
    """Does a worker live?"""
    async with patient.platform.transaction() as session:
        row = await fetch_one(
            session,
            """SELECT extract(epoch FROM now() - max(last_heartbeat))::int AS age, count(*) AS n
                 FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(days => 1)""",
        )
    age = row["age"] if row else None
    if age is None or age > DEAD_AFTER_SECONDS:
        since = Text("hiç görülmedi", "never seen") if age is None else Text(f"{age} sn önce", f"{age} s ago")
        return fault(
            Text(
                f"İşleyici çalışmıyor (son yaşam belirtisi: {since.tr})",
                f"No worker is running (last sign of life: {since.en})",
            ),
            Text("Başlatın: belediye worker (systemctl start belediye-worker)", "Start it: belediye worker"),
        )
    return well(f"İşleyici çalışıyor (son belirti {age} sn önce)", f"A worker is running (last sign {age} s ago)")


async def jobs(patient: Patient) -> Finding:
    """Was anything set aside, left behind or kept waiting?"""
    async with patient.platform.transaction() as session:
        row = await fetch_one(session, JOBS_SQL, {"dead_after": DEAD_AFTER_SECONDS, "longest": LONGEST_WAIT_MINUTES})
    counts = row or {"failed": 0, "stalled": 0, "late": 0}
    if any(counts.values()):
        return fault(
            Text(
                f"İşler: {counts['failed']} bir kenara ayrıldı, {counts['stalled']} yarım kaldı, "
                f"{counts['late']} on dakikadır bekliyor",
                f"Jobs: {counts['failed']} set aside, {counts['stalled']} left behind, "
                f"{counts['late']} waiting too long",
            ),
            Text(
                "Bakın: belediye jobs list; nedeni giderip: belediye jobs retry-all",
                "Look: belediye jobs list; after removing the cause: belediye jobs retry-all",
            ),
        )
    return well("Bekleyen ya da takılan iş yok", "No job is late or stuck")


async def sms(patient: Patient) -> Finding:
    """Do SMS go out, and is there credit?"""
    async with patient.platform.transaction() as session:
        counts = await fetch_one(session, SMS_SQL) or {"unknown": 0, "dead": 0, "late": 0}
    if not patient.settings.netgsm_username:
        return notice(
            Text("SMS hesabı tanımlı değil; SMS'ler bekler", "No SMS account is configured; messages wait"),
            Text("BELEDIYE_NETGSM_USERNAME, _PASSWORD ve _HEADER verin", "Set BELEDIYE_NETGSM_USERNAME, …"),
        )
    try:
        parts = await provider_balance(outside_systems(patient.settings)["sms"])
    except SmsGatewayError as error:
        return fault(
            Text(f"SMS sağlayıcısı yanıt vermiyor ({error.code})", f"The SMS provider does not answer ({error.code})"),
            Text(
                "Kullanıcı adını, parolayı, başlığı ve sağlayıcıda tanımlı çıkış IP adresini denetleyin",
                "Check user name, password, header and the source address that the provider allows",
            ),
        )
    told = Text(
        f"{parts} SMS hakkı var; sonucu bilinmeyen {counts['unknown']}, gönderilemeyen {counts['dead']}, "
        f"geciken {counts['late']}",
        f"{parts} SMS left; {counts['unknown']} unknown, {counts['dead']} given up, {counts['late']} late",
    )
    if counts["dead"] or counts["late"] or not parts:
        return fault(told, Text("SMS hesabını ve işleyici günlüğünü inceleyin", "Look at the account and worker's log"))
    if counts["unknown"] or parts < FEW_PARTS:
        return notice(told, Text("Sağlayıcı panelini izleyin, gerekirse SMS alın", "Watch the account, buy SMS"))
    return well(told.tr, told.en)


async def audit_trail(patient: Patient) -> Finding:
    """Do the newest links of every chain hold?"""
    async with patient.platform.transaction() as session:
        towns = await fetch_all(session, "SELECT id, slug FROM municipality ORDER BY slug")
    for town in towns:
        async with patient.platform.transaction(town["id"]) as session:
            async for broken in audit.verify_chain(session, town["id"], last=CHECKED_ROWS):
                return fault(
                    Text(
                        f"Denetim izi bozuk: {town['slug']}, {broken.sequence}. kayıt",
                        f"The audit trail is broken: {town['slug']}, row {broken.sequence} ({broken.reason})",
                    ),
                    Text(
                        f"Ayrıntı: belediye audit verify --municipality {town['slug']}; yedekle karşılaştırın",
                        f"Details: belediye audit verify --municipality {town['slug']}; compare with a backup",
                    ),
                )
    return well(
        f"{len(towns)} belediyede son {CHECKED_ROWS} kayıt sağlam",
        f"The last {CHECKED_ROWS} rows hold in {len(towns)} municipalities",
    )
