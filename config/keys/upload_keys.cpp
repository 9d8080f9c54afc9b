#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"

namespace kustodrop::config {

static constexpr std::uint64_t KiB = 1024;
static constexpr std::uint64_t MiB = 1024 * KiB;
static constexpr std::uint64_t GiB = 1024 * MiB;
static constexpr std::uint64_t TiB = 1024 * GiB;

using pipeline::shipper_options;

template <class Member>
static auto of_shipper(Member member) {
    return at(&settings::upload, &upload_settings::shipper, member);
}

static void check_memory(section& upload, const upload_settings& out) {
    auto block = out.shipper.block_bytes;
    if (upload.is_wrong("memory") || upload.is_wrong("block_size")) return;
    if (out.memory_bytes / 2 >= block) return;
    upload.error(
        upload.is_given("memory") ? "memory" : "block_size",
        format_size(out.memory_bytes) + " of memory are less than two blocks of " +
            format_size(block) + "; use memory of " + format_size(2 * block) + " or more"
    );
}

static void check_upload(section& upload, settings& all) { check_memory(upload, all.upload); }

static std::vector<key<settings>> upload_keys() {
    return {
        restart(make_key<settings>(
            "concurrency",
            at(&settings::upload, &upload_settings::concurrency),
            number_form{{1, 1024}},
            "How many sources are in flight at a time."
        )),
        restart(make_key<settings>(
            "memory",
            at(&settings::upload, &upload_settings::memory_bytes),
            size_form{{1 * MiB, 64 * GiB}},
            "The buffers of all sources together, at least two blocks."
        )),
        make_key<settings>(
            "compression",
            of_shipper(&shipper_options::how),
            choice_form{compressions},
            "How files are compressed on the way."
        ),
        restart(make_key<settings>(
            "compression_threads",
            of_shipper(&shipper_options::compression_threads),
            number_form{{0, 256}},
            "How many threads compress at a time; a large file uses all of them. 0 is one for each "
            "processor."
        )),
        // Put Blob takes more, but a block must be sent again whole (docs/protocol.md §5.1).
        restart(make_key<settings>(
            "block_size",
            of_shipper(&shipper_options::block_bytes),
            size_form{{64 * KiB, 100 * MiB}},
            "One Put Blob if the compressed stream ends within one block, else blocks."
        )),
        make_key<settings>(
            "repost_after",
            of_shipper(&shipper_options::repost_after),
            duration_form{{100ms, 24h}},
            "A post whose answer was lost is repeated after this time, up to twice as long, unless "
            "the service's notification comes first."
        ),
        make_key<settings>(
            "streaming_concurrency",
            of_shipper(&shipper_options::streaming_concurrency),
            number_form{{1, 64}},
            "Of watches with delivery: streaming: how many requests are sent at a time. All "
            "clients of a cluster share its limit."
        ),
        make_key<settings>(
            "streaming_max_bytes",
            of_shipper(&shipper_options::streaming_bytes),
            size_form{{1 * KiB, 10 * MiB}},
            "Of the same watches: sources that hold more bytes, uncompressed, are queued."
        ),
        make_key<settings>(
            "bandwidth_limit",
            at(&settings::upload, &upload_settings::bandwidth_limit),
            timetable_form{{0, 1 * TiB}},
            "Bytes per second for all uploads together, 8KiB or more; 0 means no limit. Or a "
            "timetable in local time: \"Mon-Fri 07:00 1MiB; 19:00 off\". An entry without days is "
            "one of every day, and each holds until the next begins."
        ),
    };
}

key<settings> upload_section() {
    auto section =
        make_section<settings>("upload", "How files are compressed and uploaded.", upload_keys());
    return checked<settings>(std::move(section), check_upload);
}

}  // namespace kustodrop::config
