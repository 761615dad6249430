class Any:
    def __getattr__(self, n): return Any()
    def __call__(self, *a, **k): return Any()
    def __getitem__(self, i): return Any()
    def __iter__(self): return iter([Any() for _ in range(9)])
class Figure:
    def __init__(self, figsize=(6.4,4.8), dpi=100, layout=None):
        self.size=figsize; self.dpi=dpi; self.axes=[]
    def set_size_inches(self, w, h): self.size=(w,h)
    def add_subplot(self,*a,**k):
        self.axes.append(Any()); return self.axes[-1]
    add_axes=add_subplot
    def colorbar(self,*a,**k): self.axes.append(Any())
    def add_gridspec(self,*a,**k): return Any()
    def subplots(self,r=1,c=1,squeeze=True,**k):
        axes=[self.add_subplot() for _ in range(r*c)]
        return axes if squeeze else [axes]
    def text(self,*a,**k): pass
    def findobj(self,*a): return []
    def __repr__(self):
        w,h=self.size
        return f"<Figure size {w*self.dpi:g}x{h*self.dpi:g} with {len(self.axes)} Axes>"
    __str__=__repr__
