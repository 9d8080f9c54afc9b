#pragma once

#include "pipeline/watch/watch_options.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>

/// What retiring decides, without moving anything.
namespace kustodrop::pipeline {

/// What becomes of a file.
enum class file_action {
    archive,
    delete_,
    put_back,    // Back in its folder under its first name, remembered so that it stays there.
    quarantine,  // With NAME.error.json beside it.
    stay,        // Where it is.
};

/// Pure: what a watch does with a file of that outcome.
file_action action_for(const watch_options& watch, spool::outcome outcome);

/// Pure: whether the outcome is the end of the source, or it waits on (on_unconfirmed: keep).
bool is_final(const watch_options& watch, spool::outcome outcome);

/// What a look at a source's file after its upload showed.
struct file_growth {
    spool::file_identity now;
    bool continues = true;  // The bytes that were shipped are still those before the slice's end.
};

/// What a file holds beyond its slice, as a source of its own that is looked at before it is
/// shipped; nothing if there is nothing. What failed is part of it. A file that shrank, was
/// rewritten or lies in place is shipped whole again: what of it is new is unknown. Pure.
std::optional<spool::source> successor_of(
    const spool::source& what, const file_growth& seen, std::string new_id
);

}  // namespace kustodrop::pipeline
