"""What Korean glues to its words: particles, copula, endings of verbs. As regular expressions."""

PARTICLE = (
    "[을를은는이가의도나]|(에서|에게|에|으로|로|까지|부터|보다|처럼|마다|만|와|과|뿐|밖에|조차|마저|씩|대로)"
    "[을를은는이가의도나만]?|(으로|로)(부터|서|써)[는의도]?|이나|끼리"
)
COPULA = (
    "이?(다|고|며|면|라|란|라는|라고|라서|라면|라도|지만|므로|었다|었습니다|어서)|입니다|"
    "[인일]|였다|였습니다|여서|이기|인데|인지"
)
VERB = (
    "[하되](다|는|고|며|면|지|기|기를|기에|여|어|여야|어야|도록|려면|려고|지만|므로|면서|게|던)|"
    "합니다|한다|[한할함해]|해서|해야|했다|했습니다|됩니다|된다|[된될됨돼]|되었다|되었습니다|됐습니다|니다"
)
ENDING = f"들?({PARTICLE}|{COPULA})|들|{VERB}"  # read by Python and by JavaScript
OBJECT = "[을를]|에서"  # follows nouns alone
