from odoo.tests import TransactionCase, new_test_user, tagged

from ...models.approval.maintenance_approval_tier_amount import round_to_step


@tagged("post_install", "-at_install")
class TestTierAmounts(TransactionCase):
    """The amounts that the module brings mean dollars or euros; in other currencies they are converted, or asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(cls.env, login="kw_administrator", groups="base.group_system")
        cls.currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.jpy, cls.usd, cls.eur, cls.gbp, cls.vnd = (
            cls.currencies.search([("name", "=", name)]) for name in ("JPY", "USD", "EUR", "GBP", "VND")
        )
        cls.env["res.currency.rate"].search(
            [("currency_id", "in", (cls.jpy | cls.usd | cls.eur | cls.vnd).ids)]
        ).unlink()

    def _set_rate(self, currency, rate, company):
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "currency_id": currency.id, "rate": rate, "company_id": company.root_id.id}
        )

    def _open_company(self, name, currency, **values):
        return self.env["res.company"].with_user(self.administrator).create(
            {"name": name, "currency_id": currency.id, **values}
        ).sudo()  # fmt: skip

    def _get_tiers(self, company):
        return self.env["maintenance.approval.tier"].search([("company_id", "=", company.id)])

    def _get_todos(self, company):
        todos = self.env["mail.activity"].search([("user_id", "=", self.administrator.id)])
        return todos.filtered(lambda todo: company.name in (todo.summary or ""))

    def _get_step(self):
        step = self.env.ref("keepwisely_maintenance.first_step_tiers")
        return step.with_user(self.administrator).with_context(allowed_company_ids=self.administrator.company_ids.ids)

    def test_steps(self):
        steps = {75_000: 100_000, 65_000: 50_000, 500: 500, 1_234: 1_000, 0.34: 0.5, 14_000: 10_000, 3_300: 5_000, 999: 1_000}
        for amount, step in steps.items():
            self.assertAlmostEqual(round_to_step(amount), step)

    def test_dollars_and_the_like_need_no_rate(self):
        for currency in (self.usd, self.eur, self.gbp):
            company = self._open_company(f"In {currency.name}", currency)
            self.assertEqual(self._get_tiers(company).mapped("min_amount"), [500, 5000])
            self.assertFalse(self._get_todos(company))

    def test_a_known_rate_converts(self):
        main = self.env["res.company"].create({"name": "Knows rates", "currency_id": self.usd.id})
        self._set_rate(self.jpy, 150, main)
        company = self._open_company("Osaka", self.jpy)
        tiers = self._get_tiers(company)
        self.assertEqual(tiers.mapped("min_amount"), [100_000, 1_000_000])
        self.assertFalse(any(tiers.mapped("is_amount_open")))
        self.assertFalse(self._get_todos(company))

    def test_a_rate_of_something_else_is_no_rate(self):
        """Dong by the yen says nothing about dollars, and a currency without a rate is not worth a dollar."""
        main = self._open_company("Yen only", self.jpy)
        self._set_rate(self.vnd, 170, main)
        company = self._open_company("Hanoi", self.vnd)
        self.assertEqual(self._get_tiers(company).mapped("is_amount_open"), [True, True])

    def test_without_a_rate_every_tier_decides_until_somebody_says(self):
        company = self._open_company("Nagoya", self.jpy)
        self.administrator.company_ids |= company
        tiers = self._get_tiers(company)
        self.assertEqual(tiers.mapped("min_amount"), [0, 0])
        self.assertEqual(self.env["maintenance.approval.tier"]._get_reached(company, 3), tiers, "nothing goes unseen")
        self.assertEqual(len(self._get_todos(company)), 1)
        self._get_step().action_open()
        self.assertEqual(self._get_step().state, "open", "looking alone sets no amount")
        mine = tiers.with_user(self.administrator).with_context(allowed_company_ids=company.ids)
        mine[0].min_amount = 80_000
        self.assertEqual(tiers.mapped("is_amount_open"), [False, True])
        self.assertTrue(self._get_todos(company))
        mine[1].min_amount = 0
        self.assertFalse(self._get_todos(company), "from nothing on is an answer too")
        others = self.env["maintenance.approval.tier"].search([("is_amount_open", "=", True)])
        self.assertEqual(self._get_step().state, "open" if others else "done")

    def test_each_company_is_asked_about_by_itself(self):
        first, second = self._open_company("Kobe", self.jpy), self._open_company("Kyoto", self.jpy)
        self._get_tiers(first).write({"min_amount": 70_000})
        self.assertFalse(self._get_todos(first))
        self.assertTrue(self._get_todos(second))

    def test_another_currency_is_another_amount(self):
        company = self._open_company("Moves", self.usd)
        self.assertEqual(self._get_tiers(company).mapped("min_amount"), [500, 5000])
        company.with_user(self.administrator).currency_id = self.jpy
        self.assertEqual(self._get_tiers(company).mapped("is_amount_open"), [True, True])
        self.assertEqual(len(self._get_todos(company)), 1)
        company.with_user(self.administrator).currency_id = self.eur
        self.assertEqual(self._get_tiers(company).mapped("min_amount"), [500, 5000])
        self.assertFalse(self._get_todos(company))
        tiers = self._get_tiers(company)
        tiers[1].min_amount = 9000
        company.with_user(self.administrator).currency_id = self.gbp
        self.assertEqual(tiers.mapped("min_amount"), [500, 9000])
        self._set_rate(self.eur, 0.006, company)
        company.with_user(self.administrator).currency_id = self.jpy
        self.assertEqual(tiers.mapped("min_amount"), [100_000, 0])
        self.assertEqual(tiers.mapped("is_amount_open"), [False, True], "what somebody set means something else now")

    def test_a_new_name_leaves_the_amount_the_module_s(self):
        tier = self._get_tiers(self._open_company("In dollars", self.usd))[0].with_user(self.administrator)
        tier.name = "Buying"
        self.assertEqual((tier.usual_amount, tier.is_amount_open), (500, False))
