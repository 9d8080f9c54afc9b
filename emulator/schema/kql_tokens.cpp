#include "emulator/schema/kql_tokens.hpp"

#include <array>

namespace kustodrop::emulator {

static bool starts_name(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$';
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static failure syntax(std::string detail) {
    return {.code = service_code("Syntax"), .next = remedy::give_up, .detail = std::move(detail)};
}

namespace {

class lexer {
public:
    explicit lexer(std::string_view text) : text_(text) {}

    result<std::vector<token>> run() {
        for (;;) {
            skip_blanks();
            auto begin = at_;
            if (at_ == text_.size()) break;
            if (auto done = one(); !done) return done.error();
            out_.back().at = begin;
            out_.back().end = at_;
        }
        out_.push_back({token::kind::end, "", at_, at_});
        return std::move(out_);
    }

private:
    char look(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void skip_blanks() {
        for (;;) {
            while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos
            ) {
                ++at_;
            }
            if (look() != '/' || look(1) != '/') return;
            while (at_ < text_.size() && text_[at_] != '\n') ++at_;
        }
    }

    result<> one() {
        auto c = look();
        if (text_.substr(at_, 3) == "```") return block();
        if (c == '\'' || c == '"') return quoted(false);
        bool prefix = c == 'h' || c == 'H' || c == '@';
        if (prefix && (look(1) == '\'' || look(1) == '"')) {
            ++at_;
            return quoted(c == '@');
        }
        if (starts_name(c)) return name();
        if (is_digit(c)) return number();
        return symbol();
    }

    result<> block() {
        auto end = text_.find("```", at_ + 3);
        if (end == text_.npos) return syntax("a ``` block is not closed");
        out_.push_back({token::kind::text, std::string(text_.substr(at_ + 3, end - at_ - 3))});
        at_ = end + 3;
        return {};
    }

    result<> quoted(bool verbatim) {
        auto quote = text_[at_++];
        std::string value;
        for (;;) {
            if (at_ == text_.size()) return syntax("a string literal is not closed");
            auto c = text_[at_++];
            if (c == quote) {
                if (!verbatim || look() != quote) break;
                ++at_;
            } else if (c == '\\' && !verbatim && at_ < text_.size()) {
                c = unescaped(text_[at_++]);
            }
            value += c;
        }
        out_.push_back({token::kind::text, std::move(value)});
        return {};
    }

    static char unescaped(char c) {
        switch (c) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        default:
            return c;
        }
    }

    result<> name() {
        auto begin = at_;
        while (starts_name(look()) || is_digit(look())) ++at_;
        out_.push_back({token::kind::name, std::string(text_.substr(begin, at_ - begin))});
        return {};
    }

    result<> number() {
        auto begin = at_;
        while (is_digit(look())) ++at_;
        if (look() == '.' && is_digit(look(1))) {
            ++at_;
            while (is_digit(look())) ++at_;
        }
        if ((look() == 'e' || look() == 'E') && (is_digit(look(1)) || look(1) == '-')) {
            at_ += 2;
            while (is_digit(look())) ++at_;
        }
        auto kind = token::kind::number;
        while (starts_name(look())) {
            kind = token::kind::timespan;
            ++at_;
        }
        out_.push_back({kind, std::string(text_.substr(begin, at_ - begin))});
        return {};
    }

    result<> symbol() {
        static constexpr std::array<std::string_view, 8> wide{
            "==", "!=", "<=", ">=", "=~", "!~", "<|", ".."};
        for (auto one : wide) {
            if (text_.substr(at_, 2) != one) continue;
            at_ += 2;
            out_.push_back({token::kind::symbol, std::string(one)});
            return {};
        }
        out_.push_back({token::kind::symbol, std::string(1, text_[at_++])});
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<token> out_;
};

}  // namespace

result<std::vector<token>> tokenize(std::string_view text) { return lexer(text).run(); }

const token& token_cursor::peek(std::size_t ahead) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

token token_cursor::take() {
    auto out = peek();
    if (!at_end()) ++next_;
    return out;
}

bool token_cursor::take_symbol(std::string_view symbol) {
    if (peek().type != token::kind::symbol || peek().value != symbol) return false;
    ++next_;
    return true;
}

bool token_cursor::take_keyword(std::string_view name) {
    if (peek().type != token::kind::name || peek().value != name) return false;
    ++next_;
    return true;
}

bool token_cursor::take_name(std::string& out) {
    if (peek().type == token::kind::name) {
        out = take().value;
        return true;
    }
    bool bracket = peek().type == token::kind::symbol && peek().value == "[";
    if (!bracket || peek(1).type != token::kind::text || peek(2).value != "]") return false;
    out = peek(1).value;
    next_ += 3;
    return true;
}

bool token_cursor::take_text(std::string& out) {
    if (peek().type != token::kind::text) return false;
    out.clear();
    while (peek().type == token::kind::text) out += take().value;
    return true;
}

failure token_cursor::unexpected(std::string_view wanted) const {
    auto found = at_end() ? std::string("the end") : "'" + peek().value + "'";
    return syntax(
        "at position " + std::to_string(peek().at) + ": " + std::string(wanted) +
        " expected, found " + found
    );
}

}  // namespace kustodrop::emulator
