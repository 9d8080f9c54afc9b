#include "core/spool/reading/gunzip.hpp"
#include "core/spool/reading/zipped.hpp"
#include "spool/reading/source_reader.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

// What becomes of a file, as its first bytes decide.
struct forming {
    test::temp_folder folder;
    reader_options options;

    forming() {
        options.root_fd = folder.root();
        options.data = data_rules{data_syntax::separated, ','};
        options.may_grow = true;
    }

    std::unique_ptr<source_reader> open(slice what) {
        source one;
        one.slices.push_back(std::move(what));
        return source_reader::open(one, options);
    }

    static result<std::string> all(source_reader& reader) {
        std::string whole;
        std::string buffer(4096, '\0');
        for (;;) {
            auto made = reader.next(buffer);
            if (!made) return made.error();
            whole.append(buffer, 0, made->bytes);
            if (made->last) return {boost::system::in_place_value, whole};
        }
    }

    failure refused(std::string_view content, const std::string& name = "x.csv") {
        folder.write(name, content);
        auto said = all(*open(folder.slice(name)));
        BOOST_REQUIRE(said.has_error());
        return said.error();
    }

    static std::string packed(std::string_view text) {
        std::string out(text.size() * 2 + 1000, '\0');
        gzip_encoder encoder(compression::fast);
        auto step = encoder.step(text, out, true);
        BOOST_REQUIRE(step.finished);
        out.resize(step.produced);
        return out;
    }

    static std::string tar() {
        std::string out(1024, '\0');
        out.replace(0, 5, "a.csv");
        out.replace(
            257,
            8,
            std::string(
                "ustar\0"
                "00",
                8
            )
        );
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stored_form_, forming)

BOOST_AUTO_TEST_CASE(gzip_under_any_name_is_sent_as_it_is_and_counted_by_inflating) {
    auto text = test::lines(100'000);
    auto content = packed(text);
    for (std::string name : {"x.csv", "x.gzip", "x.gz", "x.tgz", "x"}) {
        folder.write(name, content);
        auto reader = open(folder.slice(name));
        BOOST_TEST((all(*reader).value() == content));
        BOOST_TEST((reader->form() == stored_as::gzip));
        BOOST_TEST(reader->passes_on());
        BOOST_TEST(reader->raw_bytes() == text.size());
    }
}

BOOST_AUTO_TEST_CASE(text_under_the_name_of_gzip_is_compressed_like_any_other) {
    auto text = test::lines(100'000);
    for (std::string name : {"x.csv.gz", "x.gzip", "x.zip", "x.zst"}) {
        folder.write(name, text);
        auto reader = open(folder.slice(name));
        BOOST_TEST((test::gunzip(all(*reader).value()) == text));
        BOOST_TEST((reader->form() == stored_as::gzip));
        BOOST_TEST(!reader->passes_on());
        BOOST_TEST(reader->raw_bytes() == text.size());
    }
}

BOOST_AUTO_TEST_CASE(zip_is_sent_as_it_is_whatever_the_format) {
    auto content = test::zipped({{"a.csv", test::lines(10'000)}, {"b.csv", "1\n"}});
    for (bool compressible : {true, false}) {
        options.compressible = compressible;
        folder.write("x.csv", content);
        auto reader = open(folder.slice("x.csv"));
        BOOST_TEST((all(*reader).value() == content));
        BOOST_TEST((reader->form() == stored_as::zip));
        BOOST_TEST(reader->passes_on());
        BOOST_TEST(reader->raw_bytes() == 10'002u);
    }
}

BOOST_AUTO_TEST_CASE(zip_that_is_cut_may_not_be_finished) {
    auto content = test::zipped({{"a.csv", test::lines(10'000)}});
    auto said = refused(content.substr(0, 9'000), "x.zip");
    BOOST_TEST(said.code == errc::unreadable);
    BOOST_TEST((said.next == remedy::retry));
    BOOST_TEST(said.detail == "x.zip ends before the directory of the zip archive");
    options.max_raw_bytes = 9'999;
    BOOST_TEST(refused(content).code == errc::too_large);
}

BOOST_AUTO_TEST_CASE(gzip_of_an_archive_or_of_gzip_is_rejected) {
    for (auto& inside : {tar(), packed("a\n"), std::string("PK\x03\x04 and so on")}) {
        auto said = refused(packed(inside), "x.csv.gz");
        BOOST_TEST(said.code == errc::unsupported_compression);
        BOOST_TEST((said.next == remedy::give_up));
    }
    BOOST_TEST(
        refused(packed(tar()), "x.tgz").message() ==
        "x.tgz is a tar file within gzip; deliver it uncompressed, as gzip or as zip"
    );
    BOOST_TEST(refused(packed(tar() + test::lines(1 << 20))).code == errc::unsupported_compression);
}

BOOST_AUTO_TEST_CASE(padding_after_gzip_is_not_sent) {
    auto member = packed("a,1\n");
    for (std::size_t zeros : {1u, 500u, 600'000u}) {
        folder.write("x.gz", member + member + std::string(zeros, '\0'));
        auto reader = open(folder.slice("x.gz"));
        BOOST_TEST((all(*reader).value() == member + member));
        BOOST_TEST(reader->raw_bytes() == 8u);
        BOOST_TEST(reader->stored_bytes() == 2 * member.size());
    }
}

BOOST_AUTO_TEST_CASE(what_holds_no_data_is_not_sent) {
    for (auto& content :
         {packed(""),
          packed("\n\n"),
          packed("\xEF\xBB\xBF"),
          std::string("\r\n"),
          std::string("\xEF\xBB\xBF"),
          packed("") + packed("\n"),
          std::string(5'000'000, '\n'),
          test::zipped({}),
          test::zipped({{"a.csv", ""}})}) {
        auto said = refused(content);
        BOOST_TEST(said.code == errc::empty_file);
        BOOST_TEST(said.message() == "x.csv holds no data");
    }
    options.data->drops_first_record = true;
    BOOST_TEST(refused("a,b\n").code == errc::empty_file);
    BOOST_TEST(refused(packed("a,b\r\n")).code == errc::empty_file);
    folder.write("x.csv", "a,b\n");
    auto appended = folder.slice("x.csv");
    appended.offset = 1;
    appended.length_bytes = 3;
    BOOST_TEST(all(*open(appended)).has_value());
    options.data.reset();
    folder.write("x.csv", "\n");
    BOOST_TEST(all(*open(folder.slice("x.csv"))).has_value());
}

BOOST_AUTO_TEST_CASE(data_after_many_empty_lines_is_found) {
    options.threads = 3;
    options.run = [](const std::function<void()>&) {};
    auto text = std::string(5'000'000, '\n') + "a\n";
    folder.write("x.csv", text);
    auto reader = open(folder.slice("x.csv"));
    BOOST_TEST((test::gunzip(all(*reader).value()) == text));
}

BOOST_AUTO_TEST_CASE(compressed_files_and_binary_formats_are_never_sent_in_part) {
    auto content = packed("a,1\n");
    folder.write("x.gz", content + packed("b,2\n"));
    auto added = folder.slice("x.gz");
    added.offset = content.size();
    added.length_bytes -= content.size();
    auto reader = open(added);
    BOOST_TEST((all(*reader).value() == folder.read("x.gz")));
    BOOST_REQUIRE(reader->whole().has_value());
    BOOST_TEST((*reader->whole() == folder.slice("x.gz")));
    folder.write("x.parquet", "PAR1 and so on");
    added = folder.slice("x.parquet");
    added.offset = 4;
    added.length_bytes -= 4;
    options.compressible = false;
    BOOST_TEST(all(*open(added)).value() == "PAR1 and so on");
}

BOOST_AUTO_TEST_CASE(compressed_files_are_not_sent_among_others) {
    options.end_lines = true;
    folder.write("a", "1\n");
    for (auto& content : {packed("2\n"), std::string("PK\x03\x04...")}) {
        folder.write("b", content);
        source both;
        both.slices = {folder.slice("a"), folder.slice("b")};
        auto said = all(*source_reader::open(both, options));
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST(said.error().code == errc::unsupported_compression);
        std::swap(both.slices[0], both.slices[1]);
        BOOST_TEST(all(*source_reader::open(both, options)).has_error());
    }
}

BOOST_AUTO_TEST_SUITE_END()
