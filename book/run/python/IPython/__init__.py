"""IPython, where there is none."""

_page = __import__("_page")


def get_ipython():
    return None


def display(*values):
    __import__("builtins").display(*values)
