#include "azure/storage/xml_reader.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace kustodrop::azure {

static constexpr std::size_t deepest = 16;

xml_reader::xml_reader(std::string_view document) : rest_(document) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

xml_reader::token xml_reader::fail() {
    bad_ = true;
    return {kind::bad};
}

// Moves past the next `mark`.
bool xml_reader::skip_past(std::string_view mark) {
    auto at = rest_.find(mark);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + mark.size());
    return true;
}

static void append_utf8(std::string& out, unsigned long point) {
    auto byte = [&](unsigned long bits) { out += static_cast<char>(bits); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xC0 | point >> 6);
        byte(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        byte(0xE0 | point >> 12);
        byte(0x80 | (point >> 6 & 0x3F));
        byte(0x80 | (point & 0x3F));
    } else {
        byte(0xF0 | point >> 18);
        byte(0x80 | (point >> 12 & 0x3F));
        byte(0x80 | (point >> 6 & 0x3F));
        byte(0x80 | (point & 0x3F));
    }
}

static bool append_reference(std::string& out, std::string_view name) {
    if (name == "lt") return out += '<', true;
    if (name == "gt") return out += '>', true;
    if (name == "amp") return out += '&', true;
    if (name == "quot") return out += '"', true;
    if (name == "apos") return out += '\'', true;
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    int base = 10;
    if (name.starts_with('x')) {
        base = 16;
        name.remove_prefix(1);
    }
    unsigned long point = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), point, base);
    bool whole = error == std::errc() && end == name.data() + name.size();
    bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (!whole || point == 0 || point > 0x10FFFF || surrogate) return false;
    append_utf8(out, point);
    return true;
}

static std::optional<std::string> with_entities_decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto at = text.find('&');
        out += text.substr(0, at);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at + 1);
        auto end = text.find(';');
        if (end == std::string_view::npos || !append_reference(out, text.substr(0, end))) return {};
        text.remove_prefix(end + 1);
    }
    return out;
}

xml_reader::token xml_reader::read_text() {
    auto raw = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(raw.size());
    if (open_.empty() && !trimmed(raw).empty()) return fail();
    auto text = with_entities_decoded(raw);
    if (!text) return fail();
    return {kind::text, std::move(*text)};
}

static bool is_name(std::string_view text) {
    if (text.empty() || text.size() > 256) return false;
    return text.find_first_of("<>&'\"=! \t\r\n") == std::string_view::npos;
}

// At "<": an element with whatever attributes, which may hold a ">" in quotes.
xml_reader::token xml_reader::read_open() {
    char quote = 0;
    std::size_t end = 1;
    for (; end < rest_.size(); ++end) {
        char c = rest_[end];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            break;
        } else if (c == '<') {
            return fail();
        }
    }
    if (end >= rest_.size()) return fail();
    auto inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    bool self_closed = inside.ends_with('/');
    if (self_closed) inside.remove_suffix(1);
    std::string name(inside.substr(0, inside.find_first_of(" \t\r\n")));
    if (!is_name(name) || open_.size() >= deepest) return fail();
    if (self_closed) {
        self_closed_ = name;
    } else {
        open_.push_back(name);
    }
    return {kind::open, std::move(name)};
}

xml_reader::token xml_reader::read_close() {
    auto end = rest_.find('>');
    if (end == std::string_view::npos) return fail();
    auto name = trimmed(rest_.substr(2, end - 2));
    if (open_.empty() || open_.back() != name) return fail();
    rest_.remove_prefix(end + 1);
    token out{kind::close, std::move(open_.back())};
    open_.pop_back();
    return out;
}

xml_reader::token xml_reader::read_markup() {
    if (rest_.starts_with("</")) return read_close();
    if (rest_.starts_with("<![CDATA[")) {
        rest_.remove_prefix(9);
        auto raw = rest_.substr(0, rest_.find("]]>"));
        if (open_.empty() || !skip_past("]]>")) return fail();
        return {kind::text, std::string(raw)};
    }
    // A DTD could define entities that grow without bound.
    if (rest_.starts_with("<!") || rest_.starts_with("<?")) return fail();
    return read_open();
}

// Passes over what says nothing: the declaration, comments, and space around the root.
bool xml_reader::skip_asides() {
    for (;;) {
        if (open_.empty()) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
        }
        if (rest_.starts_with("<?xml")) {
            if (!skip_past("?>")) return false;
        } else if (rest_.starts_with("<!--")) {
            if (!skip_past("-->")) return false;
        } else {
            return true;
        }
    }
}

xml_reader::token xml_reader::next() {
    if (bad_) return {kind::bad};
    if (!self_closed_.empty()) return {kind::close, std::exchange(self_closed_, {})};
    if (!skip_asides()) return fail();
    if (rest_.empty()) return open_.empty() ? token{kind::end} : fail();
    return rest_.front() == '<' ? read_markup() : read_text();
}

}  // namespace kustodrop::azure
