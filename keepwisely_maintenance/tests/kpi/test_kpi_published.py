from odoo.tests import tagged

from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpiPublished(KpiCase):
    """Examples that others published, with their numbers; the 10 % rule stands in ``test_kpi_work``."""

    def test_mtbf(self):
        """mfgcalcs.com, "MTBF", baseline of its worked example: 7,200 operating hours and 12 failures are 600 h."""
        meter = self.env["maintenance.meter"].create(
            {"name": "Hours", "code": "PUB-H", "equipment_id": self.conveyor.id, "unit": "h"}
        )
        for days, value in ((360, 0), (2, 7200)):
            self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": value, "date": self._ago(days)})
        for number in range(12):
            self._down(self._ago(10 + 25 * number), 3)
        kpi = self._kpi("mtbf")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (7200, 12, 600))

    def test_mttr(self):
        """Fiix, "Mean time to repair": six breakdowns in a year that took 44 hours together are 7.3 hours each."""
        for number, hours in enumerate((2, 14, 5, 9, 6, 8)):
            self._repair(self._ago(10 + 50 * number), hours)
        kpi = self._kpi("mttr")
        self.assertEqual((kpi.numerator, kpi.denominator), (44, 6))
        self.assertAlmostEqual(kpi.value, 7.3, 1)
        self.assertEqual(kpi.value_text, "07:20 h")

    def test_cost_of_replacement_value(self):
        """mfgcalcs.com, "Maintenance Cost % of ARV", baseline: 950,000 a year on 30,000,000 are 3.17 %; here in thousandths."""
        self.technician.maintenance_hourly_cost = 95
        self._repair(self._ago(30), 10)
        self.conveyor.replacement_value = 30000
        kpi = self._kpi("cost_share")
        self.assertEqual((kpi.numerator, kpi.denominator), (950, 30000))
        self.assertAlmostEqual(kpi.value, 3.17, 2)
