"""Takes pictures of a running Odoo: ADDRESS FOLDER CHROMIUM, and on standard input a JSON list as in pictures.json with `url`."""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WAIT = 60_000  # ms; a first page builds the style sheets
SETTLED = """() => !document.querySelector('.o_blockUI, .o_loading_indicator, .fa-spin')
    && document.querySelector('.o_view_controller, .o_action, .o_work_count')"""


def main(address, folder, chromium):
    faults = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in json.load(sys.stdin):
            phone = picture.get("width", 1400) < 500
            context = browser.new_context(
                viewport={"width": picture.get("width", 1400), "height": picture.get("height", 860)},
                device_scale_factor=2 if phone else 1, has_touch=phone, is_mobile=phone,
            )  # fmt: skip
            page = context.new_page()
            page.set_default_timeout(WAIT)
            page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
            page.goto(f"{address}/web/login")
            page.fill("#login", picture["login"])
            page.fill("#password", picture["login"])
            page.press("#password", "Enter")
            page.wait_for_url("**/odoo**")
            page.goto(address + picture["url"])
            for target in picture.get("click", ()):
                page.wait_for_function(SETTLED)
                page.locator(target).first.click()
            page.wait_for_function(SETTLED)
            page.wait_for_timeout(1500)  # charts are drawn in an animation
            page.screenshot(path=Path(folder) / f"{picture['name']}.png")
            context.close()
            print(picture["name"], flush=True)
        browser.close()
    if faults:
        sys.exit("errors in the browser's console:\n" + "\n".join(faults))


main(*sys.argv[1:])
