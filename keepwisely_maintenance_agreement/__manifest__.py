{
    "name": "Keepwisely Maintenance: Purchase Agreements",
    "summary": "Requisitions of maintenance call off blanket orders, at their prices",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Maintenance",
    "author": "Keepwisely",
    "website": "https://github.com/keepwisely/keepwisely_maintenance",
    "license": "LGPL-3",
    "depends": ["keepwisely_maintenance", "purchase_requisition_stock"],
    "auto_install": True,
}
