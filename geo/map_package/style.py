"""What an offline map looks like: Mapnik's style sheet for the layers of a town's own base map."""

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

LAYERS = ("land", "water", "park", "building", "street", "border", "label")
"""The GeoJSON files a package is drawn from, lowest first; all in EPSG:3857."""

COLOURS: Mapping[str, str] = {
    "ground": "#e9ecef", "land": "#f6f4ef", "water": "#a9cfe8", "park": "#cfe5c2", "building": "#dcd6cc",
    "street": "#ffffff", "main": "#fbe3a6", "edge": "#c4bcae", "place": "#7a5c3e", "border": "#9a8fb0",
    "text": "#2b3440", "halo": "#ffffff",
}  # fmt: skip
"""Light colours; text on land has a contrast above 7."""

FONT, BOLD_FONT = "DejaVu Sans Book", "DejaVu Sans Bold"

# Line widths in screen points at zoom 12 … 16, for a tile of 256 points.
_STREET_WIDTHS = {12: 0.0, 13: 0.9, 14: 1.6, 15: 3.2, 16: 6.0}
_MAIN_WIDTHS = {10: 0.8, 11: 1.2, 12: 2.0, 13: 2.8, 14: 4.0, 15: 6.5, 16: 10.0}
_WORLD_PER_ZOOM = 559_082_264.029


def style_sheet(colours: Mapping[str, str] = COLOURS) -> str:
    """Give the style sheet as XML; layers read `<name>.json` from the folder it is loaded for."""
    parts = [
        f'<Map srs="epsg:3857" background-color={quoteattr(colours["ground"])} buffer-size="256">',
        _style("land", f"<Rule><PolygonSymbolizer fill={quoteattr(colours['land'])}/></Rule>"),
        _style("water", f"<Rule><PolygonSymbolizer fill={quoteattr(colours['water'])}/></Rule>"),
        _style("park", f"<Rule><PolygonSymbolizer fill={quoteattr(colours['park'])}/></Rule>"),
        _style("building", f"<Rule>{_scales(15)}<PolygonSymbolizer fill={quoteattr(colours['building'])}/></Rule>"),
        _style("place", _places(colours)),
        _style("street-edge", _streets(colours["edge"], colours["edge"], extra=1.6)),
        _style("street", _streets(colours["street"], colours["main"], extra=0.0)),
        _style("border", _border(colours["border"])),
        _style("street-name", _street_names(colours)),
        _style("label", _labels(colours)),
        *(_layer(name, name) for name in ("land", "water", "park", "building")),
        _layer("street", "street-edge", "street"),
        _layer("border", "border"),
        _layer("street", "street-name"),
        _layer("building", "place"),
        _layer("label", "label"),
        "</Map>",
    ]
    return "\n".join(parts)


def _style(name: str, rules: str) -> str:
    return f'<Style name="{name}">{rules}</Style>'


def _layer(name: str, *styles: str) -> str:
    named = "".join(f"<StyleName>{style}</StyleName>" for style in styles)
    source = (
        f'<Datasource><Parameter name="type">geojson</Parameter>'
        f'<Parameter name="file">{name}.json</Parameter></Datasource>'
    )
    return f'<Layer name="{name}-{styles[0]}" srs="epsg:3857">{named}{source}</Layer>'


def _scales(first: int, last: int | None = None) -> str:
    """From which zoom to which, as Mapnik's scale denominators; half a zoom apart, so that no rounding matters."""
    text = f"<MaxScaleDenominator>{_WORLD_PER_ZOOM / 2 ** (first - 0.5):.0f}</MaxScaleDenominator>"
    if last is not None:
        text += f"<MinScaleDenominator>{_WORLD_PER_ZOOM / 2 ** (last + 0.5):.0f}</MinScaleDenominator>"
    return text


def _streets(street: str, main: str, *, extra: float) -> str:
    rules = []
    for is_main, colour, widths in ((False, street, _STREET_WIDTHS), (True, main, _MAIN_WIDTHS)):
        deepest = max(widths)
        for zoom, width in widths.items():
            if width:
                rules.append(
                    f"<Rule>{_scales(zoom, None if zoom == deepest else zoom)}"
                    f"<Filter>{'' if is_main else 'not '}([kind] = 'main')</Filter>"
                    f'<LineSymbolizer stroke="{colour}" stroke-width="{width + extra:.1f}" stroke-linecap="round"'
                    f' stroke-linejoin="round"/></Rule>'
                )
    return "".join(rules)


def _border(colour: str) -> str:
    return f'<Rule><LineSymbolizer stroke="{colour}" stroke-width="1.2" stroke-dasharray="5,3"/></Rule>'


def _text(colours: Mapping[str, str], font: str, size: float, extra: str) -> str:
    return (
        f'<TextSymbolizer face-name="{font}" size="{size}" fill={quoteattr(colours["text"])}'
        f' halo-fill={quoteattr(colours["halo"])} halo-radius="1.6" {extra}>[name]</TextSymbolizer>'
    )


def _street_names(colours: Mapping[str, str]) -> str:
    along = 'placement="line" max-char-angle-delta="25" spacing="260" minimum-distance="60"'
    main = f"<Rule>{_scales(14)}<Filter>[kind] = 'main'</Filter>{_text(colours, FONT, 10, along)}</Rule>"
    other = f"<Rule>{_scales(16)}<Filter>not ([kind] = 'main')</Filter>{_text(colours, FONT, 9, along)}</Rule>"
    return main + other


def _places(colours: Mapping[str, str]) -> str:
    """Public buildings are points: a mark and, near enough, the name below it."""
    mark = f'<MarkersSymbolizer fill="{colours["place"]}" stroke="#ffffff" stroke-width="1" width="7" height="7"/>'
    below = _text(colours, FONT, 9, 'dy="8" wrap-width="60" minimum-distance="4"')
    points = "<Filter>[mapnik::geometry_type] = point</Filter>"
    return f"<Rule>{_scales(15, 15)}{points}{mark}</Rule><Rule>{_scales(16)}{points}{mark}{below}</Rule>"


def _labels(colours: Mapping[str, str]) -> str:
    point = 'placement="point" wrap-width="70" minimum-distance="6" avoid-edges="false"'
    return f"<Rule>{_scales(12, 16)}{_text(colours, BOLD_FONT, 10.5, point)}</Rule>"
