class LinearSegmentedColormap:
    @staticmethod
    def from_list(name, stops): return stops
