"""Keys that this module puts into the context for itself.

Anybody may send a context over the network. A key of the module therefore counts only when its
value is the object below, which nothing that comes over the network turns into.
"""

BY_SYSTEM = object()


def is_by_system(env, key):
    """Whether code of this module has set ``key`` in the context of ``env``."""
    return env.context.get(key) is BY_SYSTEM
