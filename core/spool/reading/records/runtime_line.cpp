#include "spool/reading/records/runtime_line.hpp"

#include <algorithm>
#include <cstdint>

namespace kustodrop::spool {

// The next field; the blank behind it is taken too.
static std::string_view take_field(std::string_view& line) {
    auto blank = line.find(' ');
    auto field = line.substr(0, blank);
    line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
    return field;
}

static bool is_decimal(char byte) { return byte >= '0' && byte <= '9'; }

// Enough to distinguish it from text; the service reads the rest.
static bool looks_like_time(std::string_view field) {
    static constexpr std::string_view shape = "0000-00-00T00:00:00";
    if (field.size() <= shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == '0' ? !is_decimal(field[i]) : field[i] != shape[i]) return false;
    }
    return true;
}

static bool is_stream(std::string_view field) { return field == "stdout" || field == "stderr"; }

std::optional<runtime_part> parse_cri(std::string_view line) {
    runtime_part out;
    out.time = take_field(line);
    if (!looks_like_time(out.time)) return std::nullopt;
    out.stream = take_field(line);
    if (!is_stream(out.stream)) return std::nullopt;
    auto tags = take_field(line);
    auto first = tags.substr(0, tags.find(':'));
    if (first != "P" && first != "F") return std::nullopt;
    out.is_partial = first == "P";
    out.text = line;
    return out;
}

namespace {

// A JSON text, read from front to back. Once `wrong`, it stays so.
class json_line {
public:
    explicit json_line(std::string_view text) : rest_(text) {}

    bool is_wrong() const { return wrong_; }
    bool is_at_end() {
        skip_blanks();
        return rest_.empty();
    }

    bool takes(char wanted) {
        skip_blanks();
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char wanted) {
        if (!takes(wanted)) wrong_ = true;
    }

    void read_string(std::string& out);
    void skip_value();

private:
    void skip_blanks() {
        auto first = rest_.find_first_not_of(" \t\r");
        rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
    }
    void read_escape(std::string& out);
    std::uint32_t read_unit();
    void read_character(std::string& out);

    std::string_view rest_;
    bool wrong_ = false;
    std::string skipped_;
};

}  // namespace

static void append_utf8(std::string& out, std::uint32_t code) {
    auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    auto tail = [&add, code](unsigned shift) { add(0x80u | (code >> shift & 0x3Fu)); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
        add(0xC0u | code >> 6u);
        return tail(0);
    }
    if (code < 0x10000) {
        add(0xE0u | code >> 12u);
        tail(6);
        return tail(0);
    }
    add(0xF0u | code >> 18u);
    tail(12);
    tail(6);
    tail(0);
}

// The four digits of \uXXXX.
std::uint32_t json_line::read_unit() {
    std::uint32_t unit = 0;
    if (rest_.size() < 4) {
        wrong_ = true;
        return 0;
    }
    for (char digit : rest_.substr(0, 4)) {
        unsigned value = 16;
        if (is_decimal(digit)) value = static_cast<unsigned>(digit - '0');
        if (digit >= 'a' && digit <= 'f') value = static_cast<unsigned>(digit - 'a' + 10);
        if (digit >= 'A' && digit <= 'F') value = static_cast<unsigned>(digit - 'A' + 10);
        if (value > 15) wrong_ = true;
        unit = unit << 4u | (value & 15u);
    }
    rest_.remove_prefix(4);
    return unit;
}

void json_line::read_character(std::string& out) {
    static constexpr std::uint32_t replacement = 0xFFFD;
    auto code = read_unit();
    bool is_high = code >= 0xD800 && code < 0xDC00;
    bool is_low = code >= 0xDC00 && code < 0xE000;
    if (is_high && rest_.starts_with("\\u")) {
        auto before = rest_;
        rest_.remove_prefix(2);
        auto low = read_unit();
        if (low >= 0xDC00 && low < 0xE000) {
            return append_utf8(out, 0x10000 + ((code - 0xD800) << 10u) + (low - 0xDC00));
        }
        rest_ = before;
    }
    append_utf8(out, is_high || is_low ? replacement : code);
}

void json_line::read_escape(std::string& out) {
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) {
        wrong_ = true;
        return;
    }
    char name = rest_.front();
    rest_.remove_prefix(1);
    if (name == 'u') return read_character(out);
    auto known = names.find(name);
    if (known == std::string_view::npos) {
        wrong_ = true;
        return;
    }
    out += meanings[known];
}

void json_line::read_string(std::string& out) {
    out.clear();
    expect('"');
    while (!wrong_) {
        auto next = std::ranges::find_if(rest_, [](char byte) {
            return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20;
        });
        auto plain = static_cast<std::size_t>(next - rest_.begin());
        out.append(rest_, 0, plain);
        rest_.remove_prefix(plain);
        if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\\')) {
            wrong_ = true;
            return;
        }
        bool is_end = rest_.front() == '"';
        rest_.remove_prefix(1);
        if (is_end) return;
        read_escape(out);
    }
}

// Of members that are not asked for: objects and arrays with whatever they hold, or a bare value.
void json_line::skip_value() {
    std::size_t depth = 0;
    do {
        if (is_at_end()) {
            wrong_ = true;
            return;
        }
        char byte = rest_.front();
        if (byte == '"') {
            read_string(skipped_);
            continue;
        }
        if (byte == '{' || byte == '[') ++depth;
        if (byte == '}' || byte == ']') {
            if (depth == 0) wrong_ = true;
            if (depth > 0) --depth;
        }
        bool is_bare = depth == 0 && byte != '}' && byte != ']';
        auto end = is_bare ? rest_.find_first_of(",}] \t\"") : 1;
        if (end == 0) wrong_ = true;
        rest_.remove_prefix(std::min(end, rest_.size()));
    } while (depth > 0 && !wrong_);
}

std::optional<runtime_part> docker_line::parse(std::string_view line) {
    if (!line.starts_with('{')) return std::nullopt;
    json_line from(line);
    std::string key;
    bool has_text = false;
    text_.clear();
    stream_.clear();
    time_.clear();
    from.expect('{');
    while (!from.is_wrong() && !from.takes('}')) {
        from.read_string(key);
        from.expect(':');
        if (from.is_wrong()) break;
        if (key == "log") {
            from.read_string(text_);
            has_text = true;
        } else if (key == "stream") {
            from.read_string(stream_);
        } else if (key == "time") {
            from.read_string(time_);
        } else {
            from.skip_value();
        }
        if (from.takes('}')) break;
        from.expect(',');
    }
    if (from.is_wrong() || !from.is_at_end() || !has_text) return std::nullopt;
    runtime_part out;
    out.time = time_;
    out.stream = stream_;
    out.text = text_;
    out.is_partial = !out.text.ends_with('\n');
    if (!out.is_partial) out.text.remove_suffix(1);
    return out;
}

}  // namespace kustodrop::spool
