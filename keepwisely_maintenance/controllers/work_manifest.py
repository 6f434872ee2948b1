from odoo.addons.web.controllers.webmanifest import WebManifest

APP = "keepwisely_maintenance"
ICONS = f"/{APP}/static/img/work-"


class MaintenanceWorkManifest(WebManifest):
    """What a phone needs to install the page for work on the floor: Odoo's scoped app, with icons of its own.

    Phones draw the screen they open with from a PNG of 512 px, and cut the maskable one into their own shape
    (https://www.w3.org/TR/appmanifest/#purpose-member); the icon of the module is an SVG.
    """

    def _get_scoped_app_icons(self, app_id):
        icons = super()._get_scoped_app_icons(app_id)
        if app_id != APP:
            return icons
        return icons + [
            {"src": f"{ICONS}{name}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable-512", 512, "maskable"))
        ]
