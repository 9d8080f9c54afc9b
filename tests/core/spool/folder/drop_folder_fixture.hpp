#pragma once

#include "spool/folder/claiming.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/mman.h>

#include <algorithm>

namespace kustodrop::test {

inline const std::string first_id = "11111111-aaaa-4bbb-8ccc-000000000001";
inline const std::string second_id = "22222222-aaaa-4bbb-8ccc-000000000002";

inline wall_time at_day(int day) {
    using namespace std::chrono;
    return sys_days(year(2026) / 11 / day) + 12h;
}

/// Names that break careless programs.
inline std::vector<std::string> hostile_names() {
    return {
        "a b.json",
        "a\nb.json",
        "100%.json",
        "\xff\xfe.json",
        "~.json",
        "-rf.json",
        "x~y~z.json",
        "\x1b[31m.json",
        "a'\"`$(b)",
        std::string(255, 'n'),
        std::string(218, 'm'),
        std::string(219, 'm')};
}

/// A prepared drop folder in a real temporary folder.
struct dropping {
    temp_folder files;
    spool::drop_folder drop = opened(files);

    static spool::drop_folder opened(const temp_folder& files) {
        auto drop = spool::drop_folder::open(files.path()).value();
        BOOST_REQUIRE(drop.prepare().has_value());
        return drop;
    }

    spool::sighting look(const std::string& name) const {
        auto seen = drop.look(name).value();
        BOOST_REQUIRE(seen.has_value());
        return *seen;
    }

    spool::slice claim(const std::string& name, const std::string& id = first_id) const {
        return spool::claim(drop, look(name), id).value();
    }

    spool::slice dropped_and_claimed(const std::string& name, std::string_view text) const {
        files.write(name, text);
        return claim(name);
    }

    std::vector<std::string> names(const spool::scan& found) const {
        std::vector<std::string> names;
        for (auto& seen : found.sightings) names.push_back(seen.name);
        std::sort(names.begin(), names.end());
        return names;
    }

    void set_modified(const std::string& name, long seconds) const {
        ::timespec times[2] = {{seconds, 0}, {seconds, 0}};
        ::utimensat(AT_FDCWD, files.path(name).c_str(), times, AT_SYMLINK_NOFOLLOW);
    }

    bool work_is_empty() const { return spool::list_work(drop).value().files.empty(); }
};

}  // namespace kustodrop::test
