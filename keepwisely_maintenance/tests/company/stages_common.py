def replace_board(env, *stages):
    """Make the board that a company had before the module: pairs of name and done, in order; no stage has a state."""
    old = env["maintenance.stage"].search([])
    board = env["maintenance.stage"].create(
        [{"name": name, "done": done, "sequence": sequence} for sequence, (name, done) in enumerate(stages)]
    )
    env.flush_all()
    env.cr.execute("UPDATE maintenance_request SET stage_id = %s WHERE stage_id IN %s", (board[0].id, old._ids))
    env.invalidate_all()
    old.unlink()
    env.flush_all()
    env.cr.execute("UPDATE maintenance_stage SET state = NULL WHERE id IN %s", (board._ids,))
    env.cr.execute("UPDATE maintenance_request SET state = NULL, phase = NULL WHERE stage_id IN %s", (board._ids,))
    env.invalidate_all()
    return board
