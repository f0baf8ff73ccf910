"""Neighbourhoods of the town that the tests of this folder draw."""

from geo.demo.features import NeighbourhoodSeed

NEIGHBOURHOODS = [
    NeighbourhoodSeed(1000 + row, name, population)
    for row, (name, population) in enumerate(
        [
            ("Çarşı", 4_200),
            ("Yenimahalle", 18_500),
            ("İstasyon", 9_100),
            ("Gazi", 22_000),
            ("Kâzım Karabekir", 12_300),
            ("Bağlar", 7_800),
            ("Sahil", 0),
            ("Şirinevler", 31_000),
            ("Değirmendere", 1_900),
        ]
    )
]
