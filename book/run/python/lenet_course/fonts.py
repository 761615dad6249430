"""The reader's browser has fonts with Hangul."""


def show_hangul(figure):
    return figure
