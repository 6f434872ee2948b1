"""What is kept with ``tools.ormcache`` because every click asks for it and it hardly ever changes."""


def forget_kept(env):
    """Now, and once others can see what changed: in between somebody may have read what was."""
    env.registry.clear_cache()
    env.cr.postcommit.add(env.registry.clear_cache)
