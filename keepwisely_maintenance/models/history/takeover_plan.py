"""Maintenance plans (OCA's ``maintenance_plan``) on their way to schedules.

The module need not be there. Its models and fields are those of its release 19.0.1.0.1.
"""

from odoo.exceptions import UserError
from odoo.fields import Command

from .takeover_source import Row, TakeoverSource

#: Days of what plans are counted in.
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class PlanSource(TakeoverSource):
    """Plans become schedules of the same assets; work orders that they made join them; the plans are archived."""

    kind = "plan"
    model = "maintenance.plan"

    def find(self):
        plans = self.env[self.model].search([("company_id", "in", [self.company.id, False])], order="id")
        known = self.env["maintenance.schedule"]._find_taken_over(plans)
        return [self._describe(plan, known.get(plan.id)) for plan in plans]

    def _describe(self, plan, known):
        assets = self._get_assets(plan)
        made = len(plan.maintenance_ids)
        becomes = self.env._("Schedule")
        if made == 1:
            becomes = self.env._("Schedule; 1 work order of the plan joins it")
        elif made:
            becomes = self.env._("Schedule; %s work orders of the plan join it", made)
        return Row(
            record=plan,
            name=plan.display_name,
            equipment=assets,
            rhythm=self.describe_rhythm(plan.interval, plan.interval_step) if plan.interval > 0 else "",
            day=plan.next_maintenance_date,
            becomes=becomes,
            reason=self._explain(plan, assets, known),
        )

    def _get_assets(self, plan):
        """Those that it is for today; the company's own and common ones."""
        found = plan._get_maintenance_equipments()
        assets = self.env["maintenance.equipment"].concat(*found).filtered("active")
        company = plan.company_id or self.company
        return assets.filtered(lambda asset: asset.company_id in (company, company.browse()))

    def _explain(self, plan, assets, known):
        if known:
            return self.env._("It is the schedule “%s” already.", known.name)
        if plan.interval < 1 or not plan.interval_step:
            return self.env._("It does not repeat.")
        if not assets:
            return self.env._("It is for no asset that is in use.")
        return False

    def take(self, plan):
        schedules = self.env["maintenance.schedule"]
        assets = self._get_assets(plan)
        reason = self._explain(plan, assets, schedules._find_taken_over(plan).get(plan.id))
        if reason:
            raise UserError(reason)
        requests = plan.with_context(active_test=False).maintenance_ids
        schedule = schedules.create(self._prepare_schedule(plan, assets, requests))
        schedule._take_in(requests)
        plan.active = False
        schedule._tell_origin(plan)
        return schedule

    def _prepare_schedule(self, plan, assets, requests):
        company = plan.company_id or self.company
        kind = plan.maintenance_kind_id.name
        types = self.env["maintenance.work.type"].search(
            [("maintenance_type", "=", "preventive"), ("company_id", "in", [company.id, False])]
        )
        made = [request.request_date for request in requests if request.request_date]
        return {
            "name": plan.name or kind or plan.display_name,
            "company_id": company.id,
            "equipment_ids": [Command.set(assets.ids)],
            "interval": plan.interval,
            "interval_unit": plan.interval_step,
            "basis": "fixed",
            # as there: counted from the furthest that was made
            "start_date": max(made, default=None) or plan.next_maintenance_date or company._get_plant_day(),
            "lead_days": self._get_lead_days(plan),
            "maintenance_team_id": plan.maintenance_team_id.id,
            "work_type_id": types.filtered(lambda found: found.name.casefold() == (kind or "").casefold())[:1].id,
            "duration": plan.duration or 1.0,
            "instruction_type": plan.instruction_type,
            "instruction_pdf": plan.instruction_pdf,
            "instruction_google_slide": plan.instruction_google_slide,
            "instruction_text": plan.instruction_text,
            "task_ids": [Command.create({"name": name}) for name in self._get_tasks(plan)],
            "origin_name": plan.display_name,
            "origin_model": plan._name,
            "origin_id": plan.id,
        }

    def _get_lead_days(self, plan):
        """Work orders are made as far ahead as the plan makes them, but one at a time."""
        horizon = plan.maintenance_plan_horizon * DAYS[plan.planning_step or "year"]
        return max(min(horizon, plan.interval * DAYS[plan.interval_step]), 0)

    def _get_tasks(self, plan):
        """Activities that OCA's ``maintenance_plan_activity`` adds to its work orders."""
        if "planned_activity_ids" not in plan._fields:
            return []
        return plan.planned_activity_ids.activity_type_id.mapped("name")
