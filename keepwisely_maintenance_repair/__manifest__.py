{
    "name": "Keepwisely Maintenance: Repairs",
    "summary": "Parts that come out of an asset go to repair and back on the shelf",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Maintenance",
    "author": "Keepwisely",
    "website": "https://github.com/keepwisely/keepwisely_maintenance",
    "license": "LGPL-3",
    "depends": ["keepwisely_maintenance", "repair"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/maintenance_repair_send_views.xml",
        "views/maintenance_request_views.xml",
        "views/maintenance_equipment_views.xml",
        "views/repair_order_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
