"""The guide's alert quality analyzer, written anew as it stands there: what ours is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kintsugi.core.alerts.listed import ListedAlert


class GuideAnalyzer:
    """Scores alerts and counts them per service; its window divides, and filters nothing."""

    def evaluate_alert(self, alert: ListedAlert) -> dict[str, Any]:
        quality_score = 0
        issues = []
        if alert.description and len(alert.description) > 50:
            quality_score += 20
        else:
            issues.append("Description too brief")
        if alert.runbook_url:
            quality_score += 25
        else:
            issues.append("Missing runbook")
        if alert.metrics and len(alert.metrics) >= 3:
            quality_score += 20
        else:
            issues.append("Insufficient metrics context")
        if alert.title and not alert.title.startswith("ALERT"):
            quality_score += 15
        else:
            issues.append("Generic alert title")
        if alert.service:
            quality_score += 20
        else:
            issues.append("Service not identified")
        return {
            "quality_score": quality_score,
            "grade": self._calculate_grade(quality_score),
            "issues": issues,
            "actionable": quality_score >= 60,
        }

    def _calculate_grade(self, score: int) -> str:
        if score >= 90:
            return "A"
        if score >= 75:
            return "B"
        if score >= 60:
            return "C"
        if score >= 40:
            return "D"
        return "F"

    def calculate_alert_fatigue(
        self, alerts: Sequence[ListedAlert], time_window_hours: int = 24
    ) -> dict[str, dict[str, Any]]:
        by_service = defaultdict(list)
        for alert in alerts:
            by_service[alert.service].append(alert)
        fatigue_analysis = {}
        for service, service_alerts in by_service.items():
            alert_count = len(service_alerts)
            non_actionable = sum(
                1 for a in service_alerts if self.evaluate_alert(a)["quality_score"] < 60
            )
            noise_ratio = (non_actionable / alert_count * 100) if alert_count > 0 else 0
            fatigue_analysis[service] = {
                "total_alerts": alert_count,
                "alerts_per_hour": alert_count / time_window_hours,
                "noise_ratio": noise_ratio,
                "fatigue_level": self._calculate_fatigue_level(
                    alert_count / time_window_hours, noise_ratio
                ),
            }
        return fatigue_analysis

    def _calculate_fatigue_level(self, alerts_per_hour: float, noise_ratio: float) -> str:
        if alerts_per_hour > 5 or noise_ratio > 50:
            return "CRITICAL"
        if alerts_per_hour > 2 or noise_ratio > 30:
            return "HIGH"
        if alerts_per_hour > 1 or noise_ratio > 20:
            return "MEDIUM"
        return "LOW"
