#include "pipeline/retrying/retry_request.hpp"

#include "base/glob.hpp"

namespace kustodrop::pipeline {

bool matches_file(const retry_request& wanted, const spool::slice& file) {
    if (!wanted.file) return true;
    bool is_place = wanted.file->starts_with(".kustodrop/");
    return spool::glob_matches(*wanted.file, is_place ? file.location : file.name);
}

}  // namespace kustodrop::pipeline
