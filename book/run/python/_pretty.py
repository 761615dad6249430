"""Results as IPython shows them: what is too long for a line stands below one another."""

WIDTH = 79
BRACKETS = {list: "[]", tuple: "()", set: "{}"}


def pretty(value, margin=0):
    """Write a value; `margin` columns stand before its first line already."""
    flat = repr(value)
    is_dict = isinstance(value, dict)
    if not is_dict and type(value) not in BRACKETS or len(value) == 0:
        return flat.replace("\n", "\n" + " " * margin)
    if "\n" not in flat and margin + len(flat) <= WIDTH:
        return flat
    if is_dict:
        heads = [repr(key) + ": " for key in value]
        parts = [h + pretty(value[key], margin + 1 + len(h)) for h, key in zip(heads, value)]
    else:
        parts = [pretty(each, margin + 1) for each in value]
    start, end = BRACKETS.get(type(value), "{}")
    comma = "," if type(value) is tuple and len(value) == 1 else ""
    return start + (",\n" + " " * (margin + 1)).join(parts) + comma + end
