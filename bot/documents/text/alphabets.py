"""The letters beyond ASCII of each language, the most frequent first.

`encoding` uses them to recognise the decoding of a text that gives a real language.
"""

# One list for each language, not one for each encoding: “þ ð ý” beside “ç ü” occurs in no language. It is Turkish that
# was decoded as Western European.
_WESTERN = (
    "éèàêçôùâîûëïœüæÿ",  # French
    "üäößé",  # German
    "óáéíñúüç¿¡ºª",  # Spanish
    "ãçáéíóõúâêôàüºª",  # Portuguese
    "àèéìòùóíîúªº",  # Italian
    "äåöéæøéüà",  # the North
    "íáðóúýéþæö",  # Icelandic
    "ëïéèöüóáêç",  # Dutch
    "àèéíòóúïüç·ñ",  # Catalan
    "õäöüšž",  # Estonian
)
_CENTRAL = (
    "ąćęłńóśźż",  # Polish
    "íáéýřěšžčůúňťďóäüö",  # Czech
    "íáéýšžčúľťňôďäóĺŕ",  # Slovak
    "éáőóöüíúű",  # Hungarian
    "čšžćđ",  # Croatian, Slovene
    "ăîâșțşţé",  # Romanian
    "ąčęėįšųūž",  # Lithuanian
    "āčēģīķļņšūž",  # Latvian
    "ıışçöüğİâîûé",  # Turkish
)
_CYRILLIC = (
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",  # Russian
    "оаинвтерсдклмпузягьбчхцюжйїєіфшщґ’",  # Ukrainian
    "аоеинтрсвдлкпмзгубъячщйжшцхюфью",  # Bulgarian
    "аоиејнртсвукдпмлзгбчшцжљњћђфхџ",  # Serbian
    "аеіонрсклдтвпуцзыягмьбчхўшйжэюёф’",  # Belarusian
)
_OTHERS = (
    "αοιετσνηυρπκμλςάέίόήύώθγδφχβξζψϊϋΐΰ",
    "יוהלארתבמשנדעחפקגכסטםזןצךףץ",
    "الينمورتبدعهةسقفحكىأجشصطخضئإغءزثذظؤآ،؛؟ًٌٍَُِّْـ",  # Arabic
    "اینرهدموتبسشکلزفگعخقآپچحجصئطظذژغضث،؛؟\u200c",  # Persian
    "ăâđêôơưáàãạảéèẽẹẻíìĩịỉóòõọỏúùũụủýỳỹỵỷ\u0300\u0301\u0303\u0309\u0323₫",  # Vietnamese
    "านรอก่เงม้ยลวดทีสัิตะปบคำหแจพชขใไ็ืโุูถผซธศณ์ภษญฟฐึฤฉฬฎฏฆฌฒฮ",
)
SIGNS = frozenset("“”‘’„–—…€£©®°«»•™§½²³×\xa0№‚‹›´±µ·¼¾†")
FRAMES = frozenset("─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬░▒▓█▄▀■")


HANGUL = frozenset(
    "이다는에의을가고하지도한로기은사를인리어서대나자해들시아그정일수있것보제으전원부만스라여국과성년주상우동장선조생문관위계구"
    "공경실내화무비중신연학안요재세방소모마유차면당치물입법체용결산금간오미분민야된개할습니합까데려본단명적행진최통업표매름회"
)


_LEAST_WEIGHT = 0.5
_STEPS = 20  # short alphabets have no rare letters


def _weights(letters: str) -> dict[str, float]:
    """Return the weight of each letter: 1 for the most frequent, down to `_LAST`. A capital weighs less than its small
    letter.
    """
    weights = {letter: 1 - (1 - _LEAST_WEIGHT) * at / max(len(letters), _STEPS) for at, letter in enumerate(letters)}
    return {
        **{letter.upper(): weight - 0.12 for letter, weight in weights.items() if len(letter.upper()) == 1},
        **weights,
    }


ALPHABETS = tuple(_weights(letters) for letters in (*_WESTERN, *_CENTRAL, *_CYRILLIC, *_OTHERS))
