"""A plant of the size that performance is judged by: 10,000 assets, 200,000 work orders over five years.

Run it once on an empty database: ``make db DB=scale && make shell DB=scale < bench/plant.py``. WORK_ORDERS in the
environment makes a smaller one. One document of each kind is made with the ORM, with all that follows from it; the
others are copies of its rows made in SQL, with other dates, links and amounts. Nothing is random, so two runs on one
day give the same plant. Left out: move lines and quants of the copies, messages, tracked changes.
"""

import os
from datetime import date

from odoo.fields import Command

WORK_ORDERS, DAYS = int(os.environ.get("WORK_ORDERS", "200000")), 1825
ASSETS, TOP = WORK_ORDERS // 20, WORK_ORDERS // 100  # a work order each quarter; those with components, four each
BUSY = 400  # every so manieth work order goes to the first asset: 500 of them

cr = env.cr
env = env(context=dict(env.context, tracking_disable=True, no_reset_password=True, mail_notrack=True))
company = env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)


def first_id(table):
    """The id below all copies of ``table``."""
    env.flush_all()
    cr.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')
    return cr.fetchone()[0]


def clone(table, template_id, source, **values):
    """Insert a copy of row ``template_id`` for each row ``s`` of ``source``; ``values`` are SQL expressions over both."""
    env.flush_all()
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s", [table]
    )
    columns = [column for (column,) in cr.fetchall()]
    assert values.keys() <= set(columns), values.keys() - set(columns)
    cr.execute(
        f"""INSERT INTO "{table}" ({", ".join(f'"{column}"' for column in columns)})
            SELECT {", ".join(values.get(column, f't."{column}"') for column in columns)}
              FROM "{table}" t, ({source}) s WHERE t.id = {template_id}"""
    )
    count = cr.rowcount
    cr.execute(f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT MAX(id) FROM "{table}"))""")
    cr.execute(f'ANALYZE "{table}"')
    print(f"{table}: {count}", flush=True)
    return count


# -- Who and what: made with the ORM -----------------------------------------------------------------------------------

categories = env["maintenance.equipment.category"].create(
    [{"name": name, "technician_user_id": False} for name in (
        "Conveyors", "Pumps", "Compressors", "Motors", "Gearboxes", "Presses", "Robots", "Boilers", "Chillers",
        "Cranes", "Forklifts", "Packaging machines",
    )]
)  # fmt: skip
technicians = env["res.users"].create(
    [{"name": f"Technician {n:02}", "login": f"technician{n:02}", "group_ids": [Command.set(
        [env.ref("keepwisely_maintenance.group_maintenance_technician").id])]} for n in range(32)]
)  # fmt: skip
technicians.maintenance_hourly_cost = 40.0
teams = env["maintenance.team"].create(
    [{"name": name, "company_id": company.id, "member_ids": [Command.set(technicians[n * 4 : n * 4 + 4].ids)]}
     for n, name in enumerate(("Mechanics", "Electricians", "Instruments", "Utilities", "Line 1", "Line 2", "Line 3", "Buildings"))]
)  # fmt: skip
halls = env["stock.location"].create(
    [{"name": f"Hall {n:02}", "usage": "internal", "location_id": warehouse.view_location_id.id} for n in range(40)]
)
vendors = env["res.partner"].create([{"name": f"Vendor {n:02}", "supplier_rank": 1} for n in range(50)])
unit = env.ref("uom.product_uom_unit").id


def make_products(label, count, **values):
    return env["product.product"].create(
        [{"name": f"{label} {n:03}", "standard_price": 5.0 + n, "supplier_taxes_id": False, "taxes_id": False,
          "uom_id": unit, **values} for n in range(count)]
    )  # fmt: skip


parts = make_products("Part", 300, is_storable=True, is_spare_part=True)
consumables = make_products("Consumable", 20, type="consu", is_storable=False)
services = make_products("Service", 20, type="service", purchase_method="receive")
for part in parts:
    env["stock.quant"]._update_available_quantity(part, warehouse.lot_stock_id, 10_000)


def pick(records, number):
    """SQL for one of ``records``, by a number."""
    return f"(ARRAY{records.ids})[1 + ({number}) % {len(records)}]"


# -- Assets ------------------------------------------------------------------------------------------------------------

asset = env["maintenance.equipment"].create(
    {"name": "Template", "category_id": categories[0].id, "maintenance_team_id": teams[0].id, "cost": 1000.0,
     "effective_date": date.today(), "downtime_hourly_cost": 50.0, "location_id": halls[0].id, "company_id": company.id}
)  # fmt: skip
A = first_id("maintenance_equipment")
CHILD_PARENT = f"({A} + 1 + (s.n - {TOP} - 1) / 4)"
clone(
    "maintenance_equipment", asset.id, f"SELECT generate_series(1, {ASSETS}) AS n",
    id=f"{A} + s.n",
    name="jsonb_build_object('en_US', CASE WHEN s.n <= %d THEN 'Machine ' ELSE 'Component ' END || lpad(s.n::text, 5, '0'))" % TOP,
    parent_id=f"CASE WHEN s.n > {TOP} THEN {CHILD_PARENT} END",
    parent_path=f"CASE WHEN s.n > {TOP} THEN {CHILD_PARENT} || '/' ELSE '' END || ({A} + s.n) || '/'",
    category_id=pick(categories, "s.n * 7"),
    maintenance_team_id=pick(teams, "s.n"),
    location_id=pick(halls, "s.n * 3"),
    serial_no="'SN-' || s.n", scan_token="md5('asset' || s.n)", maintenance_number="'P' || lpad(s.n::text, 5, '0')",
    criticality="(ARRAY['low','medium','medium','high','vital'])[1 + s.n % 5]",
    cost="CASE WHEN s.n <= %d THEN 20000 + s.n * 37 %% 180000 ELSE 500 + s.n * 13 %% 9000 END" % TOP,
    downtime_hourly_cost="20 + s.n * 11 % 400",
    effective_date=f"CURRENT_DATE - {DAYS} - (s.n * 31 % 1500)",
    warranty_date=f"CURRENT_DATE - {DAYS} + (s.n * 17 % 2500)",
)  # fmt: skip

# -- Schedules: one per category, every asset on the one of its category -----------------------------------------------

schedules = env["maintenance.schedule"].create(
    [{"name": f"Inspection of {category.name}", "company_id": company.id, "interval": 3, "interval_unit": "month",
      "start_date": date.today(), "lead_days": 7} for category in categories]
)  # fmt: skip
line = env["maintenance.schedule.asset"].create(
    {"schedule_id": schedules[0].id, "equipment_id": asset.id, "start_date": date.today()}
)
S = first_id("maintenance_schedule_asset")
clone(
    "maintenance_schedule_asset", line.id, f"SELECT generate_series(1, {ASSETS}) AS n",
    id=f"{S} + s.n", equipment_id=f"{A} + s.n", schedule_id=pick(schedules, "s.n * 7"),
    start_date=f"CURRENT_DATE - {DAYS} + s.n * 37 % 91", next_date="CURRENT_DATE + s.n * 37 % 91",
    next_nominal_date="CURRENT_DATE + s.n * 37 % 91", generate_date="CURRENT_DATE + s.n * 37 % 91 - 7",
)  # fmt: skip
cr.execute(
    "INSERT INTO maintenance_schedule_equipment_rel (schedule_id, equipment_id)"
    " SELECT schedule_id, equipment_id FROM maintenance_schedule_asset ON CONFLICT DO NOTHING"
)

# -- Work orders: 20 per asset, one each quarter -----------------------------------------------------------------------

request = env["maintenance.request"].create(
    {"name": "Template", "equipment_id": asset.id, "maintenance_team_id": teams[0].id, "user_id": technicians[0].id,
     "company_id": company.id}
)  # fmt: skip
env.flush_all()
cr.execute("SELECT state, MIN(id) FROM maintenance_stage GROUP BY state")
stages = dict(cr.fetchall())
stage_sql = "CASE w.state " + " ".join(f"WHEN '{state}' THEN {stage}" for state, stage in stages.items()) + " END"
W = first_id("maintenance_request")
cr.execute(
    f"""
    CREATE TEMP TABLE plant_wo AS
    WITH base AS (
        SELECT n, CASE WHEN n % {BUSY} = 0 THEN 1 ELSE 1 + n % {ASSETS} END AS asset, n / {ASSETS} AS k,
               n % {BUSY} <> 0 AND (n / {ASSETS} + n) % 5 < 3 AS preventive,
               CURRENT_DATE - {DAYS} + ((n / {ASSETS}) * 91 + (n % {ASSETS}) * 37 % 91) AS day,
               (n::bigint * 7919) % 1000 AS dice
          FROM generate_series(0, {WORK_ORDERS - 1}) AS n
    ), stated AS (
        SELECT *, CURRENT_DATE - day AS age,
               CASE WHEN dice < 20 THEN 'cancelled'
                    WHEN CURRENT_DATE - day > 60 OR dice < 500 THEN CASE WHEN dice < 60 THEN 'completed' ELSE 'closed' END
                    ELSE (ARRAY['requested','approved','assigned','in_progress','waiting_parts'])[1 + dice % 5]
               END AS state
          FROM base
    )
    SELECT *, day + TIME '06:00' + dice * INTERVAL '1 minute' / 2 AS t0,
           -- how long each step took
           (1 + dice % 48) * INTERVAL '30 minutes' AS to_approve, (1 + dice % 72) * INTERVAL '30 minutes' AS to_assign,
           (1 + dice % 96) * INTERVAL '1 hour' AS to_start, (1 + dice % 12) * INTERVAL '1 hour' AS to_complete,
           (1 + dice % 5) * INTERVAL '1 day' AS to_close
      FROM stated
    """
)
cr.execute("ALTER TABLE plant_wo ADD PRIMARY KEY (n)")
cr.execute("ANALYZE plant_wo")
REACHED = {  # the states in which a date is stamped
    "approved": "('requested','cancelled')", "assigned": "('requested','cancelled','approved')",
    "started": "('requested','cancelled','approved','assigned')",
}  # fmt: skip
STARTED = "w.t0 + w.to_approve + w.to_assign + w.to_start"
clone(
    "maintenance_request", request.id,
    f"SELECT w.*, {stage_sql} AS stage FROM plant_wo w",
    id=f"{W} + 1 + s.n", name="CASE WHEN s.preventive THEN 'Inspection ' ELSE 'Repair ' END || s.n", reference="'PLANT/' || lpad(s.n::text, 6, '0')",
    equipment_id=f"{A} + s.asset", category_id=pick(categories, "s.asset * 7"), maintenance_team_id=pick(teams, "s.asset"),
    user_id=f"CASE WHEN s.state NOT IN {REACHED['assigned']} THEN {pick(technicians, '(s.asset % 8) * 4 + s.dice % 4')} END",
    stage_id="s.stage", state="s.state", archive="s.state = 'cancelled'",
    maintenance_type="CASE WHEN s.preventive THEN 'preventive' ELSE 'corrective' END",
    schedule_id=f"CASE WHEN s.preventive THEN {pick(schedules, 's.asset * 7')} END",
    schedule_asset_id=f"CASE WHEN s.preventive THEN {S} + s.asset END",
    schedule_due_date="CASE WHEN s.preventive THEN s.day + 7 END",
    priority="(ARRAY['0','1','1','2','2','3'])[1 + s.dice % 6]", request_date="s.day", create_date="s.t0", write_date="s.t0",
    schedule_date="s.t0 + INTERVAL '7 days'", schedule_end="s.t0 + INTERVAL '7 days' + s.to_complete",
    duration="1 + s.dice % 12", expected_hours="1 + s.dice % 12",
    date_failure="CASE WHEN NOT s.preventive THEN s.t0 END",
    date_approved=f"CASE WHEN s.state NOT IN {REACHED['approved']} THEN s.t0 + s.to_approve END",
    date_assigned=f"CASE WHEN s.state NOT IN {REACHED['assigned']} THEN s.t0 + s.to_approve + s.to_assign END",
    date_started=f"CASE WHEN s.state NOT IN {REACHED['started']} THEN {STARTED.replace('w.', 's.')} END",
    date_completed=f"CASE WHEN s.state IN ('completed','closed') THEN {STARTED.replace('w.', 's.')} + s.to_complete END",
    date_closed=f"CASE WHEN s.state = 'closed' THEN {STARTED.replace('w.', 's.')} + s.to_complete + s.to_close END",
    close_date=f"CASE WHEN s.state IN ('completed','closed') THEN ({STARTED.replace('w.', 's.')} + s.to_complete)::date END",
    waiting_for="CASE WHEN s.state = 'waiting_parts' THEN 'parts' END",
    parts_state="CASE WHEN s.n % 2 = 0 THEN 'none' WHEN s.state IN ('completed','closed','cancelled') THEN 'consumed' ELSE 'ready' END",
    not_fixed_count="(s.dice % 25 = 0 AND s.state = 'closed')::int",
)  # fmt: skip

# -- Hours: three for two work orders, at a rate that rises every year -------------------------------------------------

request.action_approve()
labor = env["maintenance.labor"].create(
    {"maintenance_request_id": request.id, "user_id": technicians[0].id, "hours": 1.0, "date": date.today()}
)
L = first_id("maintenance_labor")
RATE = "(36 + s.k / 4)"
clone(
    "maintenance_labor", labor.id,
    f"""SELECT w.*, {STARTED} AS started, row_number() OVER () AS row, part
          FROM plant_wo w, generate_series(0, 1) AS part
         WHERE w.state NOT IN {REACHED['started']} AND (part = 0 OR w.n % 2 = 0)""",
    id=f"{L} + s.row", maintenance_request_id=f"{W} + 1 + s.n",
    user_id=pick(technicians, "(s.asset % 8) * 4 + (s.dice + s.part) % 4"),
    date="(s.started + s.part * INTERVAL '6 hours')::date", hours="0.5 * (1 + (s.dice + s.part) % 12)",
    hourly_cost=RATE, amount=f"0.5 * (1 + (s.dice + s.part) % 12) * {RATE}",
    create_date="s.started", write_date="s.started",
)  # fmt: skip

# -- Parts used: on every second work order two, some taken back -------------------------------------------------------

move = env["stock.move"].create({"maintenance_request_id": request.id, "product_id": parts[0].id, "product_uom_qty": 1})
M = first_id("stock_move")
clone(
    "stock_move", move.id,
    f"""SELECT w.*, {STARTED} + w.to_complete AS used, row_number() OVER () AS row, part,
               1 + (w.dice + part) % 4 AS qty, (w.n * 3 + part * 101) % 300 AS product,
               (w.state IN ('completed','closed')) AS done
          FROM plant_wo w, generate_series(0, 1) AS part
         WHERE w.n % 2 = 1 AND w.state NOT IN ('requested','cancelled')""",
    id=f"{M} + s.row", maintenance_request_id=f"{W} + 1 + s.n", product_id=pick(parts, "s.product"),
    product_qty="s.qty", product_uom_qty="s.qty", quantity="s.qty",
    value="CASE WHEN s.done THEN s.qty * (5 + s.product) ELSE 0 END", state="CASE WHEN s.done THEN 'done' ELSE 'assigned' END",
    date="s.used", date_deadline="s.used", create_date="s.t0", write_date="s.used", picked="s.done",
    cost_date="CASE WHEN s.done THEN s.used::date END",
    is_out="s.done", is_in="FALSE", reference="'PLANT/' || lpad(s.n::text, 6, '0')",
)  # fmt: skip

# -- Bought: a service, a consumable and a stored part on every sixth work order, four of five billed -------------------

order = env["purchase.order"].create(
    {"partner_id": vendors[0].id, "order_line": [
        Command.create({"product_id": product.id, "product_qty": 1, "price_unit": 100, "tax_ids": False,
                        "maintenance_request_id": request.id, "equipment_id": asset.id})
        for product in (services[0], consumables[0], parts[0])]}
)  # fmt: skip
order.button_confirm()
order.order_line[0].qty_received = 1
picking = order.picking_ids
picking.button_validate()
order.action_create_invoice()
bill = order.invoice_ids
bill.invoice_date = date.today()
bill.action_post()
assert bill.state == "posted" and picking.state == "done", (bill.state, picking.state)
env.flush_all()
P, O, K, V, I, J = (
    first_id(table)
    for table in ("purchase_order_line", "purchase_order", "stock_picking", "stock_move", "account_move", "account_move_line")
)
cr.execute(
    f"""
    CREATE TEMP TABLE plant_po AS
    SELECT row_number() OVER (ORDER BY w.n) AS row, w.n, w.asset, w.k, w.dice, w.t0 + INTERVAL '1 day' AS ordered,
           w.t0 + (2 + w.dice % 20) * INTERVAL '1 day' AS received, (w.t0 + (10 + w.dice % 40) * INTERVAL '1 day')::date AS billed,
           w.t0 + (2 + w.dice % 20) * INTERVAL '1 day' < CURRENT_TIMESTAMP AS is_received,
           w.n % 10 <> 1 AND w.t0 + (10 + w.dice % 40) * INTERVAL '1 day' < CURRENT_TIMESTAMP AS is_billed,
           1 + w.n % 50 AS vendor,
           -- quantity, price and what the bill says, of each line
           ARRAY[1, 1 + w.dice % 5, 1 + w.dice % 4] AS qty, ARRAY[100 + w.n % 900, 10 + w.n % 40, 5 + w.n % 300] AS price,
           CASE w.dice % 12 WHEN 0 THEN 1.10 WHEN 1 THEN 0.95 ELSE 1 END AS factor
      FROM plant_wo w WHERE w.n % 6 = 1 AND w.state NOT IN ('requested', 'cancelled')
    """
)
cr.execute("ANALYZE plant_po")
LINES = "SELECT p.*, i, qty[i] AS q, price[i] AS price_i, round(qty[i] * price[i] * factor, 2) AS billed_i FROM plant_po p, generate_series(1, 3) i"
TOTAL = "(s.qty[1] * s.price[1] + s.qty[2] * s.price[2] + s.qty[3] * s.price[3])"
BILLED = "(round(s.qty[1] * s.price[1] * s.factor, 2) + round(s.qty[2] * s.price[2] * s.factor, 2) + round(s.qty[3] * s.price[3] * s.factor, 2))"
PRODUCT = f"CASE s.i WHEN 1 THEN {pick(services, 's.n')} WHEN 2 THEN {pick(consumables, 's.n')} ELSE {pick(parts, 's.n')} END"
VENDOR = f"(ARRAY{vendors.ids})[s.vendor]"
clone(
    "purchase_order", order.id, "SELECT * FROM plant_po",
    id=f"{O} + s.row", name="'PLANT' || lpad(s.row::text, 6, '0')", partner_id=VENDOR, date_order="s.ordered",
    date_approve="s.ordered", date_planned="s.received", date_calendar_start="s.ordered", create_date="s.ordered",
    write_date="s.ordered", effective_date="CASE WHEN s.is_received THEN s.received END",
    receipt_status="CASE WHEN s.is_received THEN 'full' ELSE 'pending' END",
    invoice_status="CASE WHEN s.is_billed THEN 'invoiced' WHEN s.is_received THEN 'to invoice' ELSE 'no' END",
    invoice_count="s.is_billed::int", access_token="NULL",
    amount_untaxed=TOTAL, amount_total=TOTAL, amount_total_cc=TOTAL,
)  # fmt: skip
clone(
    "purchase_order_line", order.order_line[0].id, LINES,
    id=f"{P} + s.row * 3 + s.i - 3", order_id=f"{O} + s.row", product_id=PRODUCT, partner_id=VENDOR, sequence="s.i",
    maintenance_request_id=f"{W} + 1 + s.n", equipment_id=f"{A} + s.asset", date_planned="s.received",
    name="CASE s.i WHEN 1 THEN 'Service' WHEN 2 THEN 'Consumable' ELSE 'Part' END",
    qty_received_method="CASE s.i WHEN 1 THEN 'manual' ELSE 'stock_moves' END",
    product_qty="s.q", product_uom_qty="s.q", price_unit="s.price_i", technical_price_unit="s.price_i",
    price_subtotal="s.q * s.price_i", price_total="s.q * s.price_i",
    qty_received="CASE WHEN s.is_received THEN s.q ELSE 0 END",
    qty_received_manual="CASE WHEN s.is_received AND s.i = 1 THEN s.q ELSE 0 END",
    qty_invoiced="CASE WHEN s.is_billed THEN s.q ELSE 0 END",
    qty_to_invoice="CASE WHEN s.is_received AND NOT s.is_billed THEN s.q ELSE 0 END",
    create_date="s.ordered", write_date="CASE WHEN s.is_received THEN s.received ELSE s.ordered END",
)  # fmt: skip
clone(
    "stock_picking", picking.id, "SELECT * FROM plant_po",
    id=f"{K} + s.row", name="'PLANT/IN/' || lpad(s.row::text, 6, '0')", partner_id=VENDOR, origin="'PLANT' || lpad(s.row::text, 6, '0')",
    state="CASE WHEN s.is_received THEN 'done' ELSE 'assigned' END", scheduled_date="s.received", date_deadline="s.received",
    date_done="CASE WHEN s.is_received THEN s.received END", create_date="s.ordered", write_date="s.ordered",
)  # fmt: skip
clone(
    "stock_move", picking.move_ids.filtered(lambda move: move.product_id in parts).id, f"SELECT * FROM ({LINES}) x WHERE i > 1",
    id=f"{V} + s.row * 2 + s.i - 3", picking_id=f"{K} + s.row", purchase_line_id=f"{P} + s.row * 3 + s.i - 3", product_id=PRODUCT,
    partner_id=VENDOR, product_qty="s.q", product_uom_qty="s.q", quantity="s.q", price_unit="s.price_i",
    value="CASE WHEN s.is_received AND s.is_billed THEN s.billed_i WHEN s.is_received THEN s.q * s.price_i ELSE 0 END",
    state="CASE WHEN s.is_received THEN 'done' ELSE 'assigned' END", is_in="s.is_received", picked="s.is_received",
    date="s.received", date_deadline="s.received", create_date="s.ordered", write_date="s.ordered",
    reference="'PLANT/IN/' || lpad(s.row::text, 6, '0')", origin="'PLANT' || lpad(s.row::text, 6, '0')",
)  # fmt: skip
clone(
    "account_move", bill.id, "SELECT * FROM plant_po WHERE is_billed",
    id=f"{I} + s.row", name="'PLANT/BILL/' || lpad(s.row::text, 6, '0')", sequence_prefix="'PLANT/BILL/'", sequence_number="s.row",
    partner_id=VENDOR, commercial_partner_id=VENDOR, partner_shipping_id="NULL", invoice_partner_display_name="'Vendor ' || lpad((s.vendor - 1)::text, 2, '0')",
    date="s.billed", invoice_date="s.billed", invoice_date_due="s.billed + 30", ref="NULL", access_token="NULL",
    invoice_origin="'PLANT' || lpad(s.row::text, 6, '0')", create_date="s.billed", write_date="s.billed",
    amount_untaxed=BILLED, amount_total=BILLED, amount_residual=BILLED, amount_untaxed_signed=f"-{BILLED}",
    amount_total_signed=f"-{BILLED}", amount_residual_signed=f"-{BILLED}",
    amount_untaxed_in_currency_signed=f"-{BILLED}", amount_total_in_currency_signed=f"-{BILLED}",
)  # fmt: skip
in_bill = {"move_id": f"{I} + s.row", "move_name": "'PLANT/BILL/' || lpad(s.row::text, 6, '0')", "partner_id": VENDOR,
           "date": "s.billed", "invoice_date": "s.billed", "ref": "NULL", "create_date": "s.billed", "write_date": "s.billed"}  # fmt: skip
goods = bill.line_ids.filtered(lambda line: line.display_type == "product")[0]
payable = bill.line_ids.filtered(lambda line: line.display_type == "payment_term")
clone(
    "account_move_line", goods.id, f"SELECT * FROM ({LINES}) x WHERE is_billed",
    id=f"{J} + s.row * 4 + s.i - 4", product_id=PRODUCT, purchase_line_id=f"{P} + s.row * 3 + s.i - 3", quantity="s.q",
    price_unit="s.billed_i / s.q", price_subtotal="s.billed_i", price_total="s.billed_i", debit="s.billed_i", credit="0",
    balance="s.billed_i", amount_currency="s.billed_i", **in_bill,
)  # fmt: skip
clone(
    "account_move_line", payable.id, "SELECT * FROM plant_po WHERE is_billed",
    id=f"{J} + s.row * 4", debit="0", credit=BILLED, balance=f"-{BILLED}", amount_currency=f"-{BILLED}",
    amount_residual=f"-{BILLED}", amount_residual_currency=f"-{BILLED}", date_maturity="s.billed + 30", **in_bill,
)  # fmt: skip
cr.execute(
    f"INSERT INTO account_move_purchase_order_rel (purchase_order_id, account_move_id)"
    f" SELECT {O} + row, {I} + row FROM plant_po WHERE is_billed"
)

# -- Paid: what is due, each bill by a payment of its own ---------------------------------------------------------------

wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=bill.ids).create({})
payment = wizard._create_payments()
partial = payment.move_id.line_ids.matched_credit_ids
assert len(payment.move_id.line_ids) == 2 and len(partial) == 1, "a payment of one bill has one entry of two lines"
Y, E, F, G = map(first_id, ("account_payment", "account_move", "account_move_line", "account_partial_reconcile"))
DUE = "SELECT * FROM plant_po WHERE is_billed AND billed + 30 < CURRENT_DATE"
dated = {"partner_id": VENDOR, "date": "s.billed + 30", "create_date": "s.billed + 30", "write_date": "s.billed + 30"}
named = "'PLANT/PAY/' || lpad(s.row::text, 6, '0')"
clone(
    "account_payment", payment.id, DUE,
    id=f"{Y} + s.row", name=named, amount=BILLED, amount_company_currency_signed=f"-{BILLED}", move_id="NULL",
    memo="'PLANT/BILL/' || lpad(s.row::text, 6, '0')", **dated,
)  # fmt: skip
clone(
    "account_move", payment.move_id.id, DUE,
    id=f"{E} + s.row", name=named, sequence_prefix="'PLANT/PAY/'", sequence_number="s.row", ref="NULL", access_token="NULL",
    commercial_partner_id=VENDOR, origin_payment_id=f"{Y} + s.row", amount_total=BILLED, amount_total_signed=BILLED, **dated,
)  # fmt: skip
cr.execute(f"UPDATE account_payment SET move_id = {E} + id - {Y} WHERE id > {Y}")
for number, line in enumerate((partial.debit_move_id, payment.move_id.line_ids - partial.debit_move_id)):
    debit, credit = (BILLED, "0") if line.debit else ("0", BILLED)
    clone(
        "account_move_line", line.id, DUE,
        id=f"{F} + s.row * 2 - {number}", move_id=f"{E} + s.row", move_name=named, ref="NULL", debit=debit, credit=credit,
        balance=f"{debit} - {credit}", amount_currency=f"{debit} - {credit}", full_reconcile_id="NULL", **dated,
    )  # fmt: skip
clone(
    "account_partial_reconcile", partial.id, DUE,
    id=f"{G} + s.row", debit_move_id=f"{F} + s.row * 2", credit_move_id=f"{J} + s.row * 4", amount=BILLED,
    debit_amount_currency=BILLED, credit_amount_currency=BILLED, full_reconcile_id="NULL", max_date="s.billed + 30",
    create_date="s.billed + 30", write_date="s.billed + 30",
)  # fmt: skip
cr.execute(f"UPDATE account_move SET payment_state = 'paid', amount_residual = 0 WHERE id IN (SELECT {I} + row FROM ({DUE}) s)")
cr.execute(f"UPDATE account_move_line SET amount_residual = 0, amount_residual_currency = 0 WHERE id IN (SELECT {J} + row * 4 FROM ({DUE}) s)")

# -- Asked for: 10,000 requisitions of two lines, the first on the orders above, 100 waiting for approval --------------

requisition = env["maintenance.requisition"].create(
    {"reason": "Template", "line_ids": [Command.create(
        {"product_id": services[0].id, "product_qty": 1, "price_unit": 100, "partner_id": vendors[0].id,
         "maintenance_request_id": request.id})]}
)  # fmt: skip
requisition.action_submit()
env.flush_all()
Q, R = first_id("maintenance_requisition"), first_id("maintenance_requisition_line")
ASKED = "SELECT p.*, p.row > (SELECT MAX(row) - 100 FROM plant_po) AS waiting FROM plant_po p WHERE row % 3 = 0"
clone(
    "maintenance_requisition", requisition.id, ASKED,
    id=f"{Q} + s.row", name="'PLANT/REQ/' || lpad(s.row::text, 6, '0')", state="CASE WHEN s.waiting THEN 'to_approve' WHEN s.is_received THEN 'done' ELSE 'ordered' END",
    current_tier_id="NULL", amount_total="s.price[1] + s.qty[2] * s.price[2]", job_amount="s.price[1] + s.qty[2] * s.price[2]",
    date_required="s.received::date", date_submitted="s.ordered - INTERVAL '20 hours'", date_waiting="s.ordered - INTERVAL '20 hours'",
    create_date="s.ordered - INTERVAL '21 hours'", write_date="s.ordered", revision="1",
)  # fmt: skip
clone(
    "maintenance_requisition_line", requisition.line_ids.id, f"SELECT x.*, i, qty[i] AS q, price[i] AS price_i FROM ({ASKED}) x, generate_series(1, 2) i",
    id=f"{R} + s.row * 2 + s.i - 2", requisition_id=f"{Q} + s.row", product_id=PRODUCT, partner_id=VENDOR, sequence="s.i",
    maintenance_request_id=f"{W} + 1 + s.n", equipment_id=f"{A} + s.asset", date_required="s.received::date",
    name="CASE s.i WHEN 1 THEN 'Service' ELSE 'Consumable' END", is_service="s.i = 1",
    product_qty="s.q", qty_to_buy="s.q", price_unit="s.price_i", price_subtotal="s.q * s.price_i",
    state="CASE WHEN s.waiting THEN 'to_approve' WHEN s.is_received THEN 'done' ELSE 'ordered' END",
    is_open="s.waiting OR NOT s.is_received", qty_ordered="CASE WHEN s.waiting THEN 0 ELSE s.q END",
    qty_received="CASE WHEN s.is_received AND NOT s.waiting THEN s.q ELSE 0 END",
    create_date="s.ordered - INTERVAL '21 hours'", write_date="s.ordered",
)  # fmt: skip
cr.execute(
    f"""UPDATE purchase_order_line line SET requisition_line_id = {R} + s.row * 2 + i - 2
          FROM ({ASKED}) s, generate_series(1, 2) i WHERE NOT s.waiting AND line.id = {P} + s.row * 3 + i - 3"""
)
tier = env["maintenance.approval.tier"].search([("company_id", "=", company.id)], order="min_amount", limit=1)
cr.execute(
    f"""INSERT INTO maintenance_approval_decision (requisition_id, company_id, revision, tier_id, user_id, decision, amount, create_uid, create_date, write_uid, write_date)
        SELECT {Q} + s.row, {company.id}, 1, {tier.id}, 2, 'approved', s.price[1] + s.qty[2] * s.price[2], 2, s.ordered - INTERVAL '2 hours', 2, s.ordered
          FROM ({ASKED}) s WHERE NOT s.waiting"""
)
cr.execute(f"UPDATE maintenance_requisition SET current_tier_id = {tier.id} WHERE state = 'to_approve' AND id > {Q}")

# -- Standstill: of every second repair --------------------------------------------------------------------------------

downtime = env["maintenance.downtime"].create({"equipment_id": asset.id, "date_from": "2020-01-01 06:00:00", "date_to": "2020-01-01 08:00:00"})
D = first_id("maintenance_downtime")
HOURS = "(2 + s.dice % 90)"
clone(
    "maintenance_downtime", downtime.id, "SELECT * FROM plant_wo WHERE NOT preventive AND n % 4 <> 2 AND state IN ('completed','closed')",
    id=f"{D} + 1 + s.n", equipment_id=f"{A} + s.asset", category_id=pick(categories, "s.asset * 7"), maintenance_request_id=f"{W} + 1 + s.n",
    status="CASE WHEN s.dice % 6 = 0 THEN 'degraded' ELSE 'down' END", date_from="s.t0", date_to=f"s.t0 + {HOURS} * INTERVAL '1 hour'",
    hours=HOURS, hourly_cost="20 + s.asset * 11 % 400", cost=f"CASE WHEN s.dice % 6 = 0 THEN 0 ELSE {HOURS} * (20 + s.asset * 11 % 400) END",
    create_date="s.t0", write_date="s.t0",
)  # fmt: skip

env.invalidate_all()
cr.commit()
cr.execute("ANALYZE")
cr.commit()
print("busiest asset:", A + 1, "first work order:", W + 1)

# -- Time lines of what is done: four phases each ----------------------------------------------------------------------

cr.execute(
    """
    INSERT INTO maintenance_request_phase
           (maintenance_request_id, phase, date_from, date_to, hours, maintenance_team_id, equipment_id, company_id, maintenance_type)
    SELECT request.id, line.phase, line.since, line.until, EXTRACT(EPOCH FROM line.until - line.since) / 3600,
           request.maintenance_team_id, request.equipment_id, request.company_id, request.maintenance_type
      FROM maintenance_request request,
           LATERAL (VALUES
               ('acknowledge', create_date, create_date + (date_approved - create_date) / 2),
               ('approve', create_date + (date_approved - create_date) / 2, date_approved),
               ((ARRAY['people','vendor','people','money','people','people'])[1 + id % 6], date_approved, date_started),
               ('repair', date_started, date_completed)
           ) AS line (phase, since, until)
     WHERE request.state IN ('completed', 'closed') AND request.date_started IS NOT NULL
    """
)
print("maintenance_request_phase:", cr.rowcount)
cr.execute("ANALYZE maintenance_request_phase")
cr.commit()

# -- What was bought and is no stock, as the ledger enters it: with the ORM, batch by batch ------------------------------

lines = env["purchase.order.line"].search(["|", ("maintenance_request_id", "!=", False), ("equipment_id", "!=", False)])
for start in range(0, len(lines), 2000):
    lines[start : start + 2000]._settle_cost()
    env.flush_all()
    env.invalidate_all()
    cr.commit()
cr.execute("ANALYZE maintenance_cost_entry")
cr.commit()
print("cost entries:", env["maintenance.cost.entry"].search_count([]))
