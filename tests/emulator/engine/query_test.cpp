#include "emulator/ingest/ingestor_service.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;

namespace {

/// A table with three rows of every kind of value.
struct asked_about : test::ingestor_service {
    asked_about() {
        options.tables = {
            "Db.T(ts:datetime,level:string,n:long,r:real,ok:bool,props:dynamic,['a b']:string)"};
        options.mappings.clear();
        storage.blobs["/c/b.json"] =
            R"({"ts":"2026-08-22T10:00:00Z","level":"info","n":1,"r":0.5,"ok":true,)"
            R"("props":{"a":{"b":7}},"a b":"x"})"
            "\n"
            R"({"ts":"2026-08-22T11:00:00Z","level":"error","n":2,"r":1.5,"ok":false,)"
            R"("props":{"a":{"b":8}},"a b":"it's"})"
            "\n"
            R"({"ts":"2026-08-23T10:00:00Z","level":"Info level","n":3,"props":null})";
        auto one = message(1, "/c/b.json");
        one["AdditionalProperties"].as_object()["format"] = "json";
        post(one);
        run();
        one_batch();
    }

    std::string error_type(const std::string& query) {
        auto answer = asked(query);
        if (answer.status != 400) return "no error: " + answer.body;
        auto error = json::parse(answer.body).at("error");
        return std::string(error.at("@type").as_string());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(query, asked_about)

BOOST_AUTO_TEST_CASE(answers_a_v1_dataset_with_types) {
    auto table = json::parse(asked("T | take 1").body).at("Tables").at(0);
    BOOST_TEST(table.at("TableName") == "Table_0");
    BOOST_TEST(
        json::serialize(table.at("Columns").at(0)) ==
        R"({"ColumnName":"ts","DataType":"DateTime","ColumnType":"datetime"})"
    );
    BOOST_TEST(
        json::serialize(table.at("Rows").at(0)) ==
        R"(["2026-08-22T10:00:00.0000000Z","info",1,5E-1,true,"{\"a\":{\"b\":7}}","x"])"
    );
}

BOOST_AUTO_TEST_CASE(answers_v2_frames) {
    auto frames = json::parse(asked("T | count", true).body).as_array();
    BOOST_TEST(frames.at(0).at("FrameType") == "DataSetHeader");
    BOOST_TEST(frames.at(1).at("TableKind") == "QueryProperties");
    BOOST_TEST(frames.at(2).at("TableKind") == "PrimaryResult");
    BOOST_TEST(json::serialize(frames.at(2).at("Rows")) == "[[3]]");
    BOOST_TEST(frames.at(3).at("TableKind") == "QueryCompletionInformation");
    BOOST_TEST(frames.at(4).at("HasErrors") == false);
}

BOOST_AUTO_TEST_CASE(counts_takes_and_sorts) {
    BOOST_TEST(rows("T | count") == "[[3]]");
    BOOST_TEST(rows("['T'] | count;") == "[[3]]");
    BOOST_TEST(rows("database('Db').T | count") == "[[3]]");
    BOOST_TEST(rows("T | sort by n desc | take 2 | project n") == "[[3],[2]]");
    BOOST_TEST(rows("T | top 1 by n asc | project n") == "[[1]]");
    BOOST_TEST(rows("T\n// a comment\n| order by r | project n") == "[[2],[1],[3]]");
}

BOOST_AUTO_TEST_CASE(filters) {
    auto n = [&](const std::string& condition) {
        return rows("T | where " + condition + " | project n");
    };
    BOOST_TEST(n("level == \"error\"") == "[[2]]");
    BOOST_TEST(n("level != 'error'") == "[[1],[3]]");
    BOOST_TEST(n("level =~ \"ERROR\"") == "[[2]]");
    BOOST_TEST(n("level has 'info'") == "[[1],[3]]");
    BOOST_TEST(n("level has 'inf'") == "[]");
    BOOST_TEST(n("level !has 'info'") == "[[2]]");
    BOOST_TEST(n("level contains 'INF'") == "[[1],[3]]");
    BOOST_TEST(n("level startswith_cs 'I'") == "[[3]]");
    BOOST_TEST(n("level endswith 'level'") == "[[3]]");
    BOOST_TEST(n("level in ('error', \"info\")") == "[[1],[2]]");
    BOOST_TEST(n("n between (2 .. 3) and not(n == 3)") == "[[2]]");
    BOOST_TEST(n("n > 1 + 1 or n < -1 * -2") == "[[1],[3]]");
    BOOST_TEST(n("ok == true") == "[[1]]");
    BOOST_TEST(n("isnull(r)") == "[[3]]");
    BOOST_TEST(n("ts >= datetime(2026-08-22 11:00) and ts < datetime(\"2026-08-23\")") == "[[2]]");
    BOOST_TEST(n("props.a.b == 8") == "[[2]]");
    BOOST_TEST(n("tolong(props['a'].b) > 7") == "[[2]]");
    BOOST_TEST(n("['a b'] == \"it's\"") == "[[2]]");
    BOOST_TEST(n("isempty(['a b'])") == "[[3]]");
}

BOOST_AUTO_TEST_CASE(summarizes) {
    BOOST_TEST(
        rows("T | summarize count() by level | order by level asc") ==
        R"([["Info level",1],["error",1],["info",1]])"
    );
    BOOST_TEST(
        rows("T | summarize total = sum(n), max(r), dcount(ok), countif(n > 1)") ==
        "[[6,1.5E0,2,2]]"
    );
    BOOST_TEST(rows("T | summarize by even = n == 2 | count") == "[[2]]");
    BOOST_TEST(rows("T | distinct ok | count") == "[[3]]");
}

BOOST_AUTO_TEST_CASE(names_columns_as_kusto_does) {
    auto columns = json::parse(asked("T | summarize count(), max(n), x = 1 + sum(n) by ok").body)
                       .at("Tables")
                       .at(0)
                       .at("Columns")
                       .as_array();
    std::string names;
    for (auto& column : columns) names += std::string(column.at("ColumnName").as_string()) + " ";
    BOOST_TEST(names == "ok count_ max_n x ");
}

BOOST_AUTO_TEST_CASE(shapes_columns) {
    BOOST_TEST(
        rows("T | extend twice = n * 2 | project twice, level | take 1") == R"([[2,"info"]])"
    );
    BOOST_TEST(rows("T | project-away ts, r, ok, props, level, ['a b'] | take 1") == "[[1]]");
    BOOST_TEST(rows("print x = strcat('a', 'b'), 1") == R"([["ab",1]])");
}

BOOST_AUTO_TEST_CASE(reckons_with_times) {
    auto said = [&](const std::string& expression) { return rows("print " + expression); };
    BOOST_TEST(said("2 * 30m + 1.5s") == R"([["01:00:01.5000000"]])");
    BOOST_TEST(said("-1h") == R"([["-01:00:00"]])");
    BOOST_TEST(said("1d / 1h, 1h / 2") == R"([[2.4E1,"00:30:00"]])");
    BOOST_TEST(said("datetime(2026-03-01) - datetime(2026-02-28 23:00)") == R"([["01:00:00"]])");
    BOOST_TEST(said("datetime(2026-03-01) - 1tick") == R"([["2026-02-28T23:59:59.9999999Z"]])");
    BOOST_TEST(said("datetime(0001-01-01) - 1s") == "[[null]]");
    BOOST_TEST(
        said("bin(datetime(2026-11-30 07:46), 7d)") == R"([["2026-11-30T00:00:00.0000000Z"]])"
    );
    BOOST_TEST(
        said("startofday(datetime(2026-11-30 07:46))") == R"([["2026-11-30T00:00:00.0000000Z"]])"
    );
    BOOST_TEST(said("bin(-5, 2), bin(4.5, 1)") == "[[-6,4E0]]");
    BOOST_TEST(said("now() - ago(1h)") == R"([["01:00:00"]])");
    BOOST_TEST(
        said("totimespan('2.00:00:00') > 30h, totimespan('10:00:00') > 9h") == "[[true,true]]"
    );
    BOOST_TEST(rows("T | where ts > datetime(2026-08-23 10:00) - 23h | project n") == "[[3]]");
    BOOST_TEST(
        rows("T | summarize s = max(ts) - min(ts), m = max(ts - datetime(2026-08-22))") ==
        R"([["1.00:00:00","1.10:00:00"]])"
    );
    BOOST_TEST(
        rows("T | extend age = datetime(2026-08-24) - ts | order by age asc | project n") ==
        "[[3],[2],[1]]"
    );
}

BOOST_AUTO_TEST_CASE(refuses_what_does_not_go_with_a_time) {
    for (auto wrong :
         {"1h + 1",
          "now() * 2",
          "now() + now()",
          "now() > 5",
          "1h < now()",
          "1h == 3600",
          "bin(now(), 5)",
          "bin(5, 1h)",
          "startofday(1)",
          "ago(5)"}) {
        BOOST_TEST(
            error_type(std::string("print ") + wrong) == "Kusto.Data.Exceptions.SemanticException",
            wrong
        );
    }
}

BOOST_AUTO_TEST_CASE(chooses_by_conditions) {
    BOOST_TEST(
        rows("T | project case(n == 1, 'one', ok, 'yes', 'other')") ==
        R"([["one"],["other"],["other"]])"
    );
    BOOST_TEST(rows("T | project iff(n > 2, n, 0)") == "[[0],[0],[3]]");
    BOOST_TEST(rows("T | summarize make_list(n, 2)") == R"([["[1,2]"]])");
    for (auto wrong : {"case(1 == 1, 2)", "iff(1, 2, 3)", "case()"}) {
        BOOST_TEST(
            error_type(std::string("print ") + wrong) == "Kusto.Data.Exceptions.SemanticException",
            wrong
        );
    }
}

BOOST_AUTO_TEST_CASE(says_what_it_does_not_understand) {
    BOOST_TEST(error_type("Nowhere | count") == "Kusto.Data.Exceptions.SemanticException");
    BOOST_TEST(error_type("T | where nothing == 1") == "Kusto.Data.Exceptions.SemanticException");
    BOOST_TEST(error_type("T | evaluate pivot(n)") == "Kusto.Data.Exceptions.SemanticException");
    BOOST_TEST(error_type("T | where") == "Kusto.Data.Exceptions.SyntaxException");
    BOOST_TEST(error_type("T | where level == 'open") == "Kusto.Data.Exceptions.SyntaxException");
    BOOST_TEST(error_type("") == "Kusto.Data.Exceptions.SyntaxException");
    std::string deep(5000, '(');
    BOOST_TEST(error_type("T | where " + deep) == "Kusto.Data.Exceptions.SemanticException");
}

BOOST_AUTO_TEST_CASE(takes_no_sql) {
    BOOST_TEST(rows("T | where level == \"'; DROP TABLE x; --\" | count") == "[[0]]");
    BOOST_TEST(rows("T | count") == "[[3]]");
}

BOOST_AUTO_TEST_SUITE_END()
