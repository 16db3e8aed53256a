"""Tables from LaTeX's names to the signs of Unicode, for bot.latex.latex."""

import string

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ",
    "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
ATOMS = GREEK | {
    "infty": "∞", "partial": "∂", "nabla": "∇", "hbar": "ℏ", "ell": "ℓ", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ",
    "emptyset": "∅", "varnothing": "∅", "ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
    "dotsc": "…", "dotsb": "⋯", "prime": "′", "circ": "∘", "degree": "°", "angle": "∠", "triangle": "△", "square": "□",
    "blacksquare": "■", "checkmark": "✓", "star": "⋆", "dagger": "†", "bot": "⊥", "top": "⊤", "forall": "∀",
    "exists": "∃", "nexists": "∄", "neg": "¬", "lnot": "¬", "imath": "ı", "jmath": "ȷ", "therefore": "∴",
    "because": "∵", "%": "%", "$": "$", "#": "#", "_": "_", "backslash": "∖", "S": "§", "pounds": "£", "euro": "€",
}  # fmt: skip
OPERATORS = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "oplus": "⊕", "ominus": "⊖",
    "otimes": "⊗", "odot": "⊙", "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "land": "∧", "vee": "∨",
    "lor": "∨", "bullet": "•", "bmod": "mod", "sqcup": "⊔", "sqcap": "⊓",
}  # fmt: skip
RELATIONS = {
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡", "sim": "∼",
    "simeq": "≃", "cong": "≅", "propto": "∝", "ll": "≪", "gg": "≫", "lt": "<", "gt": ">", "in": "∈", "notin": "∉",
    "ni": "∋", "subset": "⊂", "subseteq": "⊆", "subsetneq": "⊊", "supset": "⊃", "supseteq": "⊇", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "longrightarrow": "⟶",
    "longleftarrow": "⟵", "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "implies": "⟹",
    "impliedby": "⟸", "iff": "⟺", "Longrightarrow": "⟹", "Longleftrightarrow": "⟺", "mapsto": "↦", "uparrow": "↑",
    "downarrow": "↓", "mid": "∣", "nmid": "∤", "parallel": "∥", "perp": "⟂", "vdash": "⊢", "models": "⊨",
    "leqslant": "⩽", "geqslant": "⩾", "coloneqq": "≔", "doteq": "≐", "prec": "≺", "succ": "≻", "asymp": "≍",
    "rightleftharpoons": "⇌", "hookrightarrow": "↪", "triangleq": "≜",
}  # fmt: skip
BIG = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "iiint": "∭", "oint": "∮", "bigcup": "⋃",
    "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂", "bigvee": "⋁", "bigwedge": "⋀",
}  # fmt: skip
FUNCTIONS = frozenset([
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth", "log",
    "ln", "lg", "exp", "lim", "limsup", "liminf", "max", "min", "sup", "inf", "arg", "det", "dim", "ker", "gcd",
    "lcm", "hom", "deg", "Pr", "argmax", "argmin", "tr", "rank", "sgn",
])  # fmt: skip
OPENING = {"(": "(", "[": "[", "{": "{", "langle": "⟨", "lfloor": "⌊", "lceil": "⌈", "lbrace": "{", "lbrack": "["}
CLOSING = {")": ")", "]": "]", "}": "}", "rangle": "⟩", "rfloor": "⌋", "rceil": "⌉", "rbrace": "}", "rbrack": "]"}
BARS = {"|": "‖", "Vert": "‖", "vert": "|", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖"}
SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "quad": "  ", "qquad": "   ", ">": " ", "thinspace": " "}
NOTHING = frozenset([
    "!", "limits", "nolimits", "displaystyle", "textstyle", "scriptstyle", "nonumber", "notag", "big", "Big", "bigg",
    "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "middle", "left", "right", "hfill",
    "centering",
])  # fmt: skip
# Combining marks over (or under) one letter.
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305", "vec": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308", "tilde": "\u0303", "widetilde": "\u0303", "underline": "\u0332", "overrightarrow": "\u20d7",
    "check": "\u030c", "acute": "\u0301", "grave": "\u0300", "breve": "\u0306", "mathring": "\u030a",
}  # fmt: skip
PLAIN_FONTS = frozenset(["mathrm", "mathbf", "mathit", "mathsf", "mathtt", "boldsymbol", "bm", "operatorname", "boxed"])
TEXT = frozenset(["text", "textbf", "textit", "textrm", "texttt", "textsf", "mbox"])
# The first capital and the first small letter of each of Unicode's alphabets.
ALPHABETS = {
    "mathbb": ("𝔸", "𝕒"), "mathcal": ("𝓐", "𝓪"), "mathscr": ("𝓐", "𝓪"), "mathfrak": ("𝕬", "𝖆"),
}  # fmt: skip
DOUBLE_STRUCK = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ", "1": "𝟙"}

SUBSCRIPTS = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ′∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ′°",
        strict=True,
    )
)


def in_alphabet(font: str, letter: str) -> str | None:
    """Return a letter in another alphabet; None when Unicode has none."""
    if font == "mathbb" and letter in DOUBLE_STRUCK:
        return DOUBLE_STRUCK[letter]
    capital, small = ALPHABETS[font]
    if letter in string.ascii_uppercase:
        return chr(ord(capital) + ord(letter) - ord("A"))
    if letter in string.ascii_lowercase:
        return chr(ord(small) + ord(letter) - ord("a"))
    return None
