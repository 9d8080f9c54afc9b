#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// The part of a name behind its folders.
std::string_view base_of(std::string_view name);

/// The folders of a name, without the last "/"; "" where it has none.
std::string_view folder_of(std::string_view name);

/// Names by their folders, to find the one that a file in another folder belongs to. What it is
/// made of must outlive it. Pure.
class log_folders {
public:
    void add(std::string_view name);

    /// The name that is one of these in the nearest folder above `folder`.
    std::optional<std::string> above(
        std::string_view folder, const std::vector<std::string_view>& bases
    ) const;

    /// The only name that is one of these in any folder.
    std::optional<std::string> only(const std::vector<std::string_view>& bases) const;

private:
    std::map<std::string_view, std::set<std::string_view>> folders_;  // By the base.
};

}  // namespace kustodrop::spool
