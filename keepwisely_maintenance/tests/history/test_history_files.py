from odoo.tests import tagged

from .history_common import COLUMNS, HistoryCase


@tagged("post_install", "-at_install")
class TestHistoryFiles(HistoryCase):
    """One file with everything and one for each kind come to the same figures."""

    #: Number, asset, person, hours, cost of them, parts, services, begin and end of the downtime.
    PAST = [
        ("A", "Conveyor 3", "Ruth Left", "2.35", "129.26", "30.5", "", "2024-03-04 05:00:00", "2024-03-05 11:30:00"),
        ("B", "Mixer 9", "Karl Contract", "4", "160", "", "75.25", "", ""),
        ("C", "Conveyor 3", "Karl Contract", "0.33", "13.21", "5", "1", "2024-03-06 05:00:00", "2024-03-06 06:00:00"),
    ]

    def _get_figures(self):
        requests = self.env["maintenance.request"].with_user(self.planner)
        requests = requests.search([("reference", "like", "OLD-")], order="reference")
        names = ("labor_hours", "labor_cost", "parts_cost", "service_cost", "total_cost", "downtime_hours")
        ledger = self.env["maintenance.cost.report"].with_user(self.planner)
        rows = ledger._read_group(
            [("maintenance_request_id", "in", requests.ids)],
            ["equipment_id", "date:day", "kind", "entry"],
            ["amount:sum"],
            order="equipment_id, date:day, kind",
        )
        return (
            [[round(request[name], 4) for name in names] for request in requests],
            [(asset.name, day, kind, entry, round(amount, 2)) for asset, day, kind, entry, amount in rows],
            [
                (labor.person_id.name, labor.date, labor.hours, labor.amount, labor.is_planned)
                for labor in requests.labor_ids.sorted("hours")
            ],
            [(row.date_from, row.date_to, row.maintenance_type) for row in requests.downtime_ids.sorted("date_from")],
        )

    def _load_together(self):
        names = COLUMNS[-6:]
        rows = [
            self._row(number, equipment_id=asset, maintenance_person_id=person, **dict(zip(names, figures, strict=True)))
            for number, asset, person, *figures in self.PAST
        ]
        self.assertFalse(self._load(rows)["messages"])

    def _load_apart(self):
        self.assertFalse(
            self._load([self._row(row[0], equipment_id=row[1], maintenance_person_id=row[2]) for row in self.PAST])["messages"]
        )
        hours = [(f"OLD-{row[0]}", row[2], row[3], row[4]) for row in self.PAST]
        files = [
            ("maintenance.labor", ("maintenance_request_id", "person_id", "hours", "amount"), hours),
            (
                "maintenance.downtime",
                ("maintenance_request_id", "date_from", "date_to"),
                [(f"OLD-{row[0]}", row[7], row[8]) for row in self.PAST if row[7]],
            ),
            (
                "maintenance.cost.entry",
                ("maintenance_request_id", "date", "kind", "amount"),
                [
                    (f"OLD-{row[0]}", "2024-03-05", kind, row[column])
                    for row in self.PAST
                    for kind, column in (("Parts", 5), ("Services", 6))
                    if row[column]
                ],
            ),
        ]
        for model, columns, rows in files:
            self.assertFalse(self._load(rows, columns, model)["messages"], model)

    def test_both_ways_are_equal(self):
        savepoint = self.env.cr.savepoint()
        self._load_together()
        together = self._get_figures()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.assertFalse(self._get_figures()[0])
        self._load_apart()
        self.assertEqual(self._get_figures(), together)
        self.assertEqual(together[0][0], [2.35, 129.26, 30.5, 0.0, 159.76, 30.5])
