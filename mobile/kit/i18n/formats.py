"""Dates, numbers, money, sizes and distances as people in Türkiye write them, or in English."""

from datetime import date, datetime, timedelta, timezone

from mobile.kit.i18n import language, t

MONTHS = {
    "tr": ("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
           "Aralık"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip
DAYS = {
    "tr": ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# Türkiye has kept this offset all year since 2016; phones often lack the zone database.
ISTANBUL = timezone(timedelta(hours=3), "Europe/Istanbul")
_KM, _KB, _MB = 1_000, 1_024, 1_048_576


def date_long(day: date) -> str:
    """22 Kasım 2026."""
    day = _local(day)
    return f"{day.day} {MONTHS[language.current][day.month - 1]} {day.year}"


def date_with_day(day: date) -> str:
    """22 Kasım Pazar."""
    day = _local(day)
    return f"{day.day} {MONTHS[language.current][day.month - 1]} {DAYS[language.current][day.weekday()]}"


def date_short(day: date) -> str:
    """22.11.2026, in English 22/11/2026."""
    return _local(day).strftime("%d.%m.%Y" if language.current == "tr" else "%d/%m/%Y")


def time_of_day(moment: datetime) -> str:
    """14:05, on the clock of Türkiye.

    Raises:
        ValueError: the moment has no zone.
    """
    return _in_turkiye(moment).strftime("%H:%M")


def moment_long(moment: datetime) -> str:
    """22 Kasım 2026 14:05."""
    return f"{date_long(moment)} {time_of_day(moment)}"


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago something was: az önce, 5 dk önce, 3 sa önce, dün, else the date."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return t("kit.just_now")
    if minutes < 60:  # noqa: PLR2004
        return t("kit.minutes_ago", count=minutes)
    days = (_in_turkiye(now).date() - _in_turkiye(moment).date()).days
    if days == 0:
        return t("kit.hours_ago", count=minutes // 60)
    return t("kit.yesterday") if days == 1 else date_short(moment)


def number(value: float, decimals: int = 0) -> str:
    """1.250 or 1.250,5; in English 1,250 or 1,250.5."""
    return _local_marks(f"{value:,.{decimals}f}")


def money(kurus: int) -> str:
    """₺1.250,00 from an amount in kuruş; a debt that was overpaid has its minus before the sign."""
    lira, rest = divmod(abs(kurus), 100)
    return ("-" if kurus < 0 else "") + "₺" + _local_marks(f"{lira:,}.{rest:02d}")


def distance(metres: float) -> str:
    """350 m or 1,2 km."""
    return f"{round(metres)} m" if metres < _KM else f"{number(metres / _KM, 1)} km"


def file_size(size: int) -> str:
    """820 KB or 3,4 MB."""
    return f"{number(size / _MB, 1)} MB" if size >= _MB else f"{number(max(1, round(size / _KB)))} KB"


def duration(seconds: float) -> str:
    """12:05, or 1:02:05 from an hour on."""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02d}:{second:02d}" if hour else f"{minute:02d}:{second:02d}"


def _local_marks(written: str) -> str:
    return written.translate(str.maketrans(",.", ".,")) if language.current == "tr" else written


def _in_turkiye(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(ISTANBUL)


def _local(day: date) -> date:
    return _in_turkiye(day) if isinstance(day, datetime) else day
