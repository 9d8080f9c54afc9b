#pragma once

#include <cstdint>
#include <string_view>

namespace kustodrop::spool {

/// What an inotify event says about a name in a watched folder. Every one is a hint to look again.
enum class event_meaning {
    closed,           // A writer closed it.
    moved_in,         // Renamed into the folder.
    appeared,         // Created or linked; its writer may not be done.
    went,             // Deleted or renamed away.
    attributes,       // Mode, owner or times changed: it may be readable now.
    folder_appeared,  // A subfolder: watch it, then scan it.
    folder_went,      // A subfolder was removed or moved.
    root_removed,     // The watched folder itself was removed, renamed or unmounted.
    overflow,         // Events were lost: scan everything.
    ignored,          // The watch's number is dead.
    nothing,          // Of no interest.
};

std::string_view to_string(event_meaning);

/// Pure: what the mask of an inotify event means.
event_meaning meaning_of(std::uint32_t mask);

}  // namespace kustodrop::spool
