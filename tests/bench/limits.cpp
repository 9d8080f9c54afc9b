// What the daemon is measured against: the gzip library alone, TLS alone, and a loop that does
// nothing but PUT and POST. Each prints one JSON object.
#include "async/clock.hpp"
#include "wire.hpp"

#include <isa-l/igzip_lib.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <thread>
#include <unistd.h>
#include <vector>

namespace kustodrop::bench {

namespace {

double processor_seconds() {
    ::rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto seconds = [](const ::timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// From its making to report(): wall time and processor time of the whole process.
class stopwatch {
public:
    void report(std::uint64_t in, std::uint64_t out) {
        auto wall = std::chrono::duration<double>(clock_.now() - begun_).count();
        auto used = processor_seconds() - used_;
        std::printf(
            "{\"seconds\": %.6f, \"cpu\": %.6f, \"in\": %llu, \"out\": %llu}\n",
            wall,
            used,
            static_cast<unsigned long long>(in),
            static_cast<unsigned long long>(out)
        );
    }

private:
    real_clock clock_;
    time_point begun_ = clock_.now();
    double used_ = processor_seconds();
};

// ISA-L at level 1, which is what `compression: fast` uses, over a file read in pieces.
void gzip_alone(const std::string& path) {
    int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw std::runtime_error("cannot open " + path);
    std::vector<std::uint8_t> in(256u << 10u);
    std::vector<std::uint8_t> out(1u << 20u);
    std::vector<std::uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
    isal_zstream stream;
    isal_deflate_init(&stream);
    stream.level = 1;
    stream.level_buf = level.data();
    stream.level_buf_size = static_cast<std::uint32_t>(level.size());
    stream.gzip_flag = IGZIP_GZIP;
    std::uint64_t taken = 0;
    std::uint64_t made = 0;
    stopwatch watch;
    while (stream.internal_state.state != ZSTATE_END) {
        if (stream.avail_in == 0 && !stream.end_of_stream) {
            auto got = ::read(file, in.data(), in.size());
            if (got < 0) throw std::runtime_error("cannot read " + path);
            stream.next_in = in.data();
            stream.avail_in = static_cast<std::uint32_t>(got);
            stream.end_of_stream = got == 0;
            taken += static_cast<std::uint64_t>(got);
        }
        stream.next_out = out.data();
        stream.avail_out = static_cast<std::uint32_t>(out.size());
        if (isal_deflate(&stream) != COMP_OK) throw std::runtime_error("isal_deflate refused");
        made += out.size() - stream.avail_out;
    }
    watch.report(taken, made);
    ::close(file);
}

std::string random_looking(std::size_t bytes) {
    std::string out(bytes, '\0');
    std::uint64_t x = 88172645463325252ull;
    for (auto& c : out) {
        x ^= x << 13u;
        x ^= x >> 7u;
        x ^= x << 17u;
        c = static_cast<char>(x);
    }
    return out;
}

// So many bytes that are compressed already, in blocks over one TLS connection.
void tls_alone(const wire& to, const std::string& blob, std::uint64_t bytes) {
    auto block = random_looking(4u << 20u);
    line one(to, blob);
    stopwatch watch;
    std::uint64_t left = bytes;
    while (left > 0) {
        auto part = std::string_view(block).substr(0, std::min<std::uint64_t>(left, block.size()));
        one.exchange("PUT", "&comp=block&blockid=YmxvY2stMDAwMDAw", "", part);
        left -= part.size();
    }
    watch.report(bytes, bytes);
}

// PUT and POST, as fast as they go, on so many connections at a time to each of the two services.
void requests_alone(
    const wire& to,
    const std::string& blob,
    const std::string& queue,
    unsigned count,
    unsigned lines
) {
    std::atomic<unsigned> next = 0;
    auto body = random_looking(400);  // About what a file of 1 KB compresses to.
    auto message =
        "<QueueMessage><MessageText>" + std::string(2000, 'A') + "</MessageText></QueueMessage>";
    std::vector<std::unique_ptr<line>> blobs;
    std::vector<std::unique_ptr<line>> queues;
    for (unsigned i = 0; i < lines; ++i) {
        blobs.push_back(std::make_unique<line>(to, blob));
        queues.push_back(std::make_unique<line>(to, queue));
    }
    stopwatch watch;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < lines; ++i) {
        threads.emplace_back([&, i] {
            while (next++ < count) {
                blobs[i]->exchange("PUT", "", "x-ms-blob-type: BlockBlob\r\n", body);
                queues[i]->exchange("POST", "", "", message);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    watch.report(count, count);
}

int run(const std::vector<std::string>& given) {
    auto what = given.empty() ? "" : given[0];
    if (what == "gzip" && given.size() == 2) {
        gzip_alone(given[1]);
    } else if (what == "tls" && given.size() == 4) {
        tls_alone(wire(given[1]), given[2], std::stoull(given[3]));
    } else if (what == "requests" && given.size() == 6) {
        auto count = static_cast<unsigned>(std::stoul(given[4]));
        auto lines = static_cast<unsigned>(std::stoul(given[5]));
        requests_alone(wire(given[1]), given[2], given[3], count, lines);
    } else {
        std::cerr << "usage: gzip FILE | tls CA BLOB BYTES | requests CA BLOB QUEUE COUNT LINES\n";
        return 64;
    }
    return 0;
}

}  // namespace

}  // namespace kustodrop::bench

int main(int argc, char** argv) {
    try {
        return kustodrop::bench::run({argv + 1, argv + argc});
    } catch (const std::exception& e) {
        std::cerr << e.what() << "\n";
        return 70;
    }
}
