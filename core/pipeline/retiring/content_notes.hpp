#pragma once

#include "async/offload.hpp"
#include "kusto/data_format.hpp"
#include "pipeline/retiring/file_moves.hpp"
#include "pipeline/roster.hpp"
#include "spool/folder/drop_folder.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// "the format is csv, but the file is a PDF; the service reads none"; empty if a file's first
/// bytes show nothing that explains why the service did not take it. Pure.
std::string content_note(std::string_view first_bytes, kusto::data_format format);

/// What the files are of those settled sources that the service has failed, where it is evident, is
/// added to the details of their outcomes: the service names what it tripped over, such as a row.
asio::awaitable<void> note_contents(
    roster& sources,
    worker_pool& pool,
    std::shared_ptr<spool::drop_folder> folder,
    kusto::data_format format,
    const std::vector<move_job>& jobs
);

}  // namespace kustodrop::pipeline
