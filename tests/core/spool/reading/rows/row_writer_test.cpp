#include "spool/reading/rows/row_writer.hpp"

#include "spool/reading/rows/log_origin.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::spool;

namespace {

struct writing_rows {
    row_rules rules;
    row_counts counts;

    writing_rows() {
        rules.records.kind = record_kind::cri;
        rules.folder = "/var/log/pods";
        rules.host = "node-1";
        rules.source = "id";
    }

    void columns(const std::vector<std::string>& texts) {
        rules.columns.clear();
        for (auto& text : texts) rules.columns.push_back(parse_column(text).value());
    }

    static slice of(const std::string& name, std::uint64_t offset) {
        slice out;
        out.name = name;
        out.offset = offset;
        return out;
    }

    std::string write(const std::string& text, const std::string& name = "a.log") {
        std::string whole;
        for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
            row_writer writer(rules);
            std::string out;
            writer.begin(of(name, 7));
            for (std::size_t at = 0; at < text.size(); at += piece) {
                writer.add(std::string_view(text).substr(at, piece), out);
            }
            writer.end(nullptr, out);
            if (piece > 1) BOOST_TEST(out == whole, piece);
            whole = out;
            counts = writer.counts();
        }
        return whole;
    }
    std::string write_all(const std::vector<std::pair<slice, std::string>>& slices) {
        row_writer writer(rules);
        std::string out;
        for (std::size_t i = 0; i < slices.size(); ++i) {
            writer.begin(slices[i].first);
            writer.add(slices[i].second, out);
            writer.end(i + 1 < slices.size() ? &slices[i + 1].first : nullptr, out);
        }
        return out;
    }
};

const std::string written = "2026-01-01T00:00:00.1Z";
const std::string pod = "web_shop-7d9_0f3e-11/nginx/3.log";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(row_writer_, writing_rows)

BOOST_AUTO_TEST_CASE(columns_have_names_and_constants) {
    for (auto kind : column_names()) {
        BOOST_TEST(to_string(parse_column(kind).value()) == kind);
    }
    BOOST_TEST(parse_column("=a=b").value().text == "a=b");
    BOOST_TEST(parse_column("zone=a").value().name == "zone");
    BOOST_TEST(!parse_column("log"));
    BOOST_TEST(!parse_column(""));
    BOOST_TEST(!parse_column("Time"));
}

BOOST_AUTO_TEST_CASE(a_row_of_csv_for_each_record) {
    columns(
        {"time",
         "stream",
         "message",
         "namespace",
         "pod",
         "pod_uid",
         "container",
         "restart",
         "file",
         "offset",
         "host",
         "source",
         "=a,b"}
    );
    auto rows = write(
        written + " stdout P one \n" + written + " stdout F \"two\", 2\n" + written +
            " stderr F {\"a\":1}\n",
        pod
    );
    auto rest = ",web,shop-7d9,0f3e-11,nginx,3," + pod + ",";
    BOOST_TEST(
        rows == written + ",stdout,\"one \"\"two\"\", 2\"" + rest + "7,node-1,id,\"a,b\"\n" +
                    written + ",stderr,\"{\"\"a\"\":1}\"" + rest + "85,node-1,id,\"a,b\"\n"
    );
    BOOST_TEST(counts.rows == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_no_envelope_is_a_row_without_time) {
    columns({"time", "stream", "message"});
    BOOST_TEST(
        write("garbage\n" + written + " stdout P half\n") ==
        ",,garbage\n" + written + ",stdout,half\n"
    );
    BOOST_TEST(counts.foreign == 1u);
    BOOST_TEST(counts.unfinished == 1u);
    BOOST_TEST(counts.long_parts == 0u);
    rules.records.max_record = 4;
    write(written + " stdout F a longer one\n");
    BOOST_TEST(counts.long_parts == 3u);
    BOOST_TEST(counts.unfinished == 0u);
}

BOOST_AUTO_TEST_CASE(newlines_of_a_record_stay_within_its_row) {
    rules.records.kind = record_kind::unindented;
    columns({"offset", "message"});
    BOOST_TEST(write("a\n  at b\nc\n") == "7,\"a\n  at b\"\n16,c\n");
}

BOOST_AUTO_TEST_CASE(an_empty_record_is_a_row) {
    rules.records.kind = record_kind::lines;
    columns({"message"});
    BOOST_TEST(write("\na\n") == "\"\"\n\"a\"\n");
    columns({"message", "host"});
    BOOST_TEST(write("\n") == ",node-1\n");
}

BOOST_AUTO_TEST_CASE(an_object_of_json_for_each_record) {
    rules.format = row_format::json;
    columns({"time", "stream", "message", "pod", "offset", "zone=\"1\""});
    BOOST_TEST(
        write(written + " stdout F a \"b\"\t\xff\n", pod) ==
        "{\"time\":\"" + written +
            "\",\"stream\":\"stdout\",\"message\":\"a \\\"b\\\"\\t\\\\xff\",\"pod\":\"shop-7d9\","
            "\"offset\":7,\"zone\":\"\\\"1\\\"\"}\n"
    );
    BOOST_TEST(write("a\n") == "{\"message\":\"a\",\"offset\":7,\"zone\":\"\\\"1\\\"\"}\n");
}

BOOST_AUTO_TEST_CASE(members_of_a_record_follow_unless_it_is_the_message) {
    rules.format = row_format::json;
    rules.records.kind = record_kind::lines;
    columns({"offset"});
    BOOST_TEST(write("{\"a\":{\"b\":[1]}}\n") == "{\"offset\":7,\"a\":{\"b\":[1]}}\n");
    BOOST_TEST(write(" { } \n") == "{\"offset\":7}\n");
    BOOST_TEST(write("{\"a\":1\n") == "{\"offset\":7,\"message\":\"{\\\"a\\\":1\"}\n");
    BOOST_TEST(write("{}{}\n") == "{\"offset\":7,\"message\":\"{}{}\"}\n");
    BOOST_TEST(write("[1]\n") == "{\"offset\":7,\"message\":\"[1]\"}\n");
    BOOST_TEST(write("text\n") == "{\"offset\":7,\"message\":\"text\"}\n");
    columns({"pod"});
    BOOST_TEST(write("{\"a\":1}\n") == "{\"a\":1}\n");
    BOOST_TEST(write("\n") == "{\"message\":\"\"}\n");
}

// vector#24981, kubernetes#107943
BOOST_AUTO_TEST_CASE(H2_a_record_that_a_rotation_has_split_is_one_row) {
    columns({"file", "offset", "message"});
    auto out = write_all({
        {of("0.log.1", 5), written + " stdout P a\n"},
        {of("0.log", 0), written + " stderr F c\n" + written + " stdout F b\n"},
        {of("1.log", 0), written + " stdout F d\n"},
    });
    BOOST_TEST(out == "0.log,0,c\n0.log.1,5,ab\n1.log,0,d\n");
}

// beats#47336
BOOST_AUTO_TEST_CASE(H3_lines_that_belong_together_are_one_row_across_a_rotation) {
    rules.records.kind = record_kind::unindented;
    columns({"file", "offset", "message"});
    auto out = write_all({{of("a.log-1", 5), "x\n at y"}, {of("a.log", 0), " at z\nb\n"}});
    BOOST_TEST(out == "a.log-1,5,\"x\n at y\n at z\"\na.log,6,b\n");
}

BOOST_AUTO_TEST_CASE(a_record_may_go_through_several_rotations) {
    columns({"file", "offset", "message"});
    auto out = write_all({
        {of("0.log.1", 5), written + " stdout P a\n"},
        {of("0.log.2", 0), written + " stdout P b\n"},
        {of("0.log", 0), written + " stdout F c\n"},
    });
    BOOST_TEST(out == "0.log.1,5,a\n0.log.2,0,bc\n");
}

// vector#25385
BOOST_AUTO_TEST_CASE(H4_parts_of_two_logs_are_not_joined) {
    columns({"file", "message"});
    auto out = write_all({
        {of("a/0.log", 0), written + " stdout P a\n"},
        {of("b/0.log", 0), written + " stdout F b\n"},
    });
    BOOST_TEST(out == "a/0.log,a\nb/0.log,b\n");
}

BOOST_AUTO_TEST_CASE(a_log_is_continued_by_the_one_that_has_its_name) {
    auto continues = [](const std::string& before, const std::string& next) {
        return is_continued_by(of(before, 3), of(next, 0));
    };
    BOOST_TEST(continues("a/0.log.20260101-000000", "a/0.log"));
    BOOST_TEST(continues("app.log.1", "app.log"));
    BOOST_TEST(continues("app-2026-01-01.log", "app.log"));
    BOOST_TEST(!continues("app.log", "app.log"));
    BOOST_TEST(!continues("app.log", "app.log.1"));
    BOOST_TEST(!continues("a/0.log.1", "b/0.log"));
    BOOST_TEST(!continues("0.log.1", "1.log"));
    BOOST_TEST(!continues("a.b/c-1.log", "a.b/d.log"));
    BOOST_TEST(!is_continued_by(of("app.log.1", 3), of("app.log", 1)));
}

BOOST_AUTO_TEST_CASE(a_path_says_whose_log_it_is) {
    auto kubelets = origin_of("/var/log/pods/web_shop-7d9_0f3e-11/nginx/12.log.20260101-000000.gz");
    BOOST_TEST(kubelets.namespace_name == "web");
    BOOST_TEST(kubelets.pod == "shop-7d9");
    BOOST_TEST(kubelets.pod_uid == "0f3e-11");
    BOOST_TEST(kubelets.container == "nginx");
    BOOST_TEST(kubelets.restart == "12");
    auto dockers = origin_of("/var/lib/docker/containers/c0ffee/c0ffee-json.log.1");
    BOOST_TEST(dockers.container == "c0ffee");
    BOOST_TEST(dockers.pod == "");
    for (auto path :
         {"/var/log/app/a.log", "a_b_c/d/e.log", "a_b/c/0.log", "a_b_c/d/0.txt", "0.log", ""}) {
        auto none = origin_of(path);
        BOOST_TEST(none.pod + none.container == "", path);
    }
}

BOOST_AUTO_TEST_CASE(a_row_says_which_log_it_is_of) {
    rules.records.kind = record_kind::lines;
    columns({"log_id", "offset", "message"});
    auto known = of("a.log", 0);
    known.log_id = std::string("an-id");
    auto out = write_all({{known, "x\n"}, {of("b.log", 0), "y\n"}});
    BOOST_TEST(out == "an-id,0,x\n,0,y\n");
}

BOOST_AUTO_TEST_SUITE_END()
