{
    "name": "Keepwisely Maintenance: Timesheets",
    "summary": "Hours of technicians on work orders are their timesheets",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Maintenance",
    "author": "Keepwisely",
    "website": "https://github.com/keepwisely/keepwisely_maintenance",
    "license": "LGPL-3",
    "depends": ["keepwisely_maintenance_project", "hr_timesheet"],
    "data": [
        "views/res_config_settings_views.xml",
        "views/maintenance_team_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
