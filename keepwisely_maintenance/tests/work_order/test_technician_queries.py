from odoo.tests import tagged

from .test_query_counts import QueryCountCase


@tagged("post_install", "-at_install")
class TestTechnicianQueries(QueryCountCase):
    """What must not grow: a technician's jobs with their number, completing with the checks."""

    def _open_my_jobs(self):
        """What the web client asks for when the technician's jobs open, with timers and checks."""
        action = self.env.ref("keepwisely_maintenance.action_my_work_orders")
        requests = self.env["maintenance.request"].with_user(self.technician)
        view = self.env.ref("keepwisely_maintenance.maintenance_request_view_kanban_mine")
        views = requests.get_views([(view.id, "kanban"), (action.search_view_id.id, "search")])
        fields = views["models"]["maintenance.request"]["fields"]
        specification = {
            name: {"fields": {"display_name": {}}} if fields[name]["type"] in ("many2one", "many2many") else {}
            for name in self._fields_in(views["views"]["kanban"]["arch"])
            if name in fields and fields[name]["type"] != "one2many"
        }
        self.assertIn("timer_message", specification)
        found = requests.web_search_read([("user_id", "=", self.technician.id)], specification, limit=80)
        return found["records"]

    def test_my_jobs(self):
        requests = self._create_many(20)
        self.env["maintenance.task"].create(
            [{"maintenance_request_id": request.id, "name": "Guard", "kind": "pass_fail"} for request in requests]
        )
        self._open_my_jobs()
        few = self._count(self._open_my_jobs)
        self._create_many(80)
        self.assertEqual(len(self._open_my_jobs()), 80)
        many = self._count(self._open_my_jobs)
        self.assertLessEqual(many, few + 2)
        self.assertLessEqual(many, 26)

    def _ready_to_complete(self, number):
        request = self._assigned()
        tasks = self.env["maintenance.task"].create(
            [
                {"maintenance_request_id": request.id, "name": f"Check {n}", "kind": "number", "is_mandatory": True}
                for n in range(number)
            ]
        )
        request.action_timer_start()
        tasks.with_user(self.technician).write({"value": 1})
        return request

    def test_completing(self):
        self._ready_to_complete(1).action_complete()
        few = self._count(self._ready_to_complete(1).action_complete)
        many = self._count(self._ready_to_complete(40).action_complete)
        self.assertLessEqual(many, few + 2)
        # 18 of them are the message that asks whoever reported it
        self.assertLessEqual(many, 46)
