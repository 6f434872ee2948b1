# Fed to Odoo's shell: companies in euros and yen beside the first one, each with books, a warehouse, native maintenance and
# purchases, and an office without any of it. The people that `make matrix` makes work for the one called Matrix plant.
env = env(context=dict(env.context, no_reset_password=True))  # noqa: F821
for name, code, rate in (("Nagoya works", "JPY", 150.0), ("Matrix plant", "EUR", 0.9)):
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
    currency.active = True
    company = env["res.company"].create({"name": name, "currency_id": currency.id})
    env.user.company_ids += company
    env["res.currency.rate"].create(
        {"name": "2020-01-01", "currency_id": currency.id, "rate": rate, "company_id": env.company.id})
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    company.currency_id = currency  # the chart of accounts is one in dollars
    env.cr.commit()
    here = env(context=dict(env.context, allowed_company_ids=company.ids))
    if not here["stock.warehouse"].search_count([("company_id", "=", company.id)]):
        here["stock.warehouse"].create({"name": name, "code": code, "company_id": company.id})
    vendor = here["res.partner"].create({"name": f"Vendor of {name}"})
    belt = here["product.product"].create({"name": f"Belt of {name}", "is_storable": True, "company_id": company.id})
    team = here["maintenance.team"].create({"name": f"Team of {name}", "company_id": company.id})
    press = here["maintenance.equipment"].create(
        {"name": f"Press of {name}", "company_id": company.id, "maintenance_team_id": team.id})
    here["maintenance.request"].create(
        [{"name": f"Grease {number}", "equipment_id": press.id, "company_id": company.id, "maintenance_team_id": team.id}
         for number in range(5)])
    orders = here["purchase.order"].create(
        [{"partner_id": vendor.id, "order_line": [(0, 0, {"product_id": belt.id, "product_qty": 4, "price_unit": 90.0})]}
         for _number in range(3)])
    orders[:2].button_confirm()
    orders[0].picking_ids.button_validate()
office = env["res.company"].create({"name": "Office without stores"})
team = env["maintenance.team"].create({"name": "Team of the office", "company_id": office.id})
env["maintenance.request"].create({"name": "The printer prints grey", "company_id": office.id, "maintenance_team_id": team.id})
env.cr.commit()
