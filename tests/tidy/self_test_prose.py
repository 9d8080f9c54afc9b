#!/usr/bin/env python3
"""The list of what is banned finds each of its entries, and leaves plain English alone."""
import unittest

import prose

BANNED = prose.rules(prose.LIST.read_text(encoding="utf-8"))


def found(name, text):
    return [line for line, _ in prose.findings(name, text, BANNED)]


class Prose(unittest.TestCase):
    def test_finds_each_phrase_in_a_comment_a_message_and_a_document(self):
        for phrase in [
            "the verdict came", "mends itself", "read anew", "whoever reads it", "of late it fails",
            "for want of a token", "the user is told", "tells which", "the upload goes on",
            "the folder is gone", "a dear call", "this is no date", "are no guests", "perhaps",
            "by and by", "nobody reads it", "one of ours", "merely a hint", "lest it fail",
            "in their stead", "heeds the limit", "the last word", "without a word", "word of it",
            "the house", "the shelf", "as Alice does",
        ]:  # fmt: skip
            self.assertIn(2, found("core/a.cpp", f"int a;\n// {phrase}."), phrase)
            self.assertIn(2, found("core/a.cpp", f'int a;\nlog("{phrase}");'), phrase)
            self.assertIn(2, found("a.py", f"a = 1\nlog('{phrase}')"), phrase)
            self.assertIn(3, found("docs/a.md", f"# A\n\n{phrase}.\n"), phrase)

    def test_finds_a_phrase_that_breaks_over_two_lines(self):
        self.assertEqual(found("core/a.cpp", "int a;\n/// It fails for want\n/// of memory."), [2])
        self.assertEqual(found("a.py", "# It fails for want\n# of memory.\n"), [1])

    def test_leaves_plain_english_alone(self):
        for phrase in [
            "the outcome is known", "There is no file", "it is no longer needed", "amended",
            "a password and a keyword", "between word boundaries", "wanted", "intellect",
            "uses more than is needed", "told_apart is a name", "warehouse", "bobbin", "foregone",
        ]:  # fmt: skip
            self.assertEqual(found("core/a.cpp", f"// {phrase}\nint a;"), [], phrase)

    def test_does_not_read_code_as_prose(self):
        self.assertEqual(found("core/a.cpp", "int x = is / no; // fine\nbool b = is, no;"), [])
        self.assertEqual(found("core/a.cpp", "// for want\nint a;\n// of it"), [])

    def test_finds_names(self):
        for name in [
            "take_word", "last_word", "words", "verdict_of", "mended_", "read_anew", "tell_apart",
            "told_", "is_gone", "take_stock", "let_go", "hear", "mind_space", "find_company",
            "token_office", "assertion_desk", "proxy_house", "welcome", "strike", "workshop",
        ]:  # fmt: skip
            self.assertIn(2, found("core/a.cpp", f"\nvoid {name}();"), name)
            self.assertIn(2, found("a.py", f"\ndef {name}(): pass\n"), name)
        self.assertEqual(found("core/blob_words.hpp", ""), [1])

    def test_leaves_other_names_alone(self):
        for name in ["password", "sword_", "hearing", "foretell", "striker", "outlet_gone2"]:
            self.assertEqual(found("core/a.cpp", f"void {name}();"), [], name)

    def test_has_an_advice_for_each_entry(self):
        for where, expression, advice in BANNED:
            self.assertIn(where, ("prose", "names"), expression)
            self.assertGreater(len(advice), 3, expression)


if __name__ == "__main__":
    unittest.main()
