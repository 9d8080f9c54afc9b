#include "spool/reading/records/record_reader.hpp"

#include "spool/reading/records/line_start.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::spool {

// What a runtime wraps around a text; docker writes a byte as six characters at most.
static std::uint64_t longest_line(const record_rules& rules) {
    static constexpr std::uint64_t envelope_bytes = 4096;
    if (rules.kind == record_kind::cri) return rules.max_record + envelope_bytes;
    if (rules.kind == record_kind::docker) return rules.max_record * 6 + envelope_bytes;
    return rules.max_record;
}

// As much of a text as may be taken without cutting a character of UTF-8.
static std::size_t whole_characters(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text.size();
    auto end = most;
    while (end > 0 && most - end < 4 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80) {
        --end;
    }
    bool is_utf8 = end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) != 0x80;
    return is_utf8 ? end : most;
}

record_reader::record_reader(record_rules rules, std::uint64_t offset, taker take)
    : rules_(std::move(rules)),
      longest_(longest_line(rules_)),
      take_(std::move(take)),
      at_(offset),
      whole_until_(offset) {}

void record_reader::add(std::string_view bytes) {
    while (!bytes.empty()) {
        auto newline = bytes.find('\n');
        bool ends = newline != std::string_view::npos;
        auto piece = bytes.substr(0, ends ? newline : bytes.size());
        bytes.remove_prefix(ends ? newline + 1 : bytes.size());
        if (!ends || !line_.empty() || piece.size() > longest_) {
            line_ += piece;
            cut_long_line();
            if (!ends) return;
            piece = line_;
        }
        auto begin = at_;
        at_ += piece.size() + 1;
        take_line(piece, begin);
        line_.clear();
    }
}

void record_reader::give(found_record one) {
    while (one.text.size() > rules_.max_record) {
        auto rest = one;
        rest.text.remove_prefix(whole_characters(one.text, rules_.max_record));
        one.text.remove_suffix(rest.text.size());
        rest.offset += one.text.size();
        one.is_a_part = true;
        take_(one);
        one = rest;
        one.is_a_part = true;
    }
    take_(one);
}

// Independent of the pieces it came in: it is cut at multiples of its longest part.
void record_reader::cut_long_line() {
    std::size_t cut = 0;
    while (line_.size() - cut > longest_) {
        auto rest = std::string_view(line_).substr(cut);
        auto piece = rest.substr(0, whole_characters(rest, longest_));
        if (!is_runtime() && out_.is_open) close(out_, {}, true);
        give({{}, {}, piece, at_, is_runtime(), true});
        at_ += piece.size();
        cut += piece.size();
        if (!out_.is_open && !err_.is_open) whole_until_ = at_;
    }
    line_.erase(0, cut);
}

void record_reader::take_line(std::string_view line, std::uint64_t offset) {
    if (!is_runtime() && line.ends_with('\r')) line.remove_suffix(1);
    switch (rules_.kind) {
    case record_kind::lines:
        give({{}, {}, line, offset});
        whole_until_ = at_;
        return;
    case record_kind::cri:
        return end_runtime_line(line, parse_cri(line), offset);
    case record_kind::docker:
        return end_runtime_line(line, docker_.parse(line), offset);
    case record_kind::unindented:
    case record_kind::starts_with:
        return end_grouped_line(line, offset);
    }
}

void record_reader::end_runtime_line(
    std::string_view line, const std::optional<runtime_part>& part, std::uint64_t offset
) {
    if (!part) {
        give({{}, {}, line, offset, true});
    } else {
        auto& open = part->stream == "stderr" ? err_ : out_;
        if (!open.is_open && !part->is_partial) {
            give({part->time, part->stream, part->text, offset});
        } else {
            if (!open.is_open) {
                open.is_open = true;
                open.offset = offset;
                open.time = part->time;
            }
            grow(open, *part, offset);
            if (!part->is_partial) close(open, part->stream, false);
        }
    }
    if (!out_.is_open && !err_.is_open) whole_until_ = at_;
}

bool record_reader::begins_record(std::string_view line) const {
    if (rules_.kind == record_kind::unindented) {
        return !line.empty() && line.front() != ' ' && line.front() != '\t';
    }
    return std::ranges::any_of(rules_.starts, [line](auto& pattern) {
        return line_starts_with(pattern, line);
    });
}

void record_reader::end_grouped_line(std::string_view line, std::uint64_t offset) {
    runtime_part text;
    text.text = line;
    if (!out_.is_open || begins_record(line)) {
        if (out_.is_open) close(out_, {}, false);
        whole_until_ = offset;
        out_.is_open = true;
        out_.offset = offset;
    } else {
        // The newline before it.
        out_.text += '\n';
    }
    grow(out_, text, offset);
}

// What would be longer than a record may be is given out before it is.
void record_reader::grow(open_record& one, const runtime_part& by, std::uint64_t offset) {
    auto rest = by.text;
    while (one.text.size() + rest.size() > rules_.max_record && !one.text.empty()) {
        auto room = rules_.max_record - std::min<std::size_t>(rules_.max_record, one.text.size());
        auto length = whole_characters(rest, room);
        one.text += rest.substr(0, length);
        rest.remove_prefix(length);
        offset += length;
        auto time = one.time;
        close(one, by.stream, true);
        one.is_open = true;
        one.time = std::move(time);
        one.offset = offset;
    }
    one.text += rest;
}

void record_reader::close(open_record& one, std::string_view stream, bool is_a_part) {
    bool is_unfinished = is_a_part && is_ending_;
    give({one.time, stream, one.text, one.offset, false, is_a_part, one.began_before, is_unfinished}
    );
    one.began_before = false;
    one.is_open = false;
    one.time.clear();
    one.text.clear();
}

void record_reader::end_line() {
    if (line_.empty()) return;
    auto begin = at_;
    at_ += line_.size();
    auto line = std::exchange(line_, {});
    take_line(line, begin);
}

void record_reader::continue_at(std::uint64_t offset) {
    at_ = offset;
    whole_until_ = offset;
    out_.began_before = out_.is_open;
    err_.began_before = err_.is_open;
}

void record_reader::end() {
    end_line();
    is_ending_ = true;
    if (out_.is_open) close(out_, is_runtime() ? "stdout" : "", is_runtime());
    if (err_.is_open) close(err_, "stderr", true);
    whole_until_ = at_;
}

}  // namespace kustodrop::spool
