#include "daemon/comparing/column_values.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace kustodrop::daemon {

namespace json = boost::json;

// What is longer is cut, and null in a dynamic column.
static constexpr std::size_t longest_value_bytes = 1u << 20u;

fit column_values::fit_of(std::string_view text) const {
    if (transform_.empty()) return fits(text, column_.type);
    if (!transform_.starts_with("DateTimeFromUnix")) return fit::yes;
    return fits(text, "long") == fit::no ? fit::no : fit::yes;
}

void column_values::take(fit how, std::string_view text, std::size_t record) {
    ++values_;
    if (text.size() > longest_value_bytes) ++too_long_;
    if (how == fit::yes) return;
    auto& which = how == fit::no ? lost_ : doubtful_;
    which.are_unix_times = which.are_unix_times && is_unix_time(text);
    if (which.count++ > 0) return;
    static constexpr std::size_t shown_bytes = 40;
    which.first_record = record;
    which.first = printable(text.substr(0, shown_bytes)) + (text.size() > shown_bytes ? "…" : "");
}

void column_values::add(std::string_view text, std::size_t record) {
    if (text.empty()) return;
    take(fit_of(text), text, record);
}

void column_values::add(const json::value& value, std::size_t record) {
    if (value.is_null()) return;
    if (auto* text = value.if_string()) return add(std::string_view(*text), record);
    auto shown = json::serialize(value);
    bool takes_all = column_.type == "string" || column_.type == "dynamic";
    if (takes_all && transform_.empty()) return take(fit::yes, shown, record);
    if (value.is_structured()) {
        // A transform such as PropertyBagArrayToDictionary is for these.
        bool is_for_times = transform_.empty() || transform_.starts_with("DateTimeFromUnix");
        return take(is_for_times ? fit::no : fit::yes, shown, record);
    }
    bool is_number_of_bool = value.is_bool() && column_.type != "bool";
    if (is_number_of_bool) {
        bool may_be = column_.type == "int" || column_.type == "long" || column_.type == "real";
        return take(may_be ? fit::unknown : fit::no, shown, record);
    }
    bool is_lost = value.is_double() && !std::isfinite(value.get_double());
    take(is_lost ? fit::no : fit_of(shown), shown, record);
}

std::string column_values::described(const examples& which) const {
    return std::to_string(which.count) + " of " + std::to_string(values_) + " values, such as \"" +
           which.first + "\" in record " + std::to_string(which.first_record) + ",";
}

void column_values::report(comparison& out) const {
    auto type = column_.type;
    if (lost_.count > 0) {
        auto text = column_.name + ": " + described(lost_);
        text += by_number(lost_.count, " is not ", " are not ");
        text += transform_.empty() ? "of type " + type : "a number for " + transform_;
        text += by_number(lost_.count, " and becomes null", " and become null");
        bool are_times = type == "datetime" && transform_.empty() && lost_.are_unix_times;
        if (are_times) {
            text +=
                "; they may be Unix times, for which a mapping has transforms such as "
                "DateTimeFromUnixSeconds";
        }
        out.add(gravity::wrong, "value_becomes_null", std::move(text), column_.name);
    }
    if (doubtful_.count > 0) {
        out.add(
            gravity::note,
            "value_may_become_null",
            column_.name + ": whether the service reads " + described(doubtful_) + " as " + type +
                " cannot be known",
            column_.name
        );
    }
    if (too_long_ > 0) {
        bool is_one = too_long_ == 1;
        std::string end = is_one ? " is longer than 1 MiB and " : " are longer than 1 MiB and ";
        if (type == "dynamic")
            end += is_one ? "becomes null" : "become null";
        else
            end += is_one ? "is cut" : "are cut";
        out.add(
            gravity::wrong,
            "value_too_long",
            column_.name + ": " + counted(too_long_, "value") + end,
            column_.name
        );
    }
}

}  // namespace kustodrop::daemon
