{
    "name": "Keepwisely Maintenance: Projects",
    "summary": "Work orders of a shutdown or an overhaul belong to its project and are charged to it",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Maintenance",
    "author": "Keepwisely",
    "website": "https://github.com/keepwisely/keepwisely_maintenance",
    "license": "LGPL-3",
    "depends": ["keepwisely_maintenance", "project"],
    "data": [
        "views/maintenance_request_views.xml",
        "views/project_project_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
