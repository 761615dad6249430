"""How readers write what they look for, where the book writes otherwise: read by search_*.js."""

SPELLINGS = [  # British and American to one; z becomes s, since Porter cuts -ize to little
    ("z(?=(e[drs]?|ers|ing|ations?|able)$)", "s"),  # generalize, optimizers, initialization
    ("(?<=[bilv])our", "or"),  # neighbour, behaviour, colour, favour
    ("(?<=[en])tr(?=e[ds]?$)", "ter"),  # metre, centred
    ("(?<=(label|model|cancel|signal|travel|total))l(?=(ed|ing)$)", ""),  # labelled
    ("^grey", "gray"),
    ("^artefact", "artifact"),
    ("^programme$", "program"),
]
ASKING = """
    an what why how when where which who does do did don doesn didn isn aren won can could
    should would must may might am has have had been were i me my we our us you your he she its so
    too very many much between from about than vs versus please explain mean means meaning tell
    show get need want use using
    왜 뭘 어디 어디서 언제 누가 어느 무슨 얼마나 몇 개 대해 대한 대해서 관한 위한 뜻 의미 법 이유
    좀 때 안 수 것 게 건 말고 하려면 하면 되면 이란 란 설명 설명해줘 설명해주세요 주세요 해줘 싶어요
    하는 되는 쓰는 그 이 저 너무
"""  # words that only ask: they count where a query has no others
ALIASES = {  # where the glossary has no entry; those that the book says, too, only move pages up
    "코랩": "Colab",
    "파이토치": "PyTorch",
    "주피터": "Jupyter",
    "쿠다": "CUDA",
    "깃허브": "GitHub",
    "에러": "오류",
    "cnn": "convolution",
    "모델": "신경망",
    "model": "network",
    "decrease": "fall",
}
