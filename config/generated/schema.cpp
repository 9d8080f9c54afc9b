#include "config/generated/schema.hpp"

#include "config/generated/wrapped.hpp"
#include "config/keys/table.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace kustodrop::config {

namespace json = boost::json;

static json::object reference() { return {{"$ref", "#/definitions/reference"}}; }

// What the reader takes from a file is text: a number or a boolean may stand for itself there.
static json::object plain_text() { return {{"type", json::array{"string", "number", "boolean"}}}; }

static json::object number_schema(const key_facts& of) {
    auto to = of.allowed.find(" to ");
    json::object number{{"type", "integer"}};
    number["minimum"] = std::stoull(of.allowed.substr(0, to));
    number["maximum"] = std::stoull(of.allowed.substr(to + 4));
    json::object quoted{{"type", "string"}, {"pattern", "^[0-9]+$"}};
    return {{"anyOf", json::array{number, quoted, reference()}}};
}

static json::object map_of_one(std::string_view key, const json::object& texts) {
    json::object properties;
    properties[key] = json::object{{"anyOf", json::array{plain_text(), texts}}};
    return {
        {"type", "object"},
        {"properties", properties},
        {"required", json::array{key}},
        {"additionalProperties", false}};
}

static json::object choice_schema(const key_facts& of) {
    json::array names;
    for (auto name : of.choices) {
        names.emplace_back(name);
        // A version without quotes is a number to YAML.
        if (name.front() >= '0' && name.front() <= '9') {
            names.emplace_back(std::stod(std::string(name)));
        }
    }
    json::array any{json::object{{"enum", names}}, reference()};
    json::object texts{{"type", "array"}, {"items", plain_text()}};
    if (of.or_texts) any.push_back(texts);
    if (!of.or_map_of.empty()) any.push_back(map_of_one(of.or_map_of, texts));
    return {{"anyOf", any}};
}

static json::object referable(std::string_view definition) {
    json::object named{{"$ref", "#/definitions/" + std::string(definition)}};
    return {{"anyOf", json::array{named, reference()}}};
}

static json::object map_schema(const std::vector<documented_key>& keys);

// What the program asks of texts beyond what the form of their keys says.
static void refine_watch(json::object& watch) {
    auto refine = [&](const char* key, json::array texts) {
        auto& known = watch["properties"].as_object()[key].as_object();
        texts.push_back(reference());
        json::object refined{{"anyOf", std::move(texts)}, {"description", known["description"]}};
        known = std::move(refined);
    };
    auto text = [](std::string_view pattern) {
        return json::object{{"type", "string"}, {"pattern", pattern}};
    };
    refine("name", {text("^[a-z0-9-]{1,64}$"), json::object{{"type", "integer"}}});
    refine("path", {text("^/.*[^/]")});
}

static json::object schema_of(const documented_key& one) {
    switch (one.facts.form) {
    case form::flag:
        return {
            {"anyOf",
             json::array{
                 json::object{{"type", "boolean"}},
                 json::object{{"enum", json::array{"true", "false"}}},
                 reference()}}};
    case form::number:
        return number_schema(one.facts);
    case form::duration:
        return referable("duration");
    case form::size:
        return referable("size");
    case form::timetable:
        return referable("timetable");
    case form::percentage:
        return referable("percentage");
    case form::choice:
        return choice_schema(one.facts);
    case form::text:
        return plain_text();
    case form::text_list:
        return {{"type", "array"}, {"items", plain_text()}};
    case form::text_map:
        return {{"type", json::array{"object", "null"}}, {"additionalProperties", plain_text()}};
    case form::texts_map: {
        json::object list{{"type", "array"}, {"minItems", 1}, {"items", plain_text()}};
        return {{"type", json::array{"object", "null"}}, {"additionalProperties", list}};
    }
    case form::section:
        return map_schema(one.keys);
    case form::section_map:
        return {{"type", "object"}, {"additionalProperties", map_schema(one.keys)}};
    case form::section_list: {
        auto items = map_schema(one.keys);
        if (one.facts.name == "watches") refine_watch(items);
        return {{"type", "array"}, {"items", items}};
    }
    }
    return {};
}

static json::object map_schema(const std::vector<documented_key>& keys) {
    json::object properties;
    json::array required;
    for (auto& one : keys) {
        auto described = schema_of(one);
        described["description"] = sentences(
            {std::string(one.facts.doc), allowed_sentence(one.facts), effect_sentence(one.facts)}
        );
        if (!one.facts.default_value.empty()) {
            described["description"] = std::string(described["description"].as_string()) +
                                       " Default: " + one.facts.default_value;
        }
        properties[one.facts.name] = std::move(described);
        if (one.facts.required) required.emplace_back(one.facts.name);
    }
    json::object out{{"properties", std::move(properties)}, {"additionalProperties", false}};
    // A section without keys is one that was left empty.
    if (required.empty()) {
        out["type"] = json::array{"object", "null"};
    } else {
        out["type"] = "object";
        out["required"] = std::move(required);
    }
    return out;
}

static json::object definitions() {
    auto text = [](std::string_view pattern) {
        return json::object{{"type", "string"}, {"pattern", pattern}};
    };
    json::object zero{{"const", 0}};
    std::string size = "0+|[0-9]+(B|KiB|MiB|GiB|TiB)";
    std::string day = "(Sun|Mon|Tue|Wed|Thu|Fri|Sat)";
    auto days = day + "(-" + day + ")?";
    auto entry = " *(" + days + "(," + days + ")* +)?[0-2][0-9]:[0-5][0-9] +(off|" + size + ") *";
    auto table = "^(" + size + "|" + entry + "(;" + entry + ")*;? *)$";
    return {
        {"reference", text("\\$\\{((env|file|cred):[^}]*|host)\\}")},
        {"duration",
         json::object{{"anyOf", json::array{text("^(0+|([0-9]+(d|h|m|s|ms))+)$"), zero}}}},
        {"size", json::object{{"anyOf", json::array{text("^(" + size + ")$"), zero}}}},
        {"timetable", json::object{{"anyOf", json::array{text(table), zero}}}},
        {"percentage",
         json::object{{"anyOf", json::array{text("^(0+|[0-9]+(\\.[0-9]+)?%)$"), zero}}}}};
}

// Boost.JSON writes everything in one line; a file that people compare has one value a line.
static void write(const json::value& value, const std::string& indentation, std::string& out) {
    auto deeper = indentation + "  ";
    if (auto* object = value.if_object(); object && !object->empty()) {
        std::string before = "{\n";
        for (auto& [name, inner] : *object) {
            out += before + deeper + json::serialize(name) + ": ";
            write(inner, deeper, out);
            before = ",\n";
        }
        out += "\n" + indentation + "}";
        return;
    }
    out += json::serialize(value);
}

// An entry of `clusters` has the keys of `cluster`, and `auth`.
static std::vector<documented_key> keys_with_those_of_clusters() {
    auto all = documented_keys();
    auto named = [&](std::string_view name) -> documented_key& {
        return *std::ranges::find_if(all, [&](auto& one) { return one.facts.name == name; });
    };
    auto& clusters = named("clusters");
    clusters.keys = named("cluster").keys;
    clusters.keys.push_back(named("auth"));
    return all;
}

static std::string whole_schema(
    std::string_view title, const std::vector<documented_key>& keys, json::object rules
) {
    auto root = map_schema(keys);
    root.erase("required");
    root["type"] = "object";
    for (auto& rule : rules) root[rule.key()] = rule.value();
    json::object whole{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
    for (auto& entry : root) whole[entry.key()] = entry.value();
    whole["definitions"] = definitions();
    std::string out;
    write(whole, "", out);
    return out + "\n";
}

std::string json_schema() {
    // Watches and clusters may be in fragments.
    json::object both{{"required", json::array{"cluster", "clusters"}}};
    return whole_schema(
        "The configuration of kustodrop", keys_with_those_of_clusters(), {{"not", both}}
    );
}

std::string fragment_schema() {
    auto keys = keys_with_those_of_clusters();
    std::erase_if(keys, [](auto& one) {
        return one.facts.form != form::section_list && one.facts.form != form::section_map;
    });
    json::object watches{{"required", json::array{"watches"}}};
    json::object clusters{{"required", json::array{"clusters"}}};
    return whole_schema(
        "A fragment of the configuration of kustodrop",
        keys,
        {{"anyOf", json::array{watches, clusters}}}
    );
}

}  // namespace kustodrop::config
