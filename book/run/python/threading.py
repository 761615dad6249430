"""There is one thread here: a thread that is started runs to its end at once."""


class Thread:
    def __init__(self, target, args=(), daemon=None):
        self.target, self.args, self.ident = target, args, 0

    def start(self):
        self.target(*self.args)

    def join(self, timeout=None):
        pass

    def is_alive(self):
        return False
