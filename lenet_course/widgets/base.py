"""What the course's widgets share: live in a notebook, a mount point with a picture in the book."""

import base64
import io
import json
from html import escape

import anywidget
import traitlets
from matplotlib.figure import Figure

from lenet_course.text import get_language
from lenet_course.values import to_int
from lenet_course.widgets.registry import find_file, get_words, is_recorded, read_style
from lenet_course.widgets.scripts import find_scripts, join_scripts


class Int(traitlets.Int):
    """A trait that takes NumPy's whole numbers and 0-d tensors too, and holds Python's."""

    def validate(self, obj, value):
        return to_int(self.name, value)


class CourseWidget(anywidget.AnyWidget):
    """A widget with its words in the reader's language.

    A subclass sets `_name`, which is its key in the registry and finds its script and its style,
    and answers `_draw_picture` and `_get_page_state`.
    """

    _name: str
    _ipython_display_ = None  # ipywidgets 7 has one, and it would go before _repr_mimebundle_

    words = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **arguments):
        if "_name" in vars(cls):  # traitlets make subclasses of their own
            cls._esm = join_scripts(find_scripts(find_file(cls._name, "js")))
            cls._css = read_style(cls._name)
        super().__init_subclass__(**arguments)

    def __init__(self, **traits):
        self._language = get_language()
        super().__init__(words=get_words(self._name, self._language), **traits)

    def _draw_picture(self) -> tuple[Figure, str]:
        """Draw what stands in the page where no JavaScript runs, and say in words what it shows."""
        raise NotImplementedError

    def _get_page_state(self) -> dict | None:
        """Return the traits that the page lacks, None where the page cannot show this widget.

        Bytes become {"base64": …}. Weights may be {"manual_seed": seed}, those of a fresh network,
        or {"float16": …}, in base64 too: the page's are rounded so, as the shipped ones are.
        """
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        if is_recorded():
            return {"text/html": self._make_html(), "text/plain": type(self).__name__}
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/plain": type(self).__name__}, metadata

    def _make_html(self) -> str:
        figure, alt = self._draw_picture()
        file = io.BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
        picture = base64.b64encode(file.getvalue()).decode()
        state = self._get_page_state()
        mount = ""
        if state is not None:
            data = escape(json.dumps(state, separators=(",", ":"), default=_write_bytes))
            mount = f' class="lenet-widget" data-widget="{self._name}" data-state="{data}"'
        return (
            f'<div{mount} lang="{self._language}">'
            f'<img alt="{escape(alt)}" src="data:image/png;base64,{picture}"></div>'
        )


def _write_bytes(value: bytes) -> dict:
    return {"base64": base64.b64encode(value).decode()}
