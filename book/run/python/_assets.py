"""What comes after the page, on demand: the digits and the trained weights."""


class AssetMissing(BaseException):
    """Ends a cell that needs an asset: the page brings it, and runs the cell anew.

    Args:
        name: "digits.npz" or "lenet.pt".
    """
