"""Writes the tables of src/engine/tokenizer/unicodeTables.ts, by asking Hugging Face's library about every code point.

    pip install tokenizers==0.22.2 unicodedata2==17.0.0
    python tables.py      (on standard output: NAME and the table, a line each)

UNNORMALIZED is not read from the library alone: what today's normal forms change and the library's do not, and today's marks that
are none there; as of Unicode 17.
"""

import unicodedata2 as unicodedata

from tokenizers import Regex, normalizers, pre_tokenizers

CODES = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def table(codes):
    ranges = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    at, entries = 0, []
    for start, end in ranges:
        entries.append(base36(start - at) + (f".{base36(end - start)}" if end > start else ""))
        at = end
    return " ".join(entries)


def base36(number):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (base36(number // 36) if number >= 36 else "") + digits[number % 36]


def removed(normalizer):
    return {code for code in CODES if normalizer.normalize_str(chr(code)) == ""}


def bert(**options):
    chosen = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False, **options}
    return normalizers.BertNormalizer(**chosen)


def unnormalized(marks):
    codes = {code for code in CODES if unicodedata.category(chr(code))[0] == "M"} - marks
    for form in FORMS:
        library = getattr(normalizers, form)()
        for code in CODES:
            today = unicodedata.normalize(form, chr(code))
            if library.normalize_str(chr(code)) != today:
                codes.add(code)
                if form == "NFD":
                    codes.add(ord(today[0]))
    return codes


def main():
    punctuation = pre_tokenizers.Punctuation()
    marks = removed(normalizers.StripAccents())
    tables = {
        "UNASSIGNED": removed(normalizers.Replace(Regex(r"\p{Cn}"), "")),
        "MARKS": marks,
        "BERT_MARKS": {code for code in removed(bert(strip_accents=True)) if unicodedata.normalize("NFD", chr(code)) == chr(code)},
        "CONTROLS": removed(bert(clean_text=True)) - {0, 0xFFFD},
        "PUNCTUATION": {code for code in CODES if len(punctuation.pre_tokenize_str(f"a{chr(code)}a")) == 3},
        "UNNORMALIZED": unnormalized(marks),
    }
    for name, codes in tables.items():
        print(name, table(codes))


main()
