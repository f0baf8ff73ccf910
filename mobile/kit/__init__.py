"""The widget kit on which the phone apps are built: for gloves, sunlight, and days without a network.

    tokens, theme       colours, sizes, type scale; `theme.change(dark=True, text_size=1.3, accent="#0b6e4f")`
    fonts               `register()` once, before the first widget
    i18n                `t("key", name=…)` texts, `formats` for dates, numbers and money, `casing` for İ and ı
    navigator, screen   `Navigator({"tasks": Tasks, …}, home="tasks")`: a stack of screens, saved and restored
    work                `self.work.run(function, then=…)`: the function in a thread, its result on the screen
    widgets             buttons, fields, lists, sheets, pads; every one that is touched has a `test_id`.
                        Kivy styles classes by their bare name, so none of ours is called as one of Kivy's
    map                 offline map of raster packages, points in clusters, areas, own position

A widget takes its properties as keywords, as Kivy's do, and calls `on_…=function` with itself. Widgets read `theme` and
texts when they are made; on a change of theme, text size or language the navigator makes the screens anew from their
saved state. No widget reads files, asks the network or computes long: that is the work of `work`.
"""
