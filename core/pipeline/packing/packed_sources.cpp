#include "pipeline/packing/packed_sources.hpp"

namespace kustodrop::pipeline {

bool packed_sources::put(const spool::source& what, bool is_parked) {
    auto key = spool::key_of(what.id);
    if (!key) return false;
    packed_.insert_or_assign(*key, packed{spool::pack(what, texts_), is_parked});
    return true;
}

const packed_sources::packed* packed_sources::look(std::string_view id) const {
    auto key = spool::key_of(id);
    auto found = key ? packed_.find(*key) : packed_.end();
    return found == packed_.end() ? nullptr : &found->second;
}

bool packed_sources::is_parked(std::string_view id) const {
    auto* one = look(id);
    return one && one->is_parked;
}

std::optional<packed_sources::entry> packed_sources::take(std::string_view id) {
    auto key = spool::key_of(id);
    return key ? take(*key) : std::nullopt;
}

std::optional<packed_sources::entry> packed_sources::take(const spool::source_key& key) {
    auto found = packed_.find(key);
    if (found == packed_.end()) return std::nullopt;
    entry out{unpacked(found->first, found->second), found->second.is_parked};
    packed_.erase(found);
    return out;
}

std::vector<packed_sources::entry> packed_sources::take_all(const std::string& watch) {
    std::vector<entry> out;
    for (auto at = packed_.begin(); at != packed_.end();) {
        if (spool::watch_of(at->second.source, texts_) != watch) {
            ++at;
            continue;
        }
        out.push_back({unpacked(at->first, at->second), at->second.is_parked});
        at = packed_.erase(at);
    }
    return out;
}

std::vector<spool::source_key> packed_sources::keys_of(const std::string& watch) const {
    std::vector<spool::source_key> out;
    out.reserve(packed_.size());
    for (auto& [key, one] : packed_) {
        if (spool::watch_of(one.source, texts_) == watch) out.push_back(key);
    }
    return out;
}

std::map<std::string, std::size_t> packed_sources::count() const {
    std::map<std::string, std::size_t> out;
    for (auto& [key, one] : packed_) ++out[spool::watch_of(one.source, texts_)];
    return out;
}

}  // namespace kustodrop::pipeline
