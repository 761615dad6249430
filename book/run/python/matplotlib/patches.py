class Rectangle:
    def __init__(self,*a,**k): pass
