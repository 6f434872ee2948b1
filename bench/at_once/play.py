"""Plays the scenes in which two do the same thing at once, and prints what came of each."""

import logging

from .scenes import SCENES
from .stage import Stage


def play(database, words):
    """Play the scenes that are named, or all.

    :returns: what went wrong, in words.
    """
    for name in ("odoo.sql_db", "odoo.addons.stock.models.stock_rule"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # who comes second is expected to be tried again
    scenes = [scene for scene in SCENES if not words or any(word in scene.__name__ for word in words)]
    stage, wrong = Stage(database) if scenes else None, []
    for scene in scenes:
        title = scene.__doc__.rstrip(".")
        try:
            outcomes = stage.play(scene)
        except Exception as error:
            wrong.append(f"{title}: {type(error).__name__}: {error}")
            outcomes = [("WRONG", 1)]
        told = (f"{outcome}{f' at the {tries}. try' if tries > 1 else ''}" for outcome, tries in outcomes[:3])
        print(f"{title}: {'; '.join(told)}", flush=True)
    return wrong
