"""Texts that tear screens: characters of no width, of two cells, of a width that no two terminals agree on."""

from hypothesis import strategies as st

ALPHABETS = {
    "plain": "ab c.|*_`>#-\n",
    "wide": "日本語한국어カナ，。Ａ",
    "combining": "e\u0301o\u0308a\u0300\u0301\u0302\u0316n\u0303\u20dd\u034f",
    "joined": "👩\u200d👧🏳\ufe0f🌈🧑🏽👨❤\u200d🔥",
    "flags": "🇩🇪🇫🇷🇯🇵🏴\U000e0067\U000e0062\U000e007f",
    "variations": "❤\ufe0f☎\ufe0e✈\ufe0f1\ufe0f\u20e3©\ufe0f",
    "right to left": "שלום مرحبا لا \u200f\u200e\u061c\u05b0\u0651",
    "order": "abc שלו \u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "Thai": "กำลังที่ไม้ ",
    "Indic": "क्षि हिन्दी தமிழ் নি",
    "jamo": "\u1112\u1161\u11ab\u1100\u1160\u3164\uffa0",
    "invisible": "\u00ad\u200b\u200c\u200d\u2060\u180e\ufeff\u2028\u2029\u00a0\u2003\t\r",
    "odd": "\U000e0041\ue000\u0378\U0001fae9\u31ef\ufffc\ufff9\ufffb\ud800\x00\x1b\x9b\x7f",
}

CHARACTER = st.sampled_from([character for alphabet in ALPHABETS.values() for character in alphabet])

_WORDS = st.one_of([st.text(st.sampled_from(alphabet), max_size=12) for alphabet in ALPHABETS.values()])

TEXT = st.lists(_WORDS, max_size=8).map("".join)
"""Words of one alphabet each, and of several."""

LINE = TEXT.map(lambda text: " ".join(text.replace("|", "").split()))
"""The same on one line, without what would end the cell of a table."""
