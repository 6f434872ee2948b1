"""The rows of `make matrix`: which modules, in which worlds, in which orders."""

import ast
import os
import re
from pathlib import Path

from . import matrix_code
from .oca_modules import pinned
from .settings import REPO, Failure, digest, module_fingerprint, option

LIST = REPO / "scripts" / "matrix.txt"
WORLDS = REPO / "scripts" / "worlds"
ORDERS = ("before", "after", "upgraded", "tagged")  # the other modules before ours, after it; ours from an older commit
# Not in `everything`: other countries' books, tests, themes, payment providers, devices, services, Python packages we lack.
NOT_EVERYTHING = re.compile(
    "l10n_|test_|theme_|payment_|cloud_storage|iot_|auth_ldap|account_peppol|sms_twilio|google_|microsoft_"
    "|.*(_test|tax_python|adyen|dpopay|glory_cash|imin|mercado|pine_labs|qfpay|razorpay|stripe|viva_com|gelato|mondialrelay)")


def listed():
    lines = [Line(text) for text in LIST.read_text().splitlines() if text and not text.startswith("#")]
    return lines + [Line(name, by_itself=True) for name in sorted(pinned())]


class Line:
    """A row of the list: the modules that come with ours, and the worlds that the database is before."""

    def __init__(self, text, by_itself=False):
        self.short, self.by_itself = text.startswith("*"), by_itself
        modules, _at, worlds = (part.strip() for part in text.strip("* ").partition("@"))
        self.worlds = worlds.split()
        self.modules = [] if modules == "alone" else _everything() if modules == "everything" else modules.split("+")
        self.title = f"{modules} @ {worlds}" if worlds else modules
        missing = [name for name in self.worlds if name != "demo" and not (WORLDS / f"{name}.py").exists()]
        if missing:
            raise Failure(f"no world is called {', '.join(missing)}; they are in scripts/worlds")

    def is_in(self, wanted):
        """What ROWS= names: parts of titles, `short`, `each` of OCA's modules; nothing named means the whole list."""
        names = [name.strip() for name in wanted.split(",") if name.strip()] or ["all"]
        kinds = {"all": not self.by_itself, "short": self.short, "each": self.by_itself}
        return any(kinds.get(name, name == self.title or (not self.by_itself and name in self.title)) for name in names)

    @property
    def orders(self):
        """A world is there before our module; beside nothing there is no after."""
        wanted = option("ORDER").split(",") if option("ORDER") else ORDERS
        if not set(wanted) <= set(ORDERS):
            raise Failure(f"ORDER names some of {', '.join(ORDERS)}")
        possible = ORDERS if self.modules and not set(self.worlds) - {"demo"} else ("before", "upgraded", "tagged")
        return [order for order in wanted if order in possible and order in matrix_code.orders()]

    @property
    def code(self):
        """Changes with whatever this row is about."""
        harness = [*sorted(Path(__file__).parent.glob("matrix*.py")), *(WORLDS / f"{name}.py" for name in self.worlds
                                                                         if name != "demo")]
        return digest(module_fingerprint(), os.environ["KW_ODOO_ID"], *self.modules, *(path.read_text() for path in harness))


def _everything():
    manifests = (Path(os.environ["KW_ODOO"]) / "odoo" / "addons").glob("*/__manifest__.py")
    content = {path.parent.name: ast.literal_eval(path.read_text()) for path in manifests}
    return sorted(name for name, manifest in content.items()
                  if manifest.get("installable", True) and not NOT_EVERYTHING.match(name))
