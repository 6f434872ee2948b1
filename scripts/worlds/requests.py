# Fed to Odoo's shell: 100,000 requests of 2,000 pieces of equipment, copies of one of each; what the installation takes is
# measured beside them.
ASSETS, REQUESTS = 2_000, 100_000
env["maintenance.request"].search([]).unlink()  # noqa: F821
team = env["maintenance.team"].create({"name": "Team of very many"})  # noqa: F821
asset = env["maintenance.equipment"].create({"name": "One of very many", "maintenance_team_id": team.id})  # noqa: F821
request = env["maintenance.request"].create({"name": "One of very many", "equipment_id": asset.id})  # noqa: F821
stages = env["maintenance.stage"].search([])  # noqa: F821
env.flush_all()  # noqa: F821


def copies(table, record, count, **values):
    cr = env.cr  # noqa: F821
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
               " AND column_name <> 'id' AND is_generated = 'NEVER'", [table])
    columns = [column for (column,) in cr.fetchall()]
    cr.execute(f"""INSERT INTO "{table}" ({", ".join(f'"{column}"' for column in columns)})
                   SELECT {", ".join(values.get(column, f't."{column}"') for column in columns)}
                     FROM "{table}" t, generate_series(1, {count}) n WHERE t.id = {record.id}""")
    cr.execute(f'ANALYZE "{table}"')


copies("maintenance_equipment", asset, ASSETS, name="""jsonb_build_object('en_US', 'Machine ' || n)""", serial_no="'SN-' || n")
copies("maintenance_request", request, REQUESTS, name="'Job ' || n", equipment_id=f"{asset.id} + n % {ASSETS}",
       stage_id=f"(ARRAY{stages.ids})[1 + n % {len(stages)}]", request_date="CURRENT_DATE - n % 1800",
       create_date="now() - n % 1800 * interval '1 day'",
       close_date=f"CASE WHEN (ARRAY{stages.ids})[1 + n % {len(stages)}] IN"
                  f" ({', '.join(map(str, stages.filtered('done').ids))}) THEN CURRENT_DATE - n % 1800 + 5 END",
       archive="n % 20 = 0")
env.cr.commit()  # noqa: F821
