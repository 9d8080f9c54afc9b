#include "spool/journal/journal_changes.hpp"

namespace kustodrop::spool {

std::string subject_of(const journal_change& change) {
    if (auto* source = std::get_if<source_change>(&change)) return "source " + source->source.id;
    if (auto* regrouped = std::get_if<regrouped_change>(&change)) {
        return "source " + regrouped->sources.front().source.id;
    }
    if (auto* kept = std::get_if<kept_change>(&change)) return "kept file " + kept->file.name;
    if (auto* renamed = std::get_if<renamed_change>(&change)) return "watch " + renamed->from;
    if (auto* where = std::get_if<folder_change>(&change)) return "folder " + where->folder.path;
    if (auto* cut = std::get_if<cut_change>(&change)) return "source " + cut->source.source.id;
    if (auto* looked = std::get_if<logs_change>(&change)) return "logs of " + looked->watch;
    return "kept file " + std::get<forgotten_change>(change).name;
}

}  // namespace kustodrop::spool
