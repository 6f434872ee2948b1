"""Native recurrence on its way to schedules."""

from .takeover_origin import OVER_STATES
from .takeover_source import Row, TakeoverSource

#: What all occurrences of a work order have in common: each is a copy of the one before.
SAME = ("company_id", "name", "equipment_id", "maintenance_type", "repeat_interval", "repeat_unit")


class RecurrenceSource(TakeoverSource):
    """Recurring work orders and their copies; the open one becomes the first of a schedule, the others join it."""

    kind = "recurrence"
    model = "maintenance.request"

    def find(self):
        requests = self.env[self.model].search_fetch(
            [("recurring_maintenance", "=", True), ("company_id", "in", [self.company.id, False])],
            [*SAME, "state", "schedule_date", "request_date", "repeat_type", "repeat_until"],
            order="id",
        )
        return [self._describe(chain) for chain in self._get_chains(requests).values()]

    def _get_chains(self, requests):
        return requests.grouped(lambda request: tuple(request[name] for name in SAME))

    def _get_head(self, chain):
        """The open one that is due first; without an open one, the latest."""
        still_open = chain.filtered(lambda request: request.state not in OVER_STATES)
        return still_open.sorted(lambda request: (str(request.schedule_date or ""), request.id))[:1] or chain[-1:]

    def _describe(self, chain):
        head = self._get_head(chain)
        others = len(chain) - 1
        day = self.company._get_plant_day(head.schedule_date) if head.schedule_date else head.request_date
        becomes = self.env._("Schedule that begins with this work order")
        if others == 1:
            becomes = self.env._("Schedule that begins with this work order; 1 other joins it")
        elif others:
            becomes = self.env._("Schedule that begins with this work order; %s others join it", others)
        return Row(
            record=head,
            name=head.name,
            equipment=head.equipment_id,
            rhythm=self.describe_rhythm(head.repeat_interval, head.repeat_unit),
            day=day if head.state not in OVER_STATES else False,
            becomes=becomes,
            reason=self._explain(head),
        )

    def _explain(self, head):
        """Why it does not become a schedule; False where it does."""
        if head.maintenance_type != "preventive":
            return self.env._("It is corrective; only preventive work recurs.")
        if head.state in OVER_STATES:
            return self.env._("The last one is over and made no next one; the recurrence has ended.")
        if not head.equipment_id:
            return self.env._("It is for no asset; choose one on the work order, then look again.")
        if not head.equipment_id.active:
            return self.env._("%s is archived.", head.equipment_id.name)
        if head.repeat_type == "until" and not head._maintenance_is_next_due():
            return self.env._("It ends with this one.")
        return False

    def take(self, head):
        chain = head.search(
            [
                ("recurring_maintenance", "=", True),
                *[(name, "=", head[name].id if name.endswith("_id") else head[name]) for name in SAME],
            ],
            order="id",
        )
        head = self._get_head(chain)
        head.action_make_schedule()
        schedule = head.schedule_id
        schedule.write({"origin_name": head.display_name, "origin_model": head._name, "origin_id": head.id})
        schedule._take_in(chain)
        schedule.message_post(body=self.env._("Taken over from %s.", head._get_html_link()))
        return schedule
