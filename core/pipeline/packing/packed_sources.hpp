#pragma once

#include "spool/source/packed_source.hpp"
#include "spool/source/source.hpp"
#include "spool/source/source_key.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// Sources that only wait for their outcome, packed: there may be a million.
class packed_sources {
public:
    struct entry {
        spool::source source;
        bool is_parked = false;
    };

    /// False: its id is not a GUID, and it is not put there.
    bool put(const spool::source&, bool is_parked);

    bool contains(std::string_view id) const { return look(id) != nullptr; }
    bool contains(const spool::source_key& key) const { return packed_.contains(key); }
    bool is_parked(std::string_view id) const;
    std::size_t size() const { return packed_.size(); }

    /// Takes one out.
    std::optional<entry> take(std::string_view id);

    std::optional<entry> take(const spool::source_key& key);

    /// Takes out all of a watch.
    std::vector<entry> take_all(const std::string& watch);

    /// The ids of those of a watch.
    std::vector<spool::source_key> keys_of(const std::string& watch) const;

    /// Their number by watch.
    std::map<std::string, std::size_t> count() const;

    /// Visits them as `const source&`; the reference is dead afterwards.
    template <class Visit>
    void each(Visit visit) const {
        for (auto& [key, one] : packed_) visit(unpacked(key, one));
    }

    /// The same, of one watch.
    template <class Visit>
    void each_of(const std::string& watch, Visit visit) const {
        for (auto& [key, one] : packed_) {
            if (spool::watch_of(one.source, texts_) == watch) visit(unpacked(key, one));
        }
    }

    /// The same, of those that are parked.
    template <class Visit>
    void each_parked(Visit visit) const {
        for (auto& [key, one] : packed_) {
            if (one.is_parked) visit(unpacked(key, one));
        }
    }

private:
    struct packed {
        spool::packed_source source;
        bool is_parked = false;
    };
    const packed* look(std::string_view id) const;
    spool::source unpacked(const spool::source_key& key, const packed& one) const {
        return spool::unpack(one.source, spool::id_of(key), texts_);
    }

    std::unordered_map<spool::source_key, packed, spool::source_key_hash> packed_;
    spool::shared_texts texts_;
};

}  // namespace kustodrop::pipeline
