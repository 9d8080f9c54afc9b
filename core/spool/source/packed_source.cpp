#include "spool/source/packed_source.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace kustodrop::spool {

// What stands for a text that others contain: names of places and blobs are made of these.
static constexpr char stands_for_id = '\1';
static constexpr char stands_for_name = '\2';
static constexpr char stands_for_folder = '\3';
static constexpr char next_is_literal = '\4';
static constexpr std::string_view our_folder = ".kustodrop/";

std::uint64_t shared_texts::number_of(const std::string& text) {
    auto known = numbers_.find(text);
    if (known != numbers_.end()) return known->second;
    texts_.push_back(text);
    numbers_.emplace(texts_.back(), texts_.size() - 1);
    return texts_.size() - 1;
}

// Numbers are in groups of seven bits, the lowest first.
static std::uint64_t take_number(const char*& at) {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        auto byte = static_cast<unsigned char>(*at++);
        value |= static_cast<std::uint64_t>(byte & 127) << shift;
        if (byte < 128) return value;
    }
}

namespace {

// Both directions offer the same calls, so that one description of a source serves both. The sign
// of a difference is in its lowest bit.
class packing {
public:
    packing(const source& what, shared_texts& texts) : what_(what), texts_(texts) {}

    template <class Number>
    void number(const Number& value) {
        put(static_cast<std::uint64_t>(value));
    }

    void difference(std::int64_t value, std::int64_t from) {
        auto apart = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(from);
        auto sign = apart >> 63 ? ~std::uint64_t() : 0;
        put(apart << 1 ^ sign);
    }

    void shared(const std::string& text) { put(texts_.number_of(text)); }

    void text(const std::string& value, std::string_view name = {}) {
        std::string short_form;
        for (std::size_t at = 0; at < value.size();) {
            auto rest = std::string_view(value).substr(at);
            auto replace = [&](std::string_view long_form, char by) {
                if (long_form.empty() || !rest.starts_with(long_form)) return false;
                short_form += by;
                at += long_form.size();
                return true;
            };
            if (replace(our_folder, stands_for_folder) || replace(what_.id, stands_for_id))
                continue;
            if (replace(name, stands_for_name)) continue;
            bool is_like_ours = static_cast<unsigned char>(rest.front()) <= next_is_literal;
            if (is_like_ours) short_form += next_is_literal;
            short_form += rest.front();
            ++at;
        }
        put(short_form.size());
        bytes_ += short_form;
    }

    template <class List>
    std::size_t size_of(const List& list) {
        put(list.size());
        return list.size();
    }

    template <class Optional>
    bool has(const Optional& value) {
        put(value ? 1 : 0);
        return static_cast<bool>(value);
    }

    const any_stage& stage(const any_stage& at) {
        put(at.index());
        return at;
    }

    const std::string& bytes() const { return bytes_; }

private:
    void put(std::uint64_t value) {
        for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
        bytes_ += static_cast<char>(value);
    }

    const source& what_;
    shared_texts& texts_;
    std::string bytes_;
};

class unpacking {
public:
    unpacking(const char* bytes, const source& what, const shared_texts& texts)
        : at_(bytes), what_(what), texts_(texts) {}

    template <class Number>
    void number(Number& value) {
        value = static_cast<Number>(get());
    }

    void difference(std::int64_t& value, std::int64_t from) {
        auto coded = get();
        auto apart = coded >> 1 ^ (~(coded & 1) + 1);
        value = static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + apart);
    }

    void shared(std::string& text) { text = texts_.at(get()); }

    void text(std::string& value, std::string_view name = {}) {
        auto bytes = static_cast<std::size_t>(get());
        auto end = at_ + bytes;
        value.clear();
        while (at_ != end) {
            auto c = *at_++;
            if (c == stands_for_id) {
                value += what_.id;
            } else if (c == stands_for_name) {
                value += name;
            } else if (c == stands_for_folder) {
                value += our_folder;
            } else {
                value += c == next_is_literal ? *at_++ : c;
            }
        }
    }

    template <class List>
    std::size_t size_of(List& list) {
        list.resize(static_cast<std::size_t>(get()));
        return list.size();
    }

    template <class Optional>
    bool has(Optional& value) {
        if (get() == 0) return false;
        value = std::remove_reference_t<decltype(*value)>();
        return true;
    }

    any_stage& stage(any_stage& at) {
        static const std::array<any_stage, 6> empty{
            stage::claimed(),
            stage::uploaded(),
            stage::posting(),
            stage::posted(),
            stage::settled(),
            stage::retired()};
        at = empty.at(static_cast<std::size_t>(get()));
        return at;
    }

private:
    std::uint64_t get() { return take_number(at_); }

    const char* at_;
    const source& what_;
    const shared_texts& texts_;
};

// Near the time of the claim, all of them.
template <class Stream, class Source, class Time>
void describe_time(Stream& with, Source& what, Time& time) {
    auto since_1970 = time.time_since_epoch().count();
    std::int64_t count = since_1970;
    auto claimed = static_cast<std::int64_t>(what.claimed_at.time_since_epoch().count());
    with.difference(count, claimed);
    if constexpr (!std::is_const_v<Time>) time = wall_time(wall_time::duration(count));
}

template <class Stream, class Source, class Blob>
void describe_blob(Stream& with, Source&, Blob& blob) {
    with.shared(blob.account);
    with.shared(blob.container);
    with.text(blob.name);
    with.number(blob.raw_bytes);
    with.number(blob.stored_bytes);
}

template <class Stream, class Source, class Record>
void describe_record(Stream& with, Source& what, Record& record) {
    with.number(record.outcome);
    with.text(record.code);
    with.text(record.details);
    with.text(record.operation_id);
    describe_time(with, what, record.at);
}

template <class Stream, class Source, class Stage>
void describe_stage(Stream& with, Source& what, Stage& at) {
    std::visit(
        [&](auto& facts) {
            if constexpr (requires { facts.blob; }) describe_blob(with, what, facts.blob);
            if constexpr (requires { facts.record; }) describe_record(with, what, facts.record);
            if constexpr (requires { facts.at; }) describe_time(with, what, facts.at);
        },
        with.stage(at)
    );
}

template <class Stream, class Source, class Slice>
void describe_slice(Stream& with, Source& what, Slice& one) {
    with.text(one.name);
    with.text(one.location, one.name);
    with.number(one.offset);
    with.number(one.length_bytes);
    auto& identity = one.identity;
    with.number(identity.device);
    with.number(identity.inode);
    with.number(identity.size_bytes);
    auto claimed = static_cast<std::int64_t>(what.claimed_at.time_since_epoch().count());
    with.difference(identity.modified_ns, claimed * 1000);
    with.difference(identity.changed_ns, identity.modified_ns);
    with.difference(identity.born_ns, identity.modified_ns);
    with.number(one.start_check);
    with.number(one.end_check);
    with.number(one.head_bytes);
    if (with.has(one.log_id)) with.text(*one.log_id);
}

template <class Stream, class Source>
void describe_posts(Stream& with, Source& what) {
    with.number(what.posts);
    with.number(what.ambiguous_posts);
    describe_time(with, what, what.last_post_at);
    with.number(what.token_number);
    with.number(what.token_refused);
    with.number(what.reported.in_queue);
    with.number(what.reported.in_table);
    with.number(what.reported.in_operation);
    with.number(what.reported.in_answer);
    auto posts = with.size_of(what.rest_posts);
    for (std::size_t i = 0; i < posts; ++i) {
        with.shared(what.rest_posts[i].database);
        with.shared(what.rest_posts[i].table);
        with.text(what.rest_posts[i].operation);
    }
    auto keys = with.size_of(what.failure_keys);
    for (std::size_t i = 0; i < keys; ++i) with.text(what.failure_keys[i]);
    if (with.has(what.last_failure)) describe_record(with, what, *what.last_failure);
    with.number(what.posts_before_failure);
}

// The watch stands first, for watch_of().
template <class Stream, class Source>
void describe(Stream& with, Source& what) {
    with.shared(what.watch);
    with.shared(what.target);
    if (with.has(what.cluster)) with.shared(*what.cluster);
    std::int64_t claimed = what.claimed_at.time_since_epoch().count();
    with.difference(claimed, 0);
    if constexpr (!std::is_const_v<Source>) {
        what.claimed_at = wall_time(wall_time::duration(claimed));
    }
    auto slices = with.size_of(what.slices);
    for (std::size_t i = 0; i < slices; ++i) describe_slice(with, what, what.slices[i]);
    with.number(what.attempts);
    with.number(what.begun);
    if (with.has(what.records)) with.number(*what.records);
    describe_posts(with, what);
    describe_stage(with, what, what.stage);
}

}  // namespace

packed_source pack(const source& what, shared_texts& texts) {
    packing with(what, texts);
    describe(with, what);
    auto& bytes = with.bytes();
    auto out = std::make_unique_for_overwrite<char[]>(bytes.size());
    std::ranges::copy(bytes, out.get());
    return out;
}

source unpack(const packed_source& packed, std::string id, const shared_texts& texts) {
    source out;
    out.id = std::move(id);
    unpacking with(packed.get(), out, texts);
    describe(with, out);
    return out;
}

const std::string& watch_of(const packed_source& packed, const shared_texts& texts) {
    auto* first = packed.get();
    return texts.at(take_number(first));
}

}  // namespace kustodrop::spool
