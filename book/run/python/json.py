"""JSON whose objects keep their order."""

from ucollections import OrderedDict

import _text
import ujson


def loads(text):
    source = _text.jsonToPython(text)
    if source is None:
        raise ValueError(_text.take_error()[1])
    return eval(source)


def load(file):
    return loads(file.read())


def dumps(value, **_):
    return ujson.dumps(_strip(value))


def _strip(value):
    """Dicts and lists of MicroPython's own kinds."""
    if isinstance(value, dict):
        return OrderedDict([(key, _strip(value[key])) for key in value])
    return [_strip(each) for each in value] if isinstance(value, (list, tuple)) else value
