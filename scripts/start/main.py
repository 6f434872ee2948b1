"""Odoo's entry point as a file.

Odoo starts its process for live updates by running its own first argument again. With `python -m odoo` that is a file inside
the package, which cannot be run by itself. This folder holds nothing else: it comes first on the path of what is run.
"""

from odoo.cli.command import main

main()
