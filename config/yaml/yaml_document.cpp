#include "config/yaml/yaml_document.hpp"

#include "base/text.hpp"
#include "config/yaml/yaml_causes.hpp"
#include "config/yaml/yaml_text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>

namespace kustodrop::config {

// What ends the reading: thrown by the builder through the parser, and by nothing else.
struct unreadable {
    place at;
    std::string message;
};

static place place_of(const YAML::Mark& mark) {
    return mark.is_null() ? place{} : place{mark.line + 1, mark.column + 1};
}

// How much of the limits a node takes.
struct extent {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t depth = 0;
};

static extent measure(const node& node) {
    extent sum{1, node.text.size(), 0};
    auto add = [&](const config::node& child) {
        auto inner = measure(child);
        sum.nodes += inner.nodes;
        sum.bytes += inner.bytes;
        sum.depth = std::max(sum.depth, inner.depth);
    };
    for (auto& item : node.items) add(item);
    for (auto& entry : node.entries) {
        sum.bytes += entry.key.size();
        add(entry.value);
    }
    if (node.kind == node_kind::list || node.kind == node_kind::map) ++sum.depth;
    return sum;
}

// Builds our nodes from yaml-cpp's events, which show where an alias stands and let us stop an
// alias bomb before it grows.
class builder final : public YAML::EventHandler {
public:
    explicit builder(const yaml_limits& limits) : limits_(limits) {}

    node take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        node made;
        made.at = place_of(mark);
        // The parser says where the next thing stands, which may be lines away.
        if (!open_.empty() && open_.back().key) made.at = open_.back().key_at;
        finish(std::move(made), anchor);
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override {
        refuse_tag(place_of(mark), tag);
        node made;
        made.kind = node_kind::scalar;
        made.at = place_of(mark);
        made.text = value;
        finish(std::move(made), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        auto at = place_of(mark);
        auto found = anchors_.find(anchor);
        if (found == anchors_.end()) throw unreadable{at, "an alias lies inside its own anchor"};
        auto size = measure(found->second);
        if (open_.size() + size.depth > limits_.depth) refuse_depth(at);
        spend(at, size);
        auto copy = found->second;
        copy.at = at;
        attach(std::move(copy));
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        begin(node_kind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { end(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        begin(node_kind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { end(); }

private:
    struct frame {
        node made;
        YAML::anchor_t anchor;
        std::optional<std::string> key = {};  // Read, its value not yet.
        place key_at = {};
    };

    void refuse_tag(place at, const std::string& tag) {
        bool plain = tag.empty() || tag == "?" || tag == "!";
        if (plain || tag.starts_with("tag:yaml.org,2002:")) return;
        throw unreadable{at, "YAML tags (!…) are not supported; write the value itself"};
    }

    // An open bracket looks to the parser like the beginning of a key.
    void refuse_key(place at) {
        throw unreadable{
            at,
            "a list or a map stands in place of a key, or its bracket is not closed; close it, or "
            "put a text that begins with { or [ in quotes"};
    }

    void refuse_depth(place at) {
        throw unreadable{
            at, "is nested too deeply; use at most " + std::to_string(limits_.depth) + " levels"};
    }

    void spend(place at, const extent& size) {
        nodes_ += size.nodes;
        bytes_ += size.bytes;
        if (nodes_ > limits_.nodes) {
            auto most = std::to_string(limits_.nodes);
            throw unreadable{
                at, "holds too many values; use at most " + most + ", aliases counted"};
        }
        if (bytes_ > limits_.expanded_bytes) {
            auto most = human_bytes(limits_.expanded_bytes);
            throw unreadable{at, "holds too much text; use at most " + most + ", aliases counted"};
        }
    }

    void begin(
        node_kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor
    ) {
        auto at = place_of(mark);
        refuse_tag(at, tag);
        if (!open_.empty() && open_.back().made.kind == node_kind::map && !open_.back().key) {
            refuse_key(at);
        }
        if (open_.size() >= limits_.depth) refuse_depth(at);
        node made;
        made.kind = kind;
        made.at = at;
        open_.push_back({std::move(made), anchor});
    }

    void end() {
        auto closed = std::move(open_.back());
        open_.pop_back();
        spend(closed.made.at, {1, 0, 0});
        remember(closed.made, closed.anchor);
        attach(std::move(closed.made));
    }

    void finish(node made, YAML::anchor_t anchor) {
        spend(made.at, {1, made.text.size(), 0});
        remember(made, anchor);
        attach(std::move(made));
    }

    void remember(const node& made, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) anchors_[anchor] = made;
    }

    void attach(node made) {
        if (open_.empty()) {
            root_ = std::move(made);
            return;
        }
        auto& parent = open_.back();
        if (parent.made.kind == node_kind::list) {
            parent.made.items.push_back(std::move(made));
        } else if (parent.key) {
            parent.made.entries.push_back({*parent.key, parent.key_at, std::move(made)});
            parent.key.reset();
        } else {
            if (made.kind == node_kind::list || made.kind == node_kind::map) {
                refuse_key(made.at);
            }
            parent.key = std::move(made.text);
            parent.key_at = made.at;
        }
    }

    const yaml_limits& limits_;
    node root_;
    std::vector<frame> open_;
    std::map<YAML::anchor_t, node> anchors_;
    std::size_t nodes_ = 0;
    std::size_t bytes_ = 0;
};

static place in_line(std::size_t line, std::size_t column) {
    return {static_cast<int>(line + 1), static_cast<int>(column + 1)};
}

// Where "${" stands in braces without quotes: YAML takes its brace for one of its own.
static std::optional<place> unquoted_reference(std::string_view text) {
    auto lines = split(text, '\n');
    int depth = 0;
    char quote = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto line = lines[i];
        for (std::size_t j = 0; j < line.size(); ++j) {
            char c = line[j];
            if (quote) {
                if (c == quote) quote = 0;
                continue;
            }
            bool begins_token = j == 0 || line[j - 1] == ' ' || line[j - 1] == ',' ||
                                line[j - 1] == '{' || line[j - 1] == '[';
            if (c == '#' && begins_token) break;
            if ((c == '"' || c == '\'') && begins_token) quote = c;
            if (c == '$' && depth > 0 && line.substr(j).starts_with("${")) return in_line(i, j);
            if (c == '{' && begins_token) ++depth;
            if (c == '}' && depth > 0) --depth;
        }
    }
    return std::nullopt;
}

static constexpr auto unquoted_message =
    "is not valid YAML: ${…} within { } needs quotes, like {client_secret: \"${cred:NAME}\"}";

static node build(std::string_view text, const yaml_limits& limits) {
    if (text.size() > limits.bytes) {
        throw unreadable{{}, "the file is too large; use at most " + human_bytes(limits.bytes)};
    }
    if (auto wrong = wrong_text(text)) {
        throw unreadable{in_line(wrong->line, wrong->column), std::string(wrong->message)};
    }
    // yaml-cpp 0.7 misses that a quote is open when the file ends with a newline.
    auto end = text.find_last_not_of(" \t\r\n") + 1;
    std::istringstream stream{std::string(text.substr(0, end))};
    try {
        YAML::Parser parser(stream);
        builder first(limits);
        if (!parser.HandleNextDocument(first)) throw unreadable{{}, "the file is empty"};
        builder second(limits);
        if (parser.HandleNextDocument(second)) {
            throw unreadable{
                second.take_root().at,
                "does not belong to what stands above; check the indentation, and write only one "
                "document in a file"};
        }
        return first.take_root();
    } catch (const YAML::Exception& error) {
        // What follows a colon repeats the text, which may be a secret.
        auto cause = error.msg.substr(0, error.msg.find(": "));
        throw unreadable{place_of(error.mark), yaml_cause(cause)};
    }
}

yaml_document parse_yaml(
    std::string_view text, const std::string& file_name, const yaml_limits& limits
) {
    try {
        return {build(text, limits), {}};
    } catch (const unreadable& caught) {
        auto reason = caught;
        // What it is taken for is another mistake than the one that was made.
        if (auto reference = unquoted_reference(text)) {
            reason = {*reference, unquoted_message};
        }
        problem found{file_name, reason.at.line, reason.at.column, "", reason.message};
        return {node{}, {found}};
    }
}

}  // namespace kustodrop::config
