"""From the configuration of one modem to what its worker is told: rules about sending, and its errands."""

from __future__ import annotations

from datetime import timedelta

from mgov.config import Config, ModemSection
from mgov.domain.operators import Operators
from mgov.domain.quotas import Quotas
from mgov.domain.routing import SendRules
from mgov.gateway.errands import ErrandSettings
from mgov.workflows.treasury import Warnings


def send_rules(config: Config, modem: ModemSection, operators: Operators) -> SendRules:
    """What the site says about sending by one modem."""
    quotas = Quotas(
        per_minute=modem.max_per_minute,
        per_hour=modem.max_per_hour,
        per_day=modem.max_per_day,
        recipients_per_day=modem.max_recipients_per_day,
        reserve=config.routing.quota_reserve,
    )
    return SendRules(operators, config.routing.only_to, quotas)


def errand_settings(config: Config, modem: ModemSection) -> ErrandSettings:
    """What a worker does beside texts: the balance of its SIM, and the SMS centre."""
    section = config.treasury
    return ErrandSettings(
        zone=config.zone,
        every=timedelta(hours=section.every_hours) if section.every_hours is not None else None,
        operator=modem.operator,
        smsc=modem.smsc,
        ussd=modem.balance_ussd,
        patterns=modem.balance_patterns,
        tariff=modem.tariff,
        warnings=Warnings(section.warn_days, section.warn_balance),
    )
