#pragma once

#include "spool/source/source.hpp"

#include <cstdint>
#include <string>

namespace kustodrop::spool {

enum class file_kind { regular, folder, symlink, fifo, socket, device, unknown };

std::string_view to_string(file_kind);

/// What a look at one name showed.
struct sighting {
    std::string name;  // Relative to the watch's folder; raw bytes.
    file_identity identity;
    std::uint64_t inode =
        0;  // While this mount lasts; that of `identity` is 0 where it is not kept.
    file_kind kind = file_kind::unknown;
    unsigned links = 0;     // Above 1 another name leads to the same bytes.
    bool readable = false;  // By this process.
    bool foreign = false;   // Owned by another user.

    friend bool operator==(const sighting&, const sighting&) = default;
};

/// Whether the marker speaks of this very file. One that an earlier file of that name left behind
/// is older than what it lies beside. Pure.
bool marks(const sighting& marker, const sighting& file);

}  // namespace kustodrop::spool
