// SPDX-License-Identifier: BSL-1.0
// Writes the guide's table of ops from the headers that define them: what an op means stands in their comments, what it
// takes in the sentences with which its shape rule refuses anything else.
//
//     emit_operations include/ambit/ops > examples/guide/operations.md
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using text = std::string;
constexpr std::size_t none = text::npos;

struct definition {
    text base, comment, body, header;
};

/// What a shape rule says, in the order in which it looks.
struct rules {
    std::vector<text> dtypes, others;
};

text trimmed(text words) {
    while (!words.empty() && words.back() == ' ') words.pop_back();
    words.erase(0, std::min(words.find_first_not_of(' '), words.size()));
    return words;
}

/// From an opening brace to behind the closing one; braces in strings and comments of our sources are balanced.
text block_at(const text& source, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < source.size(); ++i) {
        if (source[i] == '{') ++depth;
        if (source[i] == '}' && --depth == 0) return source.substr(open, i + 1 - open);
    }
    return source.substr(open);
}

/// The comment lines right above a place, joined.
text comment_above(const text& source, std::size_t line_begin) {
    text words;
    while (line_begin >= 2) {
        const std::size_t before = source.rfind('\n', line_begin - 2);
        const std::size_t begin = before == none ? 0 : before + 1;
        const text line = source.substr(begin, line_begin - 1 - begin);
        if (line.rfind("/// ", 0) != 0) break;
        words = line.substr(4) + (words.empty() ? "" : " ") + words;
        line_begin = begin;
    }
    return words;
}

/// The first sentence of a text. Dots within names and numbers end none.
text sentence_of(const text& words) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if ((words[i] == '.' || words[i] == ':') && (i + 1 == words.size() || words[i + 1] == ' ')) return words.substr(0, i);
    return words;
}

/// What a header says of itself: the first paragraph of its comment.
text paragraph_of(const text& source) {
    text words;
    std::size_t at = source.find('\n') + 1;
    for (std::size_t end; (end = source.find('\n', at)) != none; at = end + 1) {
        const text line = source.substr(at, end - at);
        if (line.rfind("// ", 0) != 0 || line.rfind("//  ", 0) == 0) break;
        if (!words.empty()) words += ' ';
        words += line.substr(3);
    }
    return words;
}

/// A string literal, or several in a row, from a quote on.
text literal_at(const text& source, std::size_t quote) {
    text words;
    while (source[quote] == '"') {
        const std::size_t end = source.find('"', quote + 1);
        words += source.substr(quote + 1, end - quote - 1);
        quote = source.find_first_not_of(" \n", end + 1);
    }
    return words;
}

/// An option and its range, from the call on that checks it: "depth at least 1".
text range_at(const text& source, std::size_t call) {
    const text statement = source.substr(call, source.find(';', call) - call);
    text range = "from(1)";  // of `below_one`
    const text label = "range_of::";
    if (const std::size_t at = statement.find(label); at != none) range = statement.substr(at + label.size());
    const std::size_t open = range.find('(');
    const text kind = range.substr(0, open), arguments = range.substr(open + 1, range.find(')') - open - 1);
    const std::size_t comma = arguments.find(", ");
    const text first = arguments.substr(0, comma), second = comma == none ? "" : arguments.substr(comma + 2);
    const text option = literal_at(statement, statement.find('"')) + ' ';
    if (kind == "from") return option + "at least " + first;
    if (kind == "above") return option + "above " + first;
    if (kind == "to") return option + "at most " + first;
    if (kind == "below") return option + "below " + first;
    if (kind == "finite") return option + "finite";
    if (kind == "from_to") return option + "from " + first + " to " + second;
    if (kind == "from_to_below") return option + "from " + first + " to below " + second;
    if (kind == "above_to_below") return option + "above " + first + " and below " + second;
    return option + "a value of the dtype";
}

/// An identifier that ends right before a place.
text word_before(const text& source, std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(source[begin - 1])) || source[begin - 1] == '_')) --begin;
    return source.substr(begin, end - begin);
}

text quoted(const text& name) {
    text result(1, '`');
    result += name;
    result += '`';
    return result;
}

class op_sources {
public:
    explicit op_sources(const std::filesystem::path& folder) {
        std::set<std::filesystem::path> headers;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.is_regular_file()) headers.insert(entry.path());
        for (const auto& header : headers) read(header);
    }

    /// By name of the op.
    std::map<text, text> ops() const {
        std::map<text, text> found;
        for (const auto& [type, it] : structs_) {
            const text label = "std::string_view name = \"";
            const std::size_t name = it.body.find(label);
            if (name != none && it.body.find("op_options") == none)
                found[literal_at(it.body, name + label.size() - 1)] = type;
        }
        return found;
    }

    text meaning(const text& type) const {
        const definition& it = structs_.at(type);
        return sentence_of(it.comment.empty() ? paragraphs_.at(it.header) : it.comment);
    }

    text header(const text& type) const { return structs_.at(type).header; }
    bool has_gradient(const text& type) const { return structs_.at(type).body.find("void gradient(gradient_call&") != none; }

    text kernel(text type) const {
        for (; structs_.count(type) != 0; type = structs_.at(type).base) {
            const text label = "using kernel = kernel_tag::";
            const text& body = structs_.at(type).body;
            if (const std::size_t at = body.find(label); at != none) {
                const std::size_t tag = at + label.size();
                return quoted(body.substr(tag, body.find(';', tag) - tag));
            }
            if (body.find("op_role::alias") != none) return "none: the same memory";
            if (body.find("op_role::elementwise") != none) return "fused";
        }
        return "none";
    }

    rules rules_of(const text& type) const {
        rules found;
        std::set<text> seen;
        add_rule_of(type, "infer", seen, found);
        return found;
    }

private:
    void read(const std::filesystem::path& path) {
        std::ifstream file(path);
        const text source{std::istreambuf_iterator<char>(file), {}};
        const text header = path.filename().string();
        paragraphs_[header] = paragraph_of(source);
        const text opening = "\nstruct ";
        for (std::size_t at = source.find(opening); at != none; at = source.find(opening, at + 1)) {
            const std::size_t begin = at + opening.size(), brace = source.find('{', begin);
            const text head = source.substr(begin, brace - begin);
            const std::size_t colon = head.find(':');
            definition it;
            if (colon != none) it.base = trimmed(head.substr(colon + 1));
            it.comment = comment_above(source, at + 1);
            it.body = block_at(source, brace);
            it.header = header;
            structs_[trimmed(head.substr(0, colon))] = it;
        }
        functions_of(source, header);
    }

    /// Functions that answer as a shape rule does.
    void functions_of(const text& source, const text& header) {
        const text label = "constexpr inferred ";
        for (std::size_t at = source.find(label); at != none; at = source.find(label, at + 1)) {
            const std::size_t begin = at + label.size();
            const text name = source.substr(begin, source.find('(', begin) - begin);
            if (name != "infer" && name != "refuses" && name != "yields")
                functions_[name][header] = block_at(source, source.find('{', begin));
        }
    }

    void add_rule_of(text type, const text& function, std::set<text>& seen, rules& found) const {
        for (; structs_.count(type) != 0; type = structs_.at(type).base) {
            const text& body = structs_.at(type).body;
            const std::size_t at = body.find("constexpr inferred " + function + "(");
            if (at == none) continue;
            if (seen.insert(type + "::" + function).second) add_rules_in(block_at(body, body.find('{', at)), structs_.at(type).header, seen, found);
            return;
        }
    }

    /// Of functions with one name, that of the own header is meant, or the only one.
    const text* function(const text& name, const text& header) const {
        const auto all = functions_.find(name);
        if (all == functions_.end()) return nullptr;
        const auto own = all->second.find(header);
        if (own != all->second.end()) return &own->second;
        return all->second.size() == 1 ? &all->second.begin()->second : nullptr;
    }

    void add_rules_in(const text& body, const text& header, std::set<text>& seen, rules& found) const {
        const auto starts = [&](std::size_t at, std::string_view words) { return body.compare(at, words.size(), words) == 0; };
        for (std::size_t at = 0; at < body.size(); ++at) {
            if (starts(at, "refuses(mistake::op_")) {
                const text words = literal_at(body, body.find('"', at));
                auto& list = starts(at, "refuses(mistake::op_dtype") ? found.dtypes : found.others;
                if (std::find(list.begin(), list.end(), words) == list.end()) list.push_back(words);
            } else if (starts(at, "parameter_fault(")) {
                found.others.push_back("the parameters of the distribution are in their ranges");
            } else if (starts(at, "outside(\"") || starts(at, "below_one(\"") || starts(at, "option_fault{\"")) {
                const text words = range_at(body, at);
                if (std::find(found.others.begin(), found.others.end(), words) == found.others.end())
                    found.others.push_back(words);
            } else if (starts(at, "::infer(")) {
                add_rule_of(word_before(body, at), "infer", seen, found);
            } else if (body[at] == '(') {
                const text name = word_before(body, at);
                const text* const called = function(name, header);
                if (called != nullptr && seen.insert(name).second) add_rules_in(*called, header, seen, found);
            }
        }
    }

    std::map<text, definition> structs_;
    std::map<text, std::map<text, text>> functions_;  // by name and header
    std::map<text, text> paragraphs_;
};

text joined(const std::vector<text>& sentences) {
    text all;
    for (const text& sentence : sentences)
        if (sentence != "the result would exceed a terabyte") all += (all.empty() ? "" : "; ") + sentence;
    return all.empty() ? "any" : all;
}

/// As it must be written in a table.
text cell(const text& words) {
    text result;
    for (const char c : words) result += c == '|' ? text("\\|") : text(1, c);
    return result;
}

}  // namespace

/// The headers that users read: those of the folder itself.
text pages_of(const std::filesystem::path& folder) {
    text all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".hpp") continue;
        std::ifstream file(entry.path());
        all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
}

/// Whether a page declares a function of this name: other ops are parts of gradients and of functions.
bool is_called_by_users(const text& pages, const text& name) {
    return pages.find(' ' + name + '(') != none || pages.find('*' + name + '(') != none;
}

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "emit_operations <folder of the ops' headers>\n";
        return EXIT_FAILURE;
    }
    const op_sources sources{arguments[1]};
    const auto ops = sources.ops();
    std::cout << "# Operations\n\n"
                 "Every op of `ambit/ops/` that has a function, written from its source by `emit_operations` (a test\n"
                 "compares). What an op takes stands in the words of its own shape rule: anything else is refused with\n"
                 "just that sentence. An op whose kernel is *fused* is computed in the loop or in the epilogue of a\n"
                 "neighbour, without memory of its own. No result may exceed a terabyte. A number beside a tensor takes\n"
                 "its dtype: a whole number keeps every digit or is refused, one with a point is rounded to the floats\n"
                 "around it, but never to 0 or infinity. Layers, losses and optimizers made of these stand in `ambit/nn/`\n"
                 "and `ambit/optim/`.\n\n"
                 "| op | header | meaning | dtypes | shapes and options | gradient | kernel |\n"
                 "|---|---|---|---|---|---|---|\n";
    const text pages = pages_of(arguments[1]);
    for (const auto& [name, type] : ops) {
        if (!is_called_by_users(pages, name)) continue;
        const rules it = sources.rules_of(type);
        std::cout << "| `" << name << "` | `" << sources.header(type) << "` | " << cell(sources.meaning(type)) << " | "
                  << cell(joined(it.dtypes)) << " | " << cell(joined(it.others)) << " | "
                  << (sources.has_gradient(type) ? "yes" : "no") << " | " << sources.kernel(type) << " |\n";
    }
    return ops.empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}
