from datetime import datetime, timedelta
from itertools import pairwise

from freezegun import freeze_time

from ..common import MaintenanceCase

#: A Monday.
START = datetime(2026, 3, 2, 8)


class TimeLineCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time(START)
        cls.clock = frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls.pump = cls._create_part("Pump", 900.0)

    def setUp(self):
        super().setUp()
        self.clock.move_to(START)

    def _wait(self, hours):
        """What was done is committed, and time passes."""
        self._end_transaction()
        self.clock.tick(timedelta(hours=hours))

    def _get_line(self, request):
        """Phases and their hours, in order."""
        self._end_transaction()
        rows = self.env["maintenance.request.phase"].search(
            [("maintenance_request_id", "=", request.id)], order="date_from, id"
        )
        for row, following in pairwise(rows):
            self.assertEqual(row.date_to, following.date_from, "no gap and no overlap")
        self.assertEqual(len(rows.filtered(lambda row: not row.date_to)), 1 if request.phase else 0)
        if rows and request.date_completed:
            self.assertEqual(rows[-1].date_to, request.date_completed)
            total = (request.date_completed - rows[0].date_from).total_seconds() / 3600
            self.assertAlmostEqual(sum(rows.mapped("hours")), total, 9)
        return [(row.phase, round(row.hours, 2)) for row in rows]
