#include "config/keys/watch/watch_texts.hpp"
#include "config/reading/paths.hpp"
#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

// Each of `watches` on a line of its own, from line 4 on and column 5, with a target.
static std::string with_watches(std::initializer_list<std::string> watches) {
    auto text = std::string(whole_cluster) + std::string(whole_auth) + "watches:\n";
    for (auto& watch : watches) {
        text += "  - {" + watch + ", database: D, table: T, format: csv}\n";
    }
    return text;
}

BOOST_AUTO_TEST_SUITE(watches_)

BOOST_AUTO_TEST_CASE(are_named_after_their_folders) {
    struct row {
        const char* path;
        const char* name;
    };
    for (auto& [path, name] : std::initializer_list<row>{
             {"/srv/drop/web", "web"},
             {"/srv/Drop", "drop"},
             {"/srv/My Drop_1", "my-drop-1"},
             {"/srv/--a--", "a"},
             {"/srv/é", "watch"},
             {"/srv/...", "watch"}}) {
        BOOST_TEST(config::name_from_path(path) == name);
    }
    BOOST_TEST(config::name_from_path("/" + std::string(63, 'a') + "-b") == std::string(63, 'a'));
    auto loaded = load(with_watches({"path: /srv/Drop/"}));
    BOOST_TEST(loaded.values.watches.at(0).name == "drop");
}

BOOST_AUTO_TEST_CASE(that_follow_keep_their_logs) {
    auto loaded = load(with_watches({"path: /a, mode: follow, start: end"}));
    auto& watch = loaded.values.watches.at(0);
    BOOST_TEST((watch.kind == pipeline::watch_kind::follow));
    BOOST_TEST((watch.follow.start == pipeline::start_place::end));
    BOOST_TEST((watch.on_success == pipeline::success_action::keep));
    BOOST_TEST((watch.on_failure == pipeline::failure_action::quarantine));
}

BOOST_AUTO_TEST_CASE(that_follow_refuse_what_is_done_with_finished_files) {
    for (auto* key :
         {"claim: rename",
          "done_marker: .ok",
          "stable_for: 5s",
          "coalesce: {max_files: 9}",
          "ignore_first_record: true",
          "act_after: posted",
          "creation_time_pattern: \"'a'yyyyMMdd\"",
          "on_success: delete",
          "on_success: archive",
          "on_unconfirmed: archive"}) {
        BOOST_TEST_CONTEXT(key) {
            auto said = problems_of(with_watches({std::string("path: /a, mode: follow, ") + key}));
            BOOST_TEST(said.find("with mode follow") != std::string::npos);
        }
    }
    for (auto* format : {"parquet", "avro", "raw", "multijson", "w3clogfile"}) {
        auto text = with_watches({"path: /a, mode: follow"});
        text.replace(text.find("format: csv"), 11, std::string("format: ") + format);
        BOOST_TEST(problems_of(text).find("cannot be cut") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(that_follow_make_rows_of_records) {
    auto loaded =
        load(with_watches({"path: /a, mode: follow, records: starts_with, record_starts: ['##:'], "
                           "columns: [message, offset]"}));
    auto& follow = loaded.values.watches.at(0).follow;
    BOOST_TEST((follow.records.kind == spool::record_kind::starts_with));
    BOOST_TEST(follow.records.starts == std::vector<std::string>{"##:"});
    BOOST_TEST(follow.columns == (std::vector<std::string>{"message", "offset"}));
}

BOOST_AUTO_TEST_CASE(that_follow_say_in_one_map_how_records_begin) {
    auto read = [](const std::string& records) {
        return load(with_watches({"path: /a, mode: follow, columns: [message], records: " + records}
                    ))
            .values.watches.at(0)
            .follow.records;
    };
    for (auto* text : {"{starts_with: '##:'}", "{starts_with: ['##:']}"}) {
        auto records = read(text);
        BOOST_TEST((records.kind == spool::record_kind::starts_with));
        BOOST_TEST(records.starts == std::vector<std::string>{"##:"});
    }
    BOOST_TEST(read("{starts_with: ['20##-*', '#']}").starts.size() == 2);
    auto said = [](const std::string& keys) {
        return problems_of(
            with_watches({"path: /a, mode: follow, columns: [message], records: " + keys})
        );
    };
    for (auto& [records, what] : std::vector<std::pair<std::string, std::string>>{
             {"{starts_with: '**'}", "beginning of every line"},
             {"{starts_with: ['']}", "beginning of every line"},
             {"{starts: 'a'}", "a map without starts_with"},
             {"{}", "a map without starts_with"},
             {"{starts_with: {a: b}}", "is a map"},
             {"{starts_with: a}, record_starts: [b]", "use one of them"}}) {
        BOOST_TEST_CONTEXT(records) { BOOST_TEST(said(records).find(what) != std::string::npos); }
    }
    BOOST_TEST(said("{starts_with: ['']}").find("needs record_starts") == std::string::npos);
    // As `config show` prints it.
    BOOST_TEST(said("{starts_with: [a]}, record_starts: [a]") == "");
}

BOOST_AUTO_TEST_CASE(that_follow_say_what_rotated_logs_are_called) {
    using spool::rotated_names;
    auto read = [](const std::string& rotated) {
        return load(with_watches({"path: /a, mode: follow, rotated: " + rotated}))
            .values.watches.at(0)
            .follow.rotated;
    };
    BOOST_TEST((read("auto") == rotated_names()));
    BOOST_TEST((read("off") == rotated_names{rotated_names::way::off}));
    std::vector<std::string> patterns{"old/**", "*.bak"};
    BOOST_TEST((read("['old/**', '*.bak']") == rotated_names{rotated_names::way::listed, patterns})
    );
}

BOOST_AUTO_TEST_CASE(that_follow_refuse_rows_of_nothing) {
    auto said = [](const std::string& keys, const std::string& format = "csv") {
        auto text = with_watches({"path: /a, mode: follow, " + keys});
        text.replace(text.find("format: csv"), 11, "format: " + format);
        return problems_of(text);
    };
    auto says = [&said](const std::string& keys, const char* what, const char* format) {
        return said(keys, format).find(what) != std::string::npos;
    };
    BOOST_TEST(says("records: cri", "without columns", "csv"));
    BOOST_TEST(says("records: starts_with, columns: [message]", "needs record_starts", "csv"));
    BOOST_TEST(says("columns: [message], record_starts: [a]", "starts_with", "csv"));
    BOOST_TEST(says("columns: [message]", "csv or json", "txt"));
    BOOST_TEST(says("columns: [message, '=a']", "has no name", "json"));
    BOOST_TEST(says("columns: [log_ids]", "is not a column", "csv"));
    BOOST_TEST(said("records: docker, columns: [message, 'a=b']", "json") == "");
}

BOOST_AUTO_TEST_CASE(that_stream_refuse_what_streaming_cannot_do) {
    for (auto* key :
         {"tags: [a]",
          "additional_properties: {ingestionMapping: x}",
          "ignore_first_record: true",
          "creation_time_pattern: \"'a'yyyyMMdd\"",
          "deduplicate: tags"}) {
        auto text = "path: /a, delivery: streaming, " + std::string(key);
        auto problems = problems_of(with_watches({text}));
        auto name = std::string(key).substr(0, std::string(key).find(':'));
        BOOST_TEST(problems.find("watches[0]." + name + ": ") != std::string::npos, problems);
        BOOST_TEST(problems.find("or use delivery: queued") != std::string::npos, problems);
        auto queued = problems_of(with_watches({"path: /a, " + std::string(key)}));
        BOOST_TEST(queued.find("or use delivery: queued") == std::string::npos, queued);
    }
    BOOST_TEST(problems_of(with_watches({"path: /a, delivery: streaming"})) == "");
    auto follows = "path: /a, mode: follow, delivery: streaming";
    BOOST_TEST(problems_of(with_watches({follows})) == "");
}

BOOST_AUTO_TEST_CASE(that_stream_refuse_other_formats) {
    auto text = std::string(whole_cluster) + std::string(whole_auth) + "watches:\n";
    auto format = [&](const std::string& name) {
        auto watch = "path: /a, database: D, table: T, delivery: streaming, format: " + name;
        return problems_of(text + "  - {" + watch + "}\n");
    };
    BOOST_TEST(format("json") == "");
    for (auto* other : {"txt", "raw", "apacheavro", "parquet", "orc", "w3clogfile", "sstream"}) {
        auto problems = format(other);
        BOOST_TEST(problems.find("cannot be streamed; use csv") != std::string::npos, problems);
    }
}

BOOST_AUTO_TEST_CASE(that_stream_need_a_query_endpoint_that_may_have_a_token) {
    auto load_with = [](const std::string& trusted) {
        return problems_of(
            "cluster: {ingestion_endpoint: 'https://ingest-c.corp.example', trusted_hosts: [" +
            trusted + "]}\n" + std::string(whole_auth) +
            "watches: [{path: /a, database: D, table: T, format: csv, delivery: streaming}]\n"
        );
    };
    auto refused = load_with("ingest-c.corp.example");
    BOOST_TEST(refused.find("add it to cluster.trusted_hosts") != std::string::npos, refused);
    BOOST_TEST(load_with(".corp.example") == "");
}

BOOST_AUTO_TEST_CASE(have_names_of_their_own) {
    BOOST_TEST(
        problems_of(with_watches({"path: /a, name: web", "path: /b, name: web"})) ==
        "k.yaml:5:22: watches[1].name: \"web\" is the name of watches[0] too; use a name of "
        "its own\n"
    );
    BOOST_TEST(
        problems_of(with_watches({"path: /a/web", "path: /b/web"})) ==
        "k.yaml:5:5: watches[1].name: is missing, and \"web\", taken from the path, is the name of "
        "watches[0] too; give it one\n"
    );
    BOOST_TEST(
        problems_of(with_watches({"path: /a/web", "path: /b, name: web"})) ==
        "k.yaml:5:22: watches[1].name: \"web\" is the name of watches[0] too; use a name of "
        "its own\n"
    );
}

BOOST_AUTO_TEST_CASE(complain_once_however_many_share_a_name_or_a_folder) {
    auto problems = problems_of(with_watches({"path: /a", "path: /a", "path: /a"}));
    std::size_t lines = 0;
    for (char c : problems) lines += c == '\n';
    BOOST_TEST(lines == 4U);
}

BOOST_AUTO_TEST_CASE(have_folders_of_their_own) {
    BOOST_TEST(
        problems_of(with_watches({"path: /d/a, name: a", "path: //d/./a/, name: b"})) ==
        "k.yaml:5:12: watches[1].path: is the path of watches[0] too; use one watch for a "
        "folder\n"
    );
    BOOST_TEST(
        problems_of(with_watches({"path: /d/a, name: a", "path: /d/a/b, name: b"})) ==
        "k.yaml:5:12: watches[1].path: lies inside the path of watches[0]; use separate "
        "folders\n"
    );
    BOOST_TEST(
        problems_of(with_watches({"path: /d/a, name: a", "path: /d, name: b"})) ==
        "k.yaml:5:12: watches[1].path: contains the path of watches[0]; use separate "
        "folders\n"
    );
    BOOST_TEST(problems_of(with_watches({"path: /d/a, name: a", "path: /d/ab, name: b"})) == "");
}

BOOST_AUTO_TEST_CASE(stay_clear_of_the_state_directory) {
    auto with_state = [](const std::string& path) {
        return problems_of(with_watches({"path: " + path}) + "state_directory: /var/k/\n");
    };
    BOOST_TEST(
        with_state("/var/k/in") ==
        "k.yaml:4:12: watches[0].path: lies inside state_directory; use a folder outside of "
        "it\n"
    );
    BOOST_TEST(
        with_state("/var/k") ==
        "k.yaml:4:12: watches[0].path: lies inside state_directory; use a folder outside of "
        "it\n"
    );
    BOOST_TEST(
        with_state("/var") ==
        "k.yaml:4:12: watches[0].path: contains state_directory; use a folder without it\n"
    );
    BOOST_TEST(with_state("/var/k2") == "");
}

BOOST_AUTO_TEST_CASE(act_after_the_post_when_nothing_is_reported) {
    auto text =
        with_watches({"path: /a", "path: /b, act_after: outcome", "path: /c, act_after: posted"});
    BOOST_TEST(
        problems_of(text + "notifications: {report_level: none}\n") ==
        "k.yaml:4:5: watches[0].act_after: outcome never comes while notifications.report_level "
        "is none; use posted\n"
        "k.yaml:5:27: watches[1].act_after: outcome never comes while notifications.report_level "
        "is none; use posted\n"
    );
    BOOST_TEST(problems_of(text + "notifications: {report_level: failures}\n") == "");
    BOOST_TEST(problems_of(text) == "");
}

BOOST_AUTO_TEST_CASE(refuse_properties_that_kustodrop_sets) {
    for (auto* name :
         {"authorizationContext",
          "AUTHORIZATIONCONTEXT",
          "format",
          "tags",
          "ingestIfNotExists",
          "ingestionMappingReference",
          "jsonMappingReference",
          "ignoreFirstRecord",
          "creationTime"}) {
        auto loaded =
            load(with_watches({"path: /a, additional_properties: {" + std::string(name) + ": x}"}));
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
            auto& problem = loaded.problems[0];
            BOOST_TEST(problem.key == "watches[0].additional_properties." + std::string(name));
            BOOST_TEST(problem.message.starts_with("is set by kustodrop itself; "));
        }
    }
    BOOST_TEST(
        problems_of(with_watches({"path: /a, additional_properties: {tags: [x]}"})) ==
        "k.yaml:4:46: watches[0].additional_properties.tags: is a list; use a text\n"
    );
}

BOOST_AUTO_TEST_CASE(take_a_mapping_in_line_only_without_a_reference) {
    auto mapping = std::string("path: /a, additional_properties: {ingestionMapping: '[]', ") +
                   "ingestionMappingType: Csv}";
    BOOST_TEST(problems_of(with_watches({mapping})) == "");
    auto both = load(with_watches({mapping + ", ingestion_mapping_reference: M"}));
    BOOST_TEST(both.problems.size() == 2U);
    for (auto& problem : both.problems) {
        BOOST_TEST(problem.message == "contradicts ingestion_mapping_reference; use one of them");
    }
}

BOOST_AUTO_TEST_CASE(warn_about_a_heading_where_there_is_none) {
    auto text = std::string(whole_cluster) + std::string(whole_auth) +
                "watches: [{path: /a, database: D, table: T, format: json, "
                "ignore_first_record: true}]\n";
    auto loaded = load(text);
    BOOST_TEST(
        printed(loaded) ==
        "k.yaml:3:80: warning: watches[0].ignore_first_record: has no effect on json; use it "
        "with formats of lines and columns, like csv\n"
    );
    BOOST_TEST(loaded.ok());
}

BOOST_AUTO_TEST_CASE(know_what_lies_within_what) {
    BOOST_TEST(config::is_within("/a/b", "/a"));
    BOOST_TEST(config::is_within("/a", "/a"));
    BOOST_TEST(config::is_within("/a", "/"));
    BOOST_TEST(!config::is_within("/ab", "/a"));
    BOOST_TEST(!config::is_within("/a", "/a/b"));
    BOOST_TEST(config::normal_path("//a/./b//") == "/a/b");
    BOOST_TEST(config::normal_path("/") == "/");
}

BOOST_AUTO_TEST_SUITE_END()
