"""The offline map: `MapView` shows raster packages of the municipality, points in clusters, areas and the own position.

Places on the world are kept as shares of the Web Mercator square: u from west to east, v from north to south, both from
0 to 1. Pixels count from the bottom left of the map, as Kivy does.
"""
