#include "spool/following/keeping/spilled_content.hpp"

#include "spool/following/keeping/spill_label.hpp"
#include "spool/following/log_identity.hpp"
#include "spool/reading/inflated/inflated_bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace kustodrop::spool {

static constexpr std::size_t read_at_once = 256 * 1024;

// Of what a log is known by: of its beginning as much, and of the bytes before a position.
static void keep_ends(spilled_content& of, std::string_view bytes) {
    static constexpr evidence_sizes kept;
    if (of.beginning.size() < kept.head) {
        of.beginning += bytes.substr(0, kept.head - of.beginning.size());
    }
    of.ending += bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), kept.anchor));
    if (of.ending.size() > kept.anchor) of.ending.erase(0, of.ending.size() - kept.anchor);
}

std::optional<spilled_content> content_of(const spilled_ranges& in, const std::string& location) {
    auto file = in.open(location);
    std::string some(std::max(most_head_bytes, read_at_once), '\0');
    auto got = file ? ::pread(file->get(), some.data(), most_head_bytes, 0) : -1;
    auto labelled =
        got > 0 ? labelled_range({some.data(), static_cast<std::size_t>(got)}) : std::nullopt;
    if (!labelled) return std::nullopt;
    spilled_content out{std::move(*labelled), {}, {}};
    out.range.location = location;
    inflated_bytes bytes(file->get());
    std::uint64_t length = 0;
    for (;;) {
        auto more = bytes.read(some);
        if (more.has_error()) return std::nullopt;
        if (*more == 0) break;
        length += *more;
        keep_ends(out, {some.data(), *more});
    }
    if (length != out.range.length_bytes) return std::nullopt;
    return out;
}

}  // namespace kustodrop::spool
