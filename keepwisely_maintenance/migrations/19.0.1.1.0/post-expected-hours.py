"""Expected hours that were taken from the span of a plan, nights and weekends included, are working hours now."""

from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    requests = env["maintenance.request"].search([("schedule_date", "!=", False), ("schedule_end", "!=", False)])
    with env.protecting([requests._fields["schedule_end"]], requests):
        for request in requests.filtered(lambda request: request._is_work_open() and _is_span(request)):
            request.expected_hours = request._maintenance_get_hours_between(request.schedule_date, request.schedule_end, 0.0)


def _is_span(request):
    return not request.expected_hours or abs(request.expected_hours - request.duration) < 0.01
