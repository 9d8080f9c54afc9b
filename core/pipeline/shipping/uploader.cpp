#include "pipeline/shipping/uploader.hpp"

#include "pipeline/dividing.hpp"

namespace kustodrop::pipeline {

upload_plan uploader::plan_for(std::uint64_t source_bytes, const shipper_options& options) const {
    auto threads = with_.pool.threads() ? options.threads() : 1;
    // Whatever a large one takes beyond its share, a quarter stays free for small ones.
    auto reserve = with_.memory.total() / 4;
    auto free = with_.memory.free();
    upload_memory memory{free - std::min(free, reserve), with_.memory.total()};
    return plan_upload(source_bytes, options.block_bytes, threads, memory);
}

void uploader::continue_earlier(
    upload_errand& errand, const target& where, block_upload::options& how
) {
    how.find = [this, &errand, &where](const spool::source_reader& read) {
        auto& what = errand.what;
        begun_uploads::wanted wanted{
            what.id, blob_name(what, where, read.form()), errand.is_unproven && what.attempts > 1};
        return begun_.find(std::move(wanted), errand.container);
    };
    how.continues = [this, &errand](std::uint64_t stored) {
        auto& what = errand.what;
        with_.log.info(
            "continues an upload",
            {{"watch", what.watch},
             {"source", what.id},
             {"container", errand.container.account + "/" + errand.container.name},
             {"stored_bytes", std::to_string(stored)}}
        );
    };
}

asio::awaitable<result<uploaded_blob>> uploader::send(
    upload_errand errand, shipper_options options, reading_trouble& trouble
) {
    auto& what = errand.what;
    auto& from = errand.from;
    auto& container = errand.container;
    storage_router::visit visiting(with_.router, container.account, storage_router::errand::upload);
    auto found = from.target_for(what);  // A copy: a reload may change it while we read.
    auto where = found ? std::move(*found) : from.options.target;
    auto folder = from.folder;  // Held: the watch may lose it while we read.
    bool follows_growth = from.follows_growth;
    if (!folder) {
        // Lost while we waited for a container.
        co_return failure{errc::folder_absent, remedy::retry, "the watched folder is absent"};
    }
    auto plan = plan_for(what.size_bytes(), options);
    auto lease = co_await with_.memory.take(plan.bytes());
    source_in_watch opened{what, from, where, folder};
    auto reader = with_.opening.open(opened, options, plan.threads);

    block_upload_parts parts{with_.blobs, with_.lanes, with_.time, with_.random, with_.measured};
    block_upload::options how{
        options.block_attempts, options.backoff, plan.block_bytes, plan.buffers};
    how.report = [this, &container, &what](const result<void>& sent) {
        with_.router.report(container, sent);
        with_.attempts.request_ended(what.id, container.account, "upload", sent);
    };
    how.count = [](const spool::source_reader& read) {
        return read.passes_on() ? read.stored_bytes() : read.raw_bytes();
    };
    how.accepted = [this, &what](std::uint64_t bytes) {
        if (with_.read_progress) with_.read_progress(what.id, bytes);
    };
    continue_earlier(errand, where, how);
    uploaded_blob made;
    auto destination = [&](const spool::source_reader& read) {
        made.record.name = blob_name(what, where, read.form());
        // An earlier attempt may have begun elsewhere.
        visiting.go_to(container.account);
        return container.location.with_path_suffix(made.record.name);
    };
    block_upload upload(parts, how, destination);
    block_upload::contents contents{reader, what.watch, folder};
    auto sent = co_await upload.send(std::move(contents));
    if (sent.has_error()) {
        auto problem = sent.error();
        begun_.failed(what.id, problem, upload.stored_blocks());
        // What was added since may be what is missing.
        if (is_cut(problem) && follows_growth && reader->grown()) {
            trouble.outgrown = problem;
            problem.code = errc::file_changed;
        }
        bool is_known = is_of_one_file(problem) && reader->at() < what.slices.size();
        if (is_known) trouble.slice = reader->at();
        co_return problem;
    }
    begun_.forget(what.id);
    with_.opening.count_rows(what.watch, reader->rows());
    made.record.account = container.account;
    made.record.container = container.name;
    made.record.raw_bytes = reader->raw_bytes();
    made.record.stored_bytes = reader->stored_bytes();
    made.whole = reader->whole();
    made.records = reader->records();
    co_return made;
}

}  // namespace kustodrop::pipeline
