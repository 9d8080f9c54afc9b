#include "pipeline/following/resumed_cuts.hpp"

#include "pipeline/intake/resuming.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static bool was_dropped(const spool::source& what) {
    return std::ranges::any_of(what.slices, [](auto& file) {
        return file.location.starts_with(".kustodrop/");
    });
}

resumed_cuts resume_cuts(watch& from, intake_parts& parts, routing& next) {
    resuming_parts with{parts.sources, parts.ready, next, parts.time, parts.measured};
    resumed_cuts out;
    auto& name = from.options.name;
    for (auto& what : parts.absent.take(name)) {
        if (was_dropped(what)) {
            auto text =
                "was claimed by mode: drop and stays in .kustodrop/work; set mode: drop "
                "again until it has arrived";
            auto& first = what.slices.front().name;
            if (!out.claimed) out.claimed = notice{"claimed_before", 0, first, text};
            out.claimed->files += what.slices.size();
            parts.absent.add(std::move(what));
            continue;
        }
        if (std::holds_alternative<stage::posting>(what.stage)) ++what.ambiguous_posts;
        out.ids.push_back(resume(with, from, std::move(what)).id);
    }
    auto count = std::to_string(out.ids.size());
    if (!out.ids.empty()) parts.log.info("resumed", {{"watch", name}, {"journaled", count}});
    if (out.claimed) {
        parts.log.warning(
            "files that mode: drop has claimed are not shipped; set mode: drop again until they "
            "have "
            "arrived",
            {{"watch", name},
             {"folder", from.options.path + "/" + std::string(spool::work_folder)},
             {"files", std::to_string(out.claimed->files)},
             {"first", out.claimed->example}}
        );
    }
    return out;
}

}  // namespace kustodrop::pipeline
