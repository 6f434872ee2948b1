import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...words import format_day, format_number
from .maintenance_reorder_suggestion_facts import PERIOD
from .reorder_policy import get_share

#: Bars of the chart: periods of four weeks of two years.
BARS, WEEKS = 26, 4


class MaintenanceReorderSuggestionWords(models.Model):
    """What a suggestion says, in the language of whoever reads it."""

    _inherit = "maintenance.reorder.suggestion"

    @api.depends("facts", "min_qty", "max_qty", "finding")
    @api.depends_context("lang")
    def _compute_words(self):
        for suggestion in self:
            facts = suggestion.facts or {}
            suggestion.explanation = facts and suggestion._explain(facts)
            suggestion.doubt = " ".join(suggestion._describe_doubts(facts)) or False

    def _explain(self, facts):
        """One sentence that a storekeeper believes; a second one on what preventive work asks for besides."""
        days = round(facts["lead"])
        if self.finding == "obsolete":
            said = self.env._("Not used for two years, and no asset needs it.")
        elif facts["insured"]:
            said = self._explain_insured(days, facts["insured"])
        elif not facts["used"]:
            said = self._explain_unused(facts["periods"])
        else:
            part, whole = get_share(facts["covered"])
            values = {"part": part, "whole": whole, "days": days, "count": format_number(self.env, facts["enough"])}
            said = self._explain_used(part and bool(facts["enough"]), **values)
        return " ".join([said, *self._describe_planned(facts)])

    def _explain_insured(self, days, count):
        values = {"days": days, "count": count}
        if days == 1:
            return self.env._(
                "Never used, and its asset stands for a day without it: keeping %(count)s costs less than that standstill.",
                **values,
            )
        return self.env._(
            "Never used, and its asset stands for %(days)s days without it: keeping %(count)s costs less than that standstill.",
            **values,
        )

    def _explain_unused(self, weeks):
        if weeks == 1:
            return self.env._("Nobody asked for it in a week, so it is bought when somebody does.")
        return self.env._("Nobody asked for it in %s weeks, so it is bought when somebody does.", weeks)

    def _explain_used(self, is_covered, **values):
        """:param is_covered: whether what is kept covers some of the lead times."""
        is_day = values["days"] == 1
        if is_covered:
            return (
                self.env._("In %(part)s of %(whole)s lead times of a day, %(count)s or fewer are used.", **values)
                if is_day
                else self.env._("In %(part)s of %(whole)s lead times of %(days)s days, %(count)s or fewer are used.", **values)
            )
        if values["part"]:
            return (
                self.env._("In %(part)s of %(whole)s lead times of a day none is used.", **values)
                if is_day
                else self.env._("In %(part)s of %(whole)s lead times of %(days)s days none is used.", **values)
            )
        if is_day:
            return self.env._(
                "It is dear and seldom used, so it is ordered when the stock is down to %(count)s, a day before the next one is "
                "here.",
                **values,
            )
        return self.env._(
            "It is dear and seldom used, so it is ordered when the stock is down to %(count)s, %(days)s days before the next "
            "one is here.",
            **values,
        )

    def _describe_planned(self, facts):
        if not facts["planned"]:
            return
        day, quantity, schedule_id = facts["planned"][0]
        # sudo: the name of the work that needs the part is no secret to who keeps it
        schedule = self.env["maintenance.schedule"].sudo().browse(schedule_id).exists()
        yield self.env._(
            "%(count)s more for %(schedule)s on %(day)s, which asks for it by itself.",
            count=format_number(self.env, quantity),
            schedule=schedule.name or self.env._("preventive work"),
            day=format_day(self.env, day),
        )

    def _describe_doubts(self, facts):
        texts = {
            "short": lambda: self.env._("Too little was seen, in weeks: %s.", facts["periods"]),
            "spike": lambda: self.env._("One week had more than all others together."),
            "over": lambda: self.env._("Nobody asked for it in the last year."),
            "vendor": lambda: self.env._("The vendor has delivered once in a year.")
            if facts["receipts"] == 1
            else self.env._("The vendor has delivered %s times in a year.", facts["receipts"]),
            "price": lambda: self.env._("It has no price."),
        }
        return [texts[doubt]() for doubt in facts.get("doubts", ())]

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_graph(self):
        """What was used in each four weeks of the last two years."""
        for suggestion in self:
            facts = suggestion.facts or {}
            if not facts.get("used"):
                suggestion.graph = False
                continue
            used, periods = dict(map(tuple, facts["used"])), facts["periods"]
            bars = []
            for number in range(max(BARS - periods // WEEKS, 0), BARS):
                first = periods - (BARS - number) * WEEKS
                begin = fields.Date.from_string(facts["begin"]) + timedelta(days=max(first, 0) * PERIOD)
                quantity = sum(used.get(week, 0.0) for week in range(first, first + WEEKS))
                bars.append({"label": format_date(self.env, begin, date_format="MMM yyyy"), "value": quantity, "type": "past"})
            suggestion.graph = json.dumps(
                [{"key": self.env._("Used"), "title": "", "values": bars, "is_sample_data": False}]
            )
