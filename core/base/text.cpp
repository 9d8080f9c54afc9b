#include "base/text.hpp"

#include "base/wording/plain_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace kustodrop {

// The length of the valid UTF-8 sequence at `at`, or 0. Rejects overlong forms and surrogates.
static std::size_t sequence_at(std::string_view text, std::size_t at) {
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    auto left = text.size() - at;
    auto continues = [&](std::size_t i) { return i < left && (byte(i) & 0xC0) == 0x80; };
    auto first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!continues(1) || !continues(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

// Characters that a terminal or a log viewer obeys instead of showing: C0, DEL and C1 controls,
// line and paragraph separators, and those that turn the direction of writing.
static bool is_obeyed(std::string_view sequence) {
    auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
    auto second = static_cast<unsigned char>(sequence[1]);
    if (sequence.size() == 2) return first == 0xC2 && second < 0xA0;
    auto third = static_cast<unsigned char>(sequence[2]);
    if (sequence.size() != 3 || first != 0xE2) return false;
    return (second == 0x80 && third >= 0xA8 && third <= 0xAE) ||
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

static void append_hex(std::string& out, unsigned char byte) {
    std::array<char, 5> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x", byte);
    out += escaped.data();
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        if (auto plain = plain_prefix(text.substr(i)); plain > 0) {
            out += text.substr(i, plain);
            i += plain;
            continue;
        }
        auto length = sequence_at(text, i);
        auto sequence = text.substr(i, std::max<std::size_t>(length, 1));
        if (length == 0 || is_obeyed(sequence)) {
            for (unsigned char byte : sequence) append_hex(out, byte);
        } else {
            out += sequence;
        }
        i += sequence.size();
    }
    return out;
}

// A sequence of at most three bytes as JSON's \uNNNN.
static void append_code_point(std::string& out, std::string_view sequence) {
    static constexpr std::array<unsigned, 4> first_bits{0, 0x7F, 0x1F, 0x0F};
    unsigned point = static_cast<unsigned char>(sequence[0]) & first_bits[sequence.size()];
    for (unsigned char byte : sequence.substr(1)) point = (point << 6u) | (byte & 0x3Fu);
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\u%04x", point & 0xFFFFu);
    out += escaped.data();
}

std::string json_escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_json_escape(out, text);
    return out;
}

void append_json_escape(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        if (auto plain = plain_prefix(text.substr(i)); plain > 0) {
            out += text.substr(i, plain);
            i += plain;
            continue;
        }
        auto length = sequence_at(text, i);
        auto c = text[i];
        if (length == 0) {
            out += '\\';
            append_hex(out, static_cast<unsigned char>(c));
            ++i;
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (is_obeyed(text.substr(i, length))) {
            append_code_point(out, text.substr(i, length));
        } else {
            out += text.substr(i, length);
        }
        i += length;
    }
}

bool is_valid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        auto length = sequence_at(text, i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

std::string percent_encode(std::string_view text) {
    std::string out;
    for (unsigned char c : text) {
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain || c == '-' || c == '.' || c == '_' || c == '~') {
            out += static_cast<char>(c);
        } else {
            std::array<char, 4> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "%%%02X", c);
            out += escaped.data();
        }
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        unsigned value = 0;
        auto* from = text.data() + i + 1;
        auto [end, error] = std::from_chars(from, from + 2, value, 16);
        if (error != std::errc() || end != from + 2) return std::nullopt;
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

static char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string to_lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = in_lower_case(c);
    return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, in_lower_case, in_lower_case);
}

std::string and_also(std::string said, std::string_view more) {
    if (said.empty() || more.empty()) return said.append(more);
    // Three points do not end a sentence.
    bool is_sentence = said.ends_with('.') && !said.ends_with("..");
    if (is_sentence) said.pop_back();
    return said.append("; ").append(more);
}

std::string_view trimmed(std::string_view text) {
    static constexpr std::string_view blanks = " \t\r\n";
    auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string human_bytes(std::uint64_t bytes) {
    static constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024) return std::to_string(bytes) + " B";
    auto value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1023.95 && unit + 1 < units.size()) {  // What would print as 1024.0.
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%.1f %s", value, units[unit]);
    return out.data();
}

std::string human_duration(duration time) {
    std::array<char, 32> out{};
    auto seconds = std::chrono::duration<double>(time).count();
    auto whole = std::chrono::round<std::chrono::seconds>(time).count();
    if (seconds < 59.95) {
        std::snprintf(out.data(), out.size(), "%.1fs", seconds);
    } else if (whole < 3600) {
        auto minutes = whole / 60;
        auto rest = whole % 60;
        std::snprintf(out.data(), out.size(), "%ldmin %lds", minutes, rest);
    } else if (whole < 48 * 3600) {
        std::snprintf(out.data(), out.size(), "%ldh %ldmin", whole / 3600, whole % 3600 / 60);
    } else {
        std::snprintf(out.data(), out.size(), "%ldd %ldh", whole / 86400, whole % 86400 / 3600);
    }
    return out.data();
}

}  // namespace kustodrop
