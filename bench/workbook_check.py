"""Do workbooks calculate to what they say? Makes them, has LibreOffice calculate them anew, and compares each cell.

Run it on any database: ``make shell DB=x < bench/workbook_check.py``; needs LibreOffice (``soffice``) on the machine.
Prints the sheets with their number of formulas, and ends with an error when any result differs by a cent or more.
"""

import re
import shutil
import subprocess
import tempfile
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook


def calculate(content, folder):
    """The workbook as LibreOffice calculates and saves it."""
    Path(folder, "made.xlsx").write_bytes(content)
    for source, target in (("made.xlsx", "ods"), ("made.ods", "xlsx:Calc MS Excel 2007 XML")):
        subprocess.run(
            [
                "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                "--convert-to", target, "--outdir", folder, str(Path(folder, source)),
            ],
            check=True, capture_output=True, timeout=900,
        )  # fmt: skip
    return Path(folder, "made.xlsx")


def strip_results(content):
    """The same workbook without the results that were written beside the formulas, so that they must be calculated."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/"):
                data = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", data)
            new.writestr(item, data)
    return target.getvalue()


def check(name, content):
    folder = tempfile.mkdtemp(prefix="workbook-")
    try:
        Path(folder, "said.xlsx").write_bytes(content)
        said = load_workbook(Path(folder, "said.xlsx"), data_only=True)
        formulas = load_workbook(Path(folder, "said.xlsx"))
        calculated = load_workbook(calculate(strip_results(content), folder), data_only=True)
        wrong = 0
        for sheet in formulas.worksheets:
            count = 0
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    count += 1
                    told, found = said[sheet.title][cell.coordinate].value, calculated[sheet.title][cell.coordinate].value
                    told, found = ("" if value is None else value for value in (told, found))
                    are_numbers = isinstance(told, int | float) and isinstance(found, int | float)
                    if abs(told - found) >= 0.005 if are_numbers else told != found:
                        wrong += 1
                        if wrong < 5:
                            print(f"  {sheet.title}!{cell.coordinate} {cell.value}: said {told!r}, calculated {found!r}")
            print(f"{name}, {sheet.title}: {sheet.max_row} rows, {count} formulas", flush=True)
        assert not wrong, f"{name}: {wrong} results differ"
    finally:
        shutil.rmtree(folder)


assets = env["maintenance.equipment"].search([])
tracemalloc.start()
content = assets._get_cost_workbook()
most = tracemalloc.get_traced_memory()[1] // 2**20
tracemalloc.stop()
print(f"{len(assets)} assets, {len(content) // 1024} KiB, at most {most} MiB while writing")
check("Costs of assets", content)
for review in env["maintenance.purchase.review"].search([], limit=1):
    check("Open orders", review._get_workbook_file()[1])
check("Key figures", env["maintenance.kpi"].search([])._get_workbook())
print("All results agree.")
