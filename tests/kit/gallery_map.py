from mobile.kit.screen import Screen
class MapScreen(Screen):
    pass
