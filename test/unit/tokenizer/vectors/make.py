"""Writes tokenizers.json and expressions.json: small tokenizers, one part or combination each, and what Hugging Face's library makes of texts.

    pip install tokenizers==0.22.2 sentencepiece==0.2.1 protobuf
    python make.py
"""

import base64
import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

HERE = Path(__file__).parent
R = random.Random(14)

TEXTS = [
    "", " ", "a", "Hello  world, 2024!", "naïve café Köln", "  two  spaces  ", "\t\ttabs\n\n\nlines\r\n\r\nCRLF",
    "I'm you're WE'LL don't 'S", "日本語テキスト、中文测试。한국어", "हिन्दी தமிழ் ไทย", "e\u0301 ÀÉ각각", "👨\u200d👩\u200d👧🏳️\u200d🌈👍🏽",
    "\xa0nbsp\u2003em\u200bzwsp\ufeffbom\x85nel\u2028line", "\x00\x01\x1b[0m\ufffd", "İstanbul ΣΑΣ ß ﬁ ½²①Ⅷ", "<s></s><unk>[CLS]<|x|>",
    "hello Hello ahello hello1 hello. éhello", "x  hello  x<|x|>  y", "𝔘𝔫𝔦 🙂", "'s 't do not n't , . ?", "▁▁ ▁a Ġ", "1234567 3333", "a-b_c-d",
    "\u0295\u017fK\u088f\u1acf\u11de0\u0840", "こんにちは、世界 – “quotes”", "aaaa aab aaab", "<0x0A><0x41>", "\n \n", "ＡＢ～〜", "x\u0301\u0897y\u1ac1\u0300z",
]
LETTERS = "abcdefghijklmnop ABC.,'!0123éïßΣ日本한e\u0301\n\t▁-"
for _ in range(12):
    TEXTS.append("".join(R.choice(LETTERS) for _ in range(R.randrange(1, 24))))

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4 = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"


def split(pattern, behavior, invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def sequence(kind, *parts):
    return {"type": "Sequence", kind: list(parts)}


def byte_level(prefix=False, regex=True):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}


def metaspace(scheme, cut=True):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}


def bert(clean, chinese, accents, lower):
    return {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": accents, "lowercase": lower}


def added(content, **options):
    token = {"id": 0, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": False}
    return {**token, **options}


def charsmap():
    """A table of replacements in SentencePiece's form."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder, "rules.tsv")
        rows = {"½": "1/2", "ﬁ": "fi", "\t": " ", "①": "1", "é": "e", "\x01": "", "Ａ": "A", "ee": "E"}
        rules.write_text("".join(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n" for a, b in rows.items()))
        corpus = Path(folder, "corpus.txt")
        corpus.write_text("hello world this is a test\n" * 20)
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=f"{folder}/m", vocab_size=17, normalization_rule_tsv=str(rules), minloglevel=2
        )
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString(Path(folder, "m.model").read_bytes())
        return base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()


BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
WHITESPACE = {"type": "Whitespace"}
LLAMA_DECODER = sequence(
    "decoders",
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "ByteFallback"},
    {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0},
)
TOKENS = [
    added("hello", single_word=True),
    added("<|x|>", lstrip=True, rstrip=True, normalized=False, special=True),
    added("[CLS]", normalized=False, special=True),
    added("aab"),
]
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "B", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "E", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"B": {"id": "B", "ids": [1], "tokens": ["b"]}, "E": {"id": "E", "ids": [2, 3], "tokens": ["c", "d"]}},
}

# name: model, its options, then the other parts
CONFIGS = {
    "whitespace": ("bpe", {}, {"pre_tokenizer": WHITESPACE, "added_tokens": TOKENS}),
    "bpe without unknown": ("bpe", {"unk_token": None}, {"pre_tokenizer": WHITESPACE}),
    "bpe fused unknown": ("bpe", {"fuse_unk": True}, {"pre_tokenizer": WHITESPACE}),
    "bpe bytes": ("bpe", {"byte_fallback": True, "fuse_unk": True}, {"pre_tokenizer": metaspace("first", False), "decoder": LLAMA_DECODER, "post_processor": TEMPLATE}),
    "bpe prefix": ("bpe", {"continuing_subword_prefix": "##", "ignore_merges": True}, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}}),
    "bpe suffix": ("bpe", {"end_of_word_suffix": "</w>"}, {"pre_tokenizer": WHITESPACE, "normalizer": {"type": "Lowercase"}, "decoder": {"type": "BPEDecoder", "suffix": "</w>"}}),
    "bytes": ("bpe", {}, {"pre_tokenizer": byte_level(True), "decoder": byte_level(), "added_tokens": TOKENS}),
    "byte normalizer": ("bpe", {}, {"normalizer": {"type": "ByteLevel"}, "decoder": byte_level(), "added_tokens": TOKENS}),
    "llama 3": ("bpe", {"ignore_merges": True}, {"pre_tokenizer": sequence("pretokenizers", split({"Regex": LLAMA3}, "Isolated"), byte_level(regex=False)), "decoder": byte_level()}),
    "gpt-4": ("bpe", {}, {"pre_tokenizer": sequence("pretokenizers", split({"Regex": GPT4}, "Removed", True), byte_level(regex=False)), "decoder": byte_level()}),
    "merged with previous": ("bpe", {}, {"pre_tokenizer": split({"Regex": r"\s"}, "MergedWithPrevious")}),
    "merged with next": ("bpe", {}, {"pre_tokenizer": split({"Regex": r"\w"}, "MergedWithNext")}),
    "contiguous": ("bpe", {}, {"pre_tokenizer": sequence("pretokenizers", {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "Digits", "individual_digits": False})}),
    "removed": ("bpe", {}, {"pre_tokenizer": sequence("pretokenizers", split({"String": " "}, "Removed"), {"type": "CharDelimiterSplit", "delimiter": "-"}, {"type": "FixedLength", "length": 3})}),
    "every character": ("wordlevel", {}, {"pre_tokenizer": split({"String": ""}, "Isolated"), "normalizer": sequence("normalizers", {"type": "StripAccents"}, {"type": "Strip", "strip_left": True, "strip_right": False}), "decoder": {"type": "Fuse"}}),
    "words": ("wordlevel", {}, {"pre_tokenizer": WHITESPACE, "post_processor": {"type": "BertProcessing", "sep": ["b", 2], "cls": ["a", 1]}}),
    "bert": ("wordpiece", {}, {"normalizer": bert(True, True, None, True), "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}, "added_tokens": TOKENS}),
    "bert cased": ("wordpiece", {"max_input_chars_per_word": 4}, {"normalizer": bert(True, False, True, False), "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": False}}),
    "unigram": ("unigram", {}, {"normalizer": sequence("normalizers", {"type": "Nmt"}, {"type": "NFKC"}), "pre_tokenizer": metaspace("always"), "decoder": metaspace("always"), "added_tokens": TOKENS}),
    "unigram bytes": ("unigram", {"byte_fallback": True}, {"normalizer": {"type": "NFD"}, "pre_tokenizer": metaspace("never"), "decoder": metaspace("never")}),
    "unigram first": ("unigram", {}, {"normalizer": sequence("normalizers", {"type": "NFKD"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}), "pre_tokenizer": sequence("pretokenizers", {"type": "WhitespaceSplit"}, metaspace("first")), "decoder": metaspace("first")}),
    "precompiled": ("unigram", {}, {"normalizer": {"type": "Precompiled", "precompiled_charsmap": charsmap()}, "pre_tokenizer": metaspace("first"), "decoder": metaspace("first")}),
    "prepended": ("bpe", {"byte_fallback": True}, {"normalizer": sequence("normalizers", {"type": "NFC"}, {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}), "decoder": LLAMA_DECODER}),
    "ctc": ("wordlevel", {}, {"pre_tokenizer": split({"Regex": ""}, "Isolated"), "decoder": {"type": "CTC", "pad_token": "a", "word_delimiter_token": "b", "cleanup": True}}),
    "no decoder": ("bpe", {}, {"pre_tokenizer": WHITESPACE}),
}


def trained(kind, options, parts):
    blank = json.loads(Tokenizer(models.WordLevel({"x": 0}, unk_token="x")).to_str())
    first = {key: parts[key] for key in ("normalizer", "pre_tokenizer") if key in parts}
    special = ["<unk>"] + (BYTES if options.get("byte_fallback") else [])
    common = {"special_tokens": special, "show_progress": False}
    if kind == "bpe":
        model = models.BPE(unk_token="<unk>")
        affixes = {key: options[key] for key in ("continuing_subword_prefix", "end_of_word_suffix") if key in options}
        trainer = trainers.BpeTrainer(vocab_size=len(special) + 130, limit_alphabet=70, **affixes, **common)
    elif kind == "wordpiece":
        model = models.WordPiece(unk_token="<unk>")
        trainer = trainers.WordPieceTrainer(vocab_size=180, limit_alphabet=70, **common)
    elif kind == "unigram":
        model = models.Unigram()
        trainer = trainers.UnigramTrainer(vocab_size=len(special) + 260, unk_token="<unk>", **common)
    else:
        model = models.WordLevel(unk_token="<unk>")
        trainer = trainers.WordLevelTrainer(vocab_size=60, **common)
    definition = {**blank, **first, "model": json.loads(Tokenizer(model).to_str())["model"]}
    if kind == "wordlevel":
        definition["model"] = {"type": "WordLevel", "vocab": {"<unk>": 0}, "unk_token": "<unk>"}
    tokenizer = Tokenizer.from_str(json.dumps({**definition, "model": blank["model"]}))
    tokenizer.model = model
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    definition = json.loads(tokenizer.to_str())
    definition["model"].update(options)
    for key in ("decoder", "post_processor"):
        definition[key] = parts.get(key)
    definition["added_tokens"] = definition["added_tokens"][:1] + parts.get("added_tokens", [])
    return definition


def vectors(name, config):
    definition = trained(*config)
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    size = max(tokenizer.get_vocab().values()) + 1
    encoded = [[tokenizer.encode(text).ids, tokenizer.encode(text).tokens] for text in TEXTS]
    lists = [[R.randrange(size) for _ in range(R.choice([1, 2, 4, 8]))] for _ in range(12)] + [ids for ids, _ in encoded[3:9]]
    return {
        "name": name,
        "definition": definition,
        "ids": [ids for ids, _ in encoded],
        "plain": [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS[:6]],
        "decoded": [[ids, tokenizer.decode(ids)] for ids in lists],
    }


EXPRESSIONS = [
    *[r"\w+", r"[\w]+", r"\W", r"\d+", r"\s+", r"[^\S ]+", r"\h+", r"\b", r"\B", r"^.", r".$", r"^", r"$", r"\A.", r".\z", r".\Z", ""],
    *[r"\p{L}+", r"\p{Lu}?\p{Ll}+", r"\p{Lo}", r"\p{M}", r"\p{P}|\p{S}", r"\p{Cn}|\p{Co}", r"\p{Han}+", r"\p{^L}", r"[^\s\p{L}\p{N}]+"],
    *["[[:alpha:]]+", "[[:punct:]]", "[[:upper:]][[:lower:]]*", "[[:^space:]]+", "[a-z&&[^aeiou]]+", "[[a-c]x-z]", "[一-龥ࠀ-一가-퟿]+"],
    *["(?i:k|s|[a-c])", "(?>a+)b|a", "a++b|a", "x?+y", "(?:a|ab)(?:c|bcd)?", "(?<=a)b?", r"(?<!\S)\S", "a{2}", "a{1,2}?", "a{,2}b", "(a|b)+", "(?:[^\\n]\\n){1,2}"],
    *[r"[0-9](?=(?:[0-9]{3})+(?![0-9]))", "(?m:.)+", "a*", r"\x{1F642}|\u00e9", LLAMA3, GPT4],
]


def main():
    tokenizers = [vectors(name, config) for name, config in CONFIGS.items()]
    HERE.joinpath("tokenizers.json").write_text(json.dumps({"texts": TEXTS, "tokenizers": tokenizers}) + "\n")
    expressions = []
    for source in EXPRESSIONS:
        cut = pre_tokenizers.Split(Regex(source), "isolated")
        expressions.append({"source": source, "pieces": [[piece for piece, _ in cut.pre_tokenize_str(text)] for text in TEXTS]})
    HERE.joinpath("expressions.json").write_text(json.dumps(expressions) + "\n")


main()
