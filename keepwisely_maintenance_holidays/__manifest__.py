{
    "name": "Keepwisely Maintenance: Time Off",
    "summary": "Leave that technicians have asked for, in the planner's week",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Maintenance",
    "author": "Keepwisely",
    "website": "https://github.com/keepwisely/keepwisely_maintenance",
    "license": "LGPL-3",
    "depends": ["keepwisely_maintenance", "hr_holidays"],
    "assets": {
        "web.assets_backend": ["keepwisely_maintenance_holidays/static/src/**/*"],
        "web.assets_tests": ["keepwisely_maintenance_holidays/static/tests/**/*.js"],
    },
    "auto_install": True,
}
