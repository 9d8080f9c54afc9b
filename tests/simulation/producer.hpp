#pragma once

#include "simulation/ledger.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::simulation {

class written_file;

/// One gzip member, as other programs write it.
std::string gzipped(std::string_view text);

/// Other people's programs: they write, append, rename and replace files in a drop folder.
class producer {
public:
    producer(universe& world, ledger& book, std::string folder);

    /// Drops files until `end`.
    void begin(time_point end);

    /// One file that is renamed into place, whole.
    drop& drop_one();

    /// Whether a slow writer still has a file open.
    bool writes() const {
        return std::ranges::any_of(open_, [](auto& one) { return !one.expired(); });
    }

private:
    void drop_some();
    void write_in_place(drop_kind kind);
    void append_slowly();
    void write_and_rewrite();
    void rewrite_later(drop& last, std::shared_ptr<written_file> by, unsigned left);
    void replace_soon();
    struct slow_writer {
        std::shared_ptr<written_file> file;
        std::string rest;  // Of a record that is begun.
    };
    void append_next(drop& to, slow_writer by, unsigned left);
    bool journal_lasts() const;
    bool is_in_reach(const drop& what, const std::string& place) const;
    drop& make(drop_kind kind, std::string_view extension);
    std::string content(drop& of);
    std::size_t some_records();
    bool folder_is_there() const;
    void put(const std::string& name, std::string_view bytes);
    void rename_into_place(drop& what, std::string_view bytes);
    std::string path(const std::string& name) const { return folder_ + "/" + name; }

    universe& world_;
    ledger& book_;
    std::string folder_;
    time_point end_{};
    std::vector<std::weak_ptr<written_file>> open_;
};

}  // namespace kustodrop::simulation
