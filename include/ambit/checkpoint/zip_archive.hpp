// SPDX-License-Identifier: BSL-1.0
// The members of a zip archive, stored or deflated, through libzip: a library that many keep, and whose reading of
// directories has met more hostile files than any of ours would. What it leaves to its callers is guarded here: sizes
// that a file of this length cannot inflate to, members that share bytes, and names that occur twice.
//
//     zip_archive archive(byte_source("weights.npz"));
//     zip_member_reader member(archive, archive.members()[0]);
//     member.read(bytes);
//     member.expect_end();                                  // verifies the checksum
#pragma once

#include <ambit/checkpoint/byte_source.hpp>
#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <zip.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

constexpr bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct zip_member {
    std::string name;
    std::uint64_t index = 0;
    std::uint64_t size = 0;  ///< once inflated
};

/// An open archive, sorted by name. One thread at a time. The constructor throws `checkpoint_error`.
class zip_archive {
public:
    explicit zip_archive(byte_source source) : source_(std::move(source)) {
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t* const served = zip_source_function_create(serve, this, &error);
        if (served != nullptr) {
            archive_.reset(zip_open_from_source(served, ZIP_RDONLY, &error));
            if (archive_ == nullptr) zip_source_free(served);
        }
        const std::string reason = archive_ == nullptr ? zip_error_strerror(&error) : "";
        const int code = zip_error_code_zip(&error);
        zip_error_fini(&error);
        if (archive_ == nullptr) fail(code, "the archive cannot be opened: " + reason);
        list();
    }
    zip_archive(const zip_archive&) = delete;
    zip_archive& operator=(const zip_archive&) = delete;
    ~zip_archive() = default;

    const std::string& name() const { return source_.name(); }
    const std::vector<zip_member>& members() const { return members_; }
    zip_t* get() const { return archive_.get(); }

    /// Throws what libzip has found, or what has gone wrong while bytes were read for it.
    [[noreturn]] void fail(int code, const std::string& found) const {
        if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
        const bool is_foreign = code == ZIP_ER_COMPNOTSUPP || code == ZIP_ER_ENCRNOTSUPP || code == ZIP_ER_NOPASSWD ||
                                code == ZIP_ER_MULTIDISK;
        throw checkpoint_error(is_foreign           ? checkpoint_fault::unsupported
                               : code == ZIP_ER_CRC ? checkpoint_fault::wrong_checksum
                                                    : checkpoint_fault::damaged,
                               name(), found,
                               is_foreign ? "members are read that are stored or deflated: save it so"
                                          : "the archive is damaged: fetch it or save it again");
    }

private:
    struct discard {
        void operator()(zip_t* archive) const { zip_discard(archive); }
    };

    void list() {
        const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
        std::uint64_t compressed = 0;
        for (zip_int64_t i = 0; i < count; ++i) {
            const auto index = static_cast<std::uint64_t>(i);
            zip_stat_t found;
            zip_stat_init(&found);
            constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
                                            ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_CRC;
            if (zip_stat_index(archive_.get(), index, 0, &found) != 0 || (found.valid & needed) != needed)
                fail(ZIP_ER_INCONS, "member " + std::to_string(i) + " of the archive has no readable name or size");
            // libzip takes control characters for those of the first PC.
            const char* const raw = zip_get_name(archive_.get(), index, ZIP_FL_ENC_RAW);
            const std::string name = raw != nullptr && is_ascii(raw) ? raw : found.name;
            if (name.ends_with('/')) continue;  // a folder
            if (found.encryption_method != ZIP_EM_NONE)
                fail(ZIP_ER_ENCRNOTSUPP, "member " + in_quotes(name) + " is encrypted");
            if (found.comp_method != ZIP_CM_STORE && found.comp_method != ZIP_CM_DEFLATE)
                fail(ZIP_ER_COMPNOTSUPP,
                     "member " + in_quotes(name) + " is compressed by method " + std::to_string(found.comp_method));
            // Two bits of deflate give 258 bytes at most; stored ones are as many as they are.
            constexpr std::uint64_t most_inflation = 1032;
            const bool is_stored = found.comp_method == ZIP_CM_STORE;
            if (is_stored ? found.size != found.comp_size : found.size / most_inflation > found.comp_size)
                fail(ZIP_ER_INCONS, "member " + in_quotes(name) + " is said to have " + std::to_string(found.size) +
                                        " bytes, and has " + std::to_string(found.comp_size) + " in the archive");
            if (found.comp_size > source_.size() - compressed)
                fail(ZIP_ER_INCONS, "the members are said to have more bytes than the archive, at " + in_quotes(name));
            compressed += found.comp_size;
            members_.push_back({name, index, found.size});
        }
        std::sort(members_.begin(), members_.end(),
                  [](const zip_member& a, const zip_member& b) { return a.name < b.name; });
        const auto twice = std::adjacent_find(members_.begin(), members_.end(),
                                              [](const auto& a, const auto& b) { return a.name == b.name; });
        if (twice != members_.end())
            throw checkpoint_error(checkpoint_fault::duplicate_name, name(),
                                   "member " + in_quotes(twice->name) + " occurs twice",
                                   "the archive was written wrongly: save it again");
    }

    /// What libzip asks of a source of bytes.
    static zip_int64_t serve(void* user, void* data, zip_uint64_t length, zip_source_cmd_t command) {
        zip_archive& self = *static_cast<zip_archive*>(user);
        switch (command) {
            case ZIP_SOURCE_OPEN: self.at_ = 0; return 0;
            case ZIP_SOURCE_CLOSE:
            case ZIP_SOURCE_FREE: return 0;
            case ZIP_SOURCE_READ: return self.read(data, length);
            case ZIP_SOURCE_STAT: {
                auto* const status = static_cast<zip_stat_t*>(data);
                zip_stat_init(status);
                status->size = self.source_.size();
                status->valid = ZIP_STAT_SIZE;
                return sizeof(zip_stat_t);
            }
            case ZIP_SOURCE_SEEK: {
                const zip_int64_t to =
                    zip_source_seek_compute_offset(self.at_, self.source_.size(), data, length, &self.error_);
                if (to < 0) return -1;
                self.at_ = static_cast<std::uint64_t>(to);
                return 0;
            }
            case ZIP_SOURCE_TELL: return static_cast<zip_int64_t>(self.at_);
            case ZIP_SOURCE_ERROR: return zip_error_to_data(&self.error_, data, length);
            case ZIP_SOURCE_SUPPORTS:
                return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                                      ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
                                                      ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
            default: zip_error_set(&self.error_, ZIP_ER_OPNOTSUPP, 0); return -1;
        }
    }

    zip_int64_t read(void* into, std::uint64_t length) {
        const std::uint64_t begin = (std::min)(at_, source_.size());
        const std::uint64_t count = (std::min)(length, source_.size() - begin);
        try {
            source_.read_at(begin, {static_cast<std::byte*>(into), count});
        } catch (...) {  // not through a library in C
            failure_ = std::current_exception();
            zip_error_set(&error_, ZIP_ER_READ, EIO);
            return -1;
        }
        at_ = begin + count;
        return static_cast<zip_int64_t>(count);
    }

    byte_source source_;
    std::uint64_t at_ = 0;
    zip_error_t error_{};
    mutable std::exception_ptr failure_;
    std::unique_ptr<zip_t, discard> archive_;
    std::vector<zip_member> members_;
};

/// One member, read from its beginning on.
class zip_member_reader {
public:
    zip_member_reader(const zip_archive& archive, const zip_member& member)
        : archive_(archive), member_(member), file_(zip_fopen_index(archive.get(), member.index, 0)) {
        if (file_ == nullptr) fail(*zip_get_error(archive.get()));
    }

    /// Fills the destination with what comes next.
    void read(std::span<std::byte> destination) {
        while (!destination.empty()) {
            const zip_int64_t count = zip_fread(file_.get(), destination.data(), destination.size());
            if (count < 0) fail(*zip_file_get_error(file_.get()));
            if (count == 0)
                archive_.fail(ZIP_ER_EOF,
                              "member " + in_quotes(member_.name) + " ends before the bytes that it is said to have");
            destination = destination.subspan(static_cast<std::size_t>(count));
        }
    }

    /// Verifies that nothing follows, and the checksum of all that was read.
    void expect_end() {
        std::byte more{};
        const zip_int64_t count = zip_fread(file_.get(), &more, 1);
        if (count < 0) fail(*zip_file_get_error(file_.get()));
        if (count > 0)
            archive_.fail(ZIP_ER_INCONS, "member " + in_quotes(member_.name) + " has more bytes than it is said to");
    }

private:
    struct close {
        void operator()(zip_file_t* file) const { zip_fclose(file); }
    };

    [[noreturn]] void fail(zip_error_t& error) const {
        const int code = zip_error_code_zip(&error);
        archive_.fail(code, "member " + in_quotes(member_.name) +
                                (code == ZIP_ER_CRC ? std::string(" does not have the checksum that the archive says")
                                                    : " cannot be read: " + std::string(zip_error_strerror(&error))));
    }

    const zip_archive& archive_;
    const zip_member& member_;
    std::unique_ptr<zip_file_t, close> file_;
};

}  // namespace ambit::checkpoint_parts
