#include "emulator/decoding/inflate.hpp"

#include <boost/test/unit_test.hpp>

#include <zlib.h>

using namespace kustodrop;
using namespace kustodrop::emulator;

namespace {

std::string gzipped(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

// The text, or the code of the failure.
std::string inflated(std::string_view bytes, std::size_t step) {
    std::string out;
    gzip_inflater inflater([&](std::string_view part) -> result<> {
        out += part;
        return {};
    });
    for (; !bytes.empty(); bytes = bytes.substr(std::min(step, bytes.size()))) {
        if (auto done = inflater.feed(bytes.substr(0, step)); !done)
            return done.error().code.text();
    }
    if (auto done = inflater.finish(); !done) return done.error().code.text();
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inflate_)

BOOST_AUTO_TEST_CASE(inflates_several_members_however_they_are_cut) {
    auto archive = gzipped("first,") + gzipped("") + gzipped("second");
    for (std::size_t step : {std::size_t{1}, std::size_t{7}, archive.size()}) {
        BOOST_TEST(inflated(archive, step) == "first,second");
    }
}

BOOST_AUTO_TEST_CASE(inflates_what_is_far_larger_than_its_buffer) {
    std::string text(3'000'000, 'x');
    BOOST_TEST(inflated(gzipped(text), 100) == text);
}

BOOST_AUTO_TEST_CASE(refuses_an_archive_that_is_cut_short_broken_or_none) {
    auto archive = gzipped("some text that is long enough to be cut");
    BOOST_TEST(inflated(archive.substr(0, archive.size() - 3), 8) == "BadRequest_InvalidArchive");
    BOOST_TEST(inflated("plain text", 100) == "BadRequest_InvalidArchive");
    BOOST_TEST(inflated(archive + "garbage", 1000) == "BadRequest_InvalidArchive");
    archive[archive.size() - 6] ^= 1;
    BOOST_TEST(inflated(archive, 1000) == "BadRequest_InvalidArchive");
}

BOOST_AUTO_TEST_SUITE_END()
