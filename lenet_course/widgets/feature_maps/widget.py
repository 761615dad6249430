"""FeatureMapBrowser: what a network of the reader's own makes of a picture, layer by layer."""

import os
from html import escape

import ipywidgets
import torch
import traitlets

from lenet_course.pictures import find_limit
from lenet_course.text import get_language
from lenet_course.widgets.feature_maps.html import (
    STYLE,
    draw_figure,
    draw_picture,
    format_value,
    make_radios,
    make_rules,
)
from lenet_course.widgets.feature_maps.inputs import (
    check_images,
    check_layer,
    check_range,
    compute_maps,
)
from lenet_course.widgets.registry import get_words

MOST_RECORDED = 3  # pictures in a page: every layer of them takes 60 kB
WIDE, MIDDLE, NARROW, THUMB = 360, 220, 160, 48  # pixels of the page


class FeatureMapBrowser(ipywidgets.VBox):
    """Choose a picture, a layer and a channel, and see the maps that the network makes now.

    Each choice runs the network as it is, so that weights that changed meanwhile are seen;
    `refresh` does so without a choice. The book's page shows what was recorded: every layer of
    all the images if there are at most 3, else of the chosen one.

    Args:
        net: a `Net`, or another network whose forward torch.fx can follow.
        images: float, shape (N, 1, 32, 32), such as prepare_images returns.
        index, layer, channel: what is shown first; by default the first of each.

    Attributes:
        index, layer, channel: what is shown. Can be set; the reader sets them too.

    Raises:
        ValueError: images of another shape or dtype, or none; a network that does not take
            them; a layer that it does not have.
        IndexError: an index or a channel out of range.
    """

    _ipython_display_ = None  # ipywidgets 7 has one, and it would go before _repr_mimebundle_

    index = traitlets.Int()
    layer = traitlets.Unicode()
    channel = traitlets.Int()

    def __init__(
        self,
        net: torch.nn.Module,
        images: torch.Tensor,
        index: int = 0,
        layer: str | None = None,
        channel: int = 0,
    ):
        check_images(images)
        check_range("an image index", len(images), index)
        self._language = get_language()
        self._words = get_words("feature_maps", self._language)
        self._net, self._images = net, images
        self._maps = compute_maps(net, images[index])
        layer = next(iter(self._maps)) if layer is None else layer
        last = len(check_layer(self._maps, layer)) - 1
        words = self._words
        controls = {
            "index": _make_sliders(words["picture"], len(images) - 1),
            "layer": [_make(ipywidgets.Dropdown, words["layer"], options=list(self._maps))],
            "channel": _make_sliders(words["channel"], last),
        }
        self._channel_controls = controls["channel"]
        self._picture = ipywidgets.HTML()
        button = ipywidgets.Button(description=words["refresh"], icon="refresh")
        rows = [ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}) for row in controls.values()]
        super().__init__(
            children=[*rows, button, self._picture], index=index, layer=layer, channel=channel
        )
        for name, row in controls.items():
            for control in row:
                traitlets.link((self, name), (control, "value"))
        self.observe(lambda change: self.refresh(), list(controls))
        button.on_click(lambda button: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Run the network at its present weights, and show what it makes."""
        self._maps = compute_maps(self._net, self._images[self.index])
        last = len(check_layer(self._maps, self.layer)) - 1
        if self.channel > last:
            self.channel = last  # which comes back here
            return
        for control in self._channel_controls:
            control.max = last
        self._picture.value = self._draw()

    @traitlets.validate("index")
    def _check_index(self, proposal):
        return check_range("an image index", len(self._images), proposal["value"])

    @traitlets.validate("layer")
    def _check_its_layer(self, proposal):
        check_layer(self._maps, proposal["value"])
        return proposal["value"]

    @traitlets.validate("channel")
    def _check_channel(self, proposal):
        count = len(check_layer(self._maps, self.layer))
        return check_range(f"a channel of {self.layer}", count, proposal["value"])

    def _repr_mimebundle_(self, **kwargs):
        name = type(self).__name__
        if os.environ.get("LENET_BOOK") == "1":
            return {"text/html": self._make_page(), "text/plain": name}
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": name}

    def _draw(self) -> str:
        """The picture, all maps of the layer, the chosen one, and the kernels that made it."""
        layer, channel, maps = self.layer, self.channel, self._maps[self.layer]
        limit, one = find_limit(maps), maps[channel : channel + 1]
        words = self._describe("map" if one.numel() > 1 else "value", one)
        chosen = draw_figure(draw_picture(one, limit, words), f"{layer}[{channel}]", NARROW)
        weight = getattr(dict(self._net.named_modules()).get(layer), "weight", None)
        if weight is not None and weight.ndim == 4:
            kernels = weight[channel].detach()
            limit = find_limit(kernels)
            picture = draw_picture(kernels, limit, self._describe("kernels", kernels))
            width = NARROW if len(kernels) == 1 else MIDDLE
            chosen += draw_figure(picture, f"{layer}.weight[{channel}]", width, limit)
        return (
            f'<style>{STYLE}</style><div class="lenet-maps" lang="{self._language}">'
            f'<div class="figures">{self._draw_input(self.index)}'
            f"{self._draw_layer(layer, maps, channel)}<div>{chosen}</div></div>"
            f"<p>{escape(words)} {self._words['colours']}</p></div>"
        )

    def _make_page(self) -> str:
        """What was recorded: radio buttons choose among it, without a script.

        The buttons' names are their form's own, so that two browsers on one page do not meet.
        """
        several = len(self._images) <= MOST_RECORDED
        indices = range(len(self._images)) if several else [self.index]
        recorded = {index: compute_maps(self._net, self._images[index]) for index in indices}
        layers = list(recorded[self.index])
        figures = [
            f'<div data-image="{index}" data-layer="{number}">'
            f"{self._draw_layer(layer, recorded[index][layer])}</div>"
            for index in indices
            for number, layer in enumerate(layers)
        ]
        if len(indices) > 1:
            inputs = {index: self._draw_input(index, THUMB) for index in indices}
            top = make_radios("image", self._words["picture"], inputs, self.index)
        else:
            top = ""
            figures.insert(0, self._draw_input(self.index))
        names = {number: f"<code>{escape(layer)}</code>" for number, layer in enumerate(layers)}
        top += make_radios("layer", self._words["layer"], names, layers.index(self.layer))
        rules = f"{make_rules('image', indices)} {make_rules('layer', names)}"
        # Enter sends a form; one with the method of a dialog, outside a dialog, goes nowhere
        return (
            f'<style>{STYLE} {rules}</style><form class="lenet-maps" method="dialog" '
            f'lang="{self._language}">{top}<div class="figures">{"".join(figures)}</div>'
            f"<p>{self._words['colours']} {self._words['recorded']}</p></form>"
        )

    def _draw_input(self, index: int, width: int = NARROW) -> str:
        alt = self._words["input"].format(index=index)
        picture = draw_picture(self._images[index], 1.0, alt, palette="ink")
        if width == THUMB:
            return picture
        return draw_figure(picture, f"images[{index}]", width)

    def _draw_layer(self, layer: str, maps: torch.Tensor, mark: int | None = None) -> str:
        alt = self._describe("maps" if maps[0].numel() > 1 else "values", maps, layer)
        limit = find_limit(maps)
        return draw_figure(draw_picture(maps, limit, alt, mark), layer, WIDE, limit)

    def _describe(self, key: str, maps: torch.Tensor, layer: str | None = None) -> str:
        count, rows, columns = maps.shape
        return self._words[key].format(
            layer=layer or self.layer,
            channel=self.channel,
            count=count,
            shape=f"{rows}×{columns}",
            low=format_value(maps.min().item()),
            high=format_value(maps.max().item()),
        )


def _make(control: type, description: str, **traits):
    style = {"description_width": "72px"}
    return control(description=description, style=style, layout={"width": "200px"}, **traits)


def _make_sliders(description: str, last: int) -> list:
    """A number box, whose name is read aloud, and a slider, which ipywidgets leaves nameless."""
    box = _make(ipywidgets.BoundedIntText, description, max=last)
    return [box, ipywidgets.IntSlider(max=last, readout=False, layout={"width": "240px"})]
