"""The summary of a visit before it is submitted: what was found, until when, what is missing."""

from collections.abc import Callable
from typing import Any

from field_app.screens.inspection.vm import FindingLine, Summary
from field_app.screens.row_card import row_card
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer
from mobile.kit.widgets.marks import Badge, IconDisc
from mobile.kit.widgets.text import Text

OUTCOME_TONES = {"passed": "success", "warned": "warning", "failed": "danger", "nobody_there": "neutral"}
_OUTCOME_ICONS = {"passed": "check-circle", "warned": "clock", "failed": "alert-circle", "nobody_there": "store-alert"}
SEVERITY_TONES = {"minor": "neutral", "major": "warning", "critical": "danger"}
_MOST_MISSING = 12


class SummaryView(Scroll):
    """Everything at a glance; a tap on what is missing leads to its question."""

    def __init__(self, summary: Summary, go_to: Callable[[str], None]) -> None:
        """Take the summary, and what leads to a question."""
        parts: list[Any] = [self._outcome(summary)]
        if summary.missing:
            rows = [
                ListRow(label, detail=message, icon="alert-circle", tone="danger", test_id=f"missing.{path}",
                        on_tap=lambda _row, path=path: go_to(path))
                for path, label, message in summary.missing[:_MOST_MISSING]
            ]  # fmt: skip
            more = len(summary.missing) - len(rows)
            rest = [Text(t("summary.more_missing", count=more), style="caption", tone="text_soft")] if more else []
            parts += [
                Text(t("summary.missing", count=len(summary.missing)), style="heading"),
                row_card(*rows),
                *rest,
            ]
        if summary.findings:
            parts.append(Text(t("summary.findings", count=len(summary.findings)), style="heading"))
            parts += [_finding(at, line, go_to) for at, line in enumerate(summary.findings, start=1)]
        super().__init__(Column(*parts, padding=dp(GAP_L), spacing=dp(GAP_M)), test_id="summary.view")

    @staticmethod
    def _outcome(summary: Summary) -> Card:
        disc = IconDisc(_OUTCOME_ICONS[summary.outcome], tone=OUTCOME_TONES[summary.outcome])
        head = Row(disc, Text(t(f"outcome.{summary.outcome}"), style="heading"), spacing=dp(GAP_M))
        facts = [
            Badge(t("summary.photos", count=summary.photos)),
            *([Badge(t(f"summary.signature.{summary.signature}"), tone=_SIGNED[summary.signature])]
              if summary.signature else []),
            Spacer(),
        ]  # fmt: skip
        number = t("summary.number_here") if summary.numbers_left else t("summary.number_later")
        return Card(head, Row(*facts), Text(number, style="caption", tone="text_soft"), spacing=dp(GAP_M))


_SIGNED = {"signed": "success", "refused": "warning", "none": "danger"}


def _finding(at: int, line: FindingLine, go_to: Callable[[str], None]) -> Card:
    found = line.found
    if found.is_cured_at_once:
        term = t("summary.at_once")
    else:
        term = t("summary.until", day=formats.date_long(line.term)) if line.term else t("summary.no_term")
    row = Row(
        Badge(t(f"severity.{found.severity}"), tone=SEVERITY_TONES[found.severity]),
        Badge(term, tone="success" if found.is_cured_at_once else "neutral"),
        *([Badge(t("summary.photos", count=len(found.photos)))] if found.photos else []),
        Spacer(),
    )
    del go_to
    lines = [Text(f"{at}. {found.text}", style="strong"), *([Text(found.note)] if found.note else [])]
    law = [Text(found.law, style="caption", tone="text_soft")] if found.law else []
    return Card(*lines, *law, row, spacing=dp(GAP_S))
