#include "emulator/engine/scripts/script.hpp"

#include "base/text.hpp"
#include "emulator/schema/kql_tokens.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::emulator {

static failure bad_script(std::string detail) {
    return {.code = service_code("Syntax"), .next = remedy::give_up, .detail = std::move(detail)};
}

namespace {

// Walks over the text from one place outside of literals and comments to the next.
class script_cursor {
public:
    explicit script_cursor(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ >= text_.size(); }
    std::size_t at() const { return at_; }

    // Whether a command begins here.
    bool begins_command() const {
        if (depth_ > 0 || text_[at_] != '.') return false;
        auto line = text_.rfind('\n', at_) + 1;  // 0 where there is none before.
        return trimmed(text_.substr(line, at_ - line)).empty();
    }

    void step() {
        auto c = text_[at_];
        if (starts_with("//")) return skip_past("\n");
        if (starts_with("```")) {
            at_ += 3;
            return skip_past("```");
        }
        if (c == '\'' || c == '"') return skip_literal(at_ > 0 && text_[at_ - 1] == '@');
        if (std::string_view("({[").find(c) != std::string_view::npos) ++depth_;
        if (std::string_view(")}]").find(c) != std::string_view::npos && depth_ > 0) --depth_;
        ++at_;
    }

private:
    bool starts_with(std::string_view what) const { return text_.substr(at_).starts_with(what); }

    void skip_past(std::string_view what) {
        auto end = text_.find(what, at_);
        at_ = end == std::string_view::npos ? text_.size() : end + what.size();
    }

    void skip_literal(bool verbatim) {
        auto quote = text_[at_++];
        while (!at_end() && text_[at_] != quote) at_ += text_[at_] == '\\' && !verbatim ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

// Without lines at its end that are empty or comments.
static std::string_view without_end(std::string_view text) {
    for (;;) {
        text = trimmed(text);
        auto line = text.rfind('\n') + 1;  // 0 where there is one line.
        if (!trimmed(text.substr(line)).starts_with("//")) return text;
        text = text.substr(0, line);
    }
}

// Where what is neither blank nor a comment begins.
static std::string_view without_begin(std::string_view text) {
    text = trimmed(text);
    while (text.starts_with("//")) {
        auto end = std::min(text.find('\n'), text.size());
        text = trimmed(text.substr(end));
    }
    return text;
}

std::vector<std::string> commands_in(std::string_view text) {
    std::vector<std::string> out;
    auto add = [&](std::string_view command) {
        command = without_end(without_begin(command));
        if (!command.empty()) out.emplace_back(command);
    };
    std::size_t begin = 0;
    for (script_cursor cursor(text); !cursor.at_end(); cursor.step()) {
        if (!cursor.begins_command()) continue;
        add(text.substr(begin, cursor.at() - begin));
        begin = cursor.at();
    }
    add(text.substr(begin));
    return out;
}

static result<bool> is_true(const std::string& name, const token& value) {
    auto text = to_lower(value.value);
    if (text != "true" && text != "false") return bad_script(name + " is true or false");
    return text == "true";
}

// "with (ContinueOnErrors = true)".
static result<void> read_properties(token_cursor& cursor, script& out) {
    if (!cursor.take_keyword("with")) return {};
    if (!cursor.take_symbol("(")) return cursor.unexpected("'('");
    while (!cursor.take_symbol(")")) {
        auto name = cursor.take().value;
        if (!cursor.take_symbol("=")) return cursor.unexpected("'='");
        auto value = is_true(name, cursor.take());
        if (!value) return value.error();
        if (to_lower(name) == "continueonerrors") {
            out.continues_on_errors = *value;
        } else if (to_lower(name) == "throwonerrors") {
            out.throws_on_errors = *value;
        } else {
            return bad_script(
                "'" + name +
                "' is not a property of a script; it has ContinueOnErrors and "
                "ThrowOnErrors"
            );
        }
        if (!cursor.take_symbol(",") && cursor.peek().value != ")") {
            return cursor.unexpected("',' or ')'");
        }
    }
    if (!out.continues_on_errors || !out.throws_on_errors) return {};
    return bad_script("only one of ContinueOnErrors and ThrowOnErrors is allowed");
}

// What stands before the commands: what is behind it may be wrong in ways of its own.
static std::string_view head_of(std::string_view text) {
    auto end = text.find("<|");
    return text.substr(0, end == std::string_view::npos ? text.size() : end);
}

std::optional<result<script>> parse_script(std::string_view text) {
    auto head = head_of(text);
    auto tokens = tokenize(head);
    if (!tokens) return std::nullopt;
    token_cursor cursor(head, std::move(*tokens));
    bool is_script = cursor.take_symbol(".") && cursor.take_keyword("execute") &&
                     cursor.take_keyword("database") && cursor.take_keyword("script");
    if (!is_script) return std::nullopt;
    script out;
    if (auto read = read_properties(cursor, out); !read) return read.error();
    if (!cursor.at_end()) return cursor.unexpected("'<|'");
    if (head.size() == text.size())
        return bad_script("'<|' and the commands of the script are missing");
    out.commands = commands_in(text.substr(head.size() + 2));
    if (out.commands.empty()) return bad_script("the script has no commands");
    return result<script>(boost::system::in_place_value, std::move(out));
}

static std::string capitalized(std::string_view name) {
    if (name == "ingestionbatching") return "IngestionBatching";
    if (name == "streamingingestion") return "StreamingIngestion";
    std::string out(name);
    bool is_lower = !out.empty() && out[0] >= 'a' && out[0] <= 'z';
    if (is_lower) out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

// "create-or-alter": "CreateOrAlter".
static std::string verb_in_type(std::string_view verb) {
    std::string out;
    for (auto part : split(verb, '-')) out += capitalized(part);
    return out;
}

std::string type_of_command(std::string_view text) {
    auto tokens = tokenize(text);
    if (!tokens) return {};
    token_cursor cursor(text, std::move(*tokens));
    if (!cursor.take_symbol(".")) return {};
    auto verb = cursor.take().value;
    while (cursor.take_symbol("-")) verb += "-" + cursor.take().value;
    auto entity = cursor.take().value;
    if (verb == "show") return capitalized(entity) + "Show";
    std::string name;
    if (entity == "table" && cursor.take_name(name)) {
        if (cursor.take_keyword("policy")) return capitalized(cursor.take().value) + "PolicyAlter";
        if (cursor.take_keyword("ingestion")) return "IngestionMapping" + verb_in_type(verb);
        if (verb == "create-merge") verb = "create";
    }
    return capitalized(entity) + verb_in_type(verb);
}

}  // namespace kustodrop::emulator
