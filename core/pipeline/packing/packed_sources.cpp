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
    auto found = key ? packed_.find(*key) : packed_.end();
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

}  // namespace kustodrop::pipeline
