#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

// Where things are put under .kustodrop. Pure.

/// Where a watch keeps what it has taken, relative to its folder.
inline constexpr std::string_view work_folder = ".kustodrop/work";
inline constexpr std::string_view archive_folder = ".kustodrop/archive";
inline constexpr std::string_view quarantine_folder = ".kustodrop/quarantine";

/// Where a range of a followed log lies that was kept after a failure. Not below the watch's
/// folder, as a place that begins with "/" shows, but in the watch's part of the state directory.
inline constexpr std::string_view kept_ranges_place = "/quarantine/";

inline bool is_kept_range(std::string_view location) {
    return location.starts_with(kept_ranges_place);
}

/// Where one lies that was spilled: compressed, because its log was about to be let go of. In the
/// watch's part of the state directory too.
inline constexpr std::string_view spilled_place = "/spill/";

inline bool is_spilled(std::string_view location) { return location.starts_with(spilled_place); }

inline constexpr std::size_t longest_name_bytes = 255;

/// Where a claimed file goes: work/ID~NAME, or work/ID/NAME where that is longer than a name may
/// be or the file comes from a subfolder.
std::string work_location(std::string_view source_id, std::string_view name);

/// Where a file of a subfolder goes while no folder can be made: work/ID=NAME, with "%2F" for "/"
/// and "%25" for "%". Nothing if that is longer than a name may be.
std::optional<std::string> flat_work_location(std::string_view source_id, std::string_view name);

/// The reverse, of a location relative to work/. Nothing if it carries no id of ours.
struct work_place {
    std::string source_id;
    std::string name;
};
std::optional<work_place> parse_work_place(std::string_view relative);

/// The id that a location below the watch's folder carries, where it is one in work/.
std::optional<std::string> id_in_work(std::string_view location);

/// "x.ID.json" of "x.json": the id before the extension, which keeps a second one before ".gz".
/// The stem is shortened if the name would become too long.
std::string with_id(std::string_view base, std::string_view source_id);

/// "NAME.error.json", or "ID.error.json" where that would be too long.
std::string sidecar_name(std::string_view base, std::string_view source_id);

/// The folders below `top` in which a file may be put that came from `folder`, "." for the watch's
/// own, the usual one first. The others are in a folder with the source's id, for where something
/// else has the name of one of the usual folders.
std::vector<std::string> folders_below(
    std::string_view top, std::string_view folder, std::string_view source_id
);

/// The id in a location in the archive or the quarantine that is not in the usual one of
/// folders_below(); nothing if it is in that.
std::optional<std::string> unusual_place(std::string_view location);

/// "2026-11-23" in UTC, and back.
std::string day_name(wall_time day);
std::optional<wall_time> parse_day_name(std::string_view name);

/// "folder/base", or just the base if the folder is ".".
std::string joined(std::string_view folder, std::string_view base);

}  // namespace kustodrop::spool
