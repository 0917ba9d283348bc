#include "protocol/base/strict_flatbuffer.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/check.h"

namespace hotline::strict {
namespace {

using flatbuffers::ReadScalar;
using flatbuffers::soffset_t;
using flatbuffers::TypeTable;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

// A vtable begins with its own size and its table's size; fields follow.
constexpr voffset_t kVtableHeaderSize = 2 * sizeof(voffset_t);

class Walk {
 public:
  explicit Walk(ByteView bytes) : bytes_(bytes), text_budget_(bytes.size() * kSharingMax) {}

  // Visits a table and all below it. The verifier has bounded depth and number of visits.
  void visit_table(const uint8_t* table, const TypeTable& type) {
    const uint8_t* vtable = table - ReadScalar<soffset_t>(table);
    voffset_t vtable_size = ReadScalar<voffset_t>(vtable);
    if (vtable_size < kVtableHeaderSize) return refuse("a vtable is shorter than its header");
    voffset_t table_size = ReadScalar<voffset_t>(vtable + sizeof(voffset_t));
    size_t room = static_cast<size_t>(bytes_.data() + bytes_.size() - table);
    if (table_size < sizeof(soffset_t) || table_size > room) {
      return refuse("a table's size does not fit the buffer");
    }
    size_t known_size = kVtableHeaderSize + type.num_elems * sizeof(voffset_t);
    if (vtable_size > known_size) from_the_future_ = true;
    const uint8_t* previous = nullptr;
    // Fields after the vtable's end are absent; one more is looked at, because a union's value may
    // be absent where its type is not.
    size_t count = (vtable_size - kVtableHeaderSize) / sizeof(voffset_t) + 1;
    count = std::min(count, static_cast<size_t>(type.num_elems));
    for (size_t i = 0; i < count && !failure_; ++i) {
      const uint8_t* field = find_field(table, vtable, vtable_size, table_size, i, type);
      visit_field(field, previous, type, i);
      previous = field;
    }
  }

  bool from_the_future() const { return from_the_future_; }
  const char* failure() const { return failure_; }

 private:
  // A writer may point several times to one string, but a vector of pointers to one long string
  // must not make the check quadratic.
  static constexpr size_t kSharingMax = 8;

  void refuse(const char* reason) {
    if (!failure_) failure_ = reason;
  }

  const TypeTable* reference(const TypeTable& type, size_t i) {
    int16_t index = type.type_codes[i].sequence_ref;
    return index < 0 ? nullptr : type.type_refs[index]();
  }

  const uint8_t* find_field(const uint8_t* table, const uint8_t* vtable, voffset_t vtable_size,
                            voffset_t table_size, size_t i, const TypeTable& type) {
    size_t slot = kVtableHeaderSize + i * sizeof(voffset_t);
    if (slot + sizeof(voffset_t) > vtable_size) return nullptr;
    voffset_t offset = ReadScalar<voffset_t>(vtable + slot);
    if (offset == 0) return nullptr;
    if (offset < sizeof(soffset_t) || offset + inline_size(type, i) > table_size) {
      refuse("a field lies outside its table");
      return nullptr;
    }
    return table + offset;
  }

  size_t inline_size(const TypeTable& type, size_t i) {
    if (type.type_codes[i].is_repeating) return sizeof(uoffset_t);
    auto elementary = static_cast<flatbuffers::ElementaryType>(type.type_codes[i].base_type);
    return flatbuffers::InlineSize(elementary, reference(type, i));
  }

  void visit_field(const uint8_t* field, const uint8_t* previous, const TypeTable& type, size_t i) {
    const flatbuffers::TypeCode code = type.type_codes[i];
    bool sequence = code.base_type == flatbuffers::ET_SEQUENCE;
    bool string = code.base_type == flatbuffers::ET_STRING;
    if (!sequence && !string) return;  // Numbers, which may be any.
    const TypeTable* inner = reference(type, i);
    if (sequence && inner->st == flatbuffers::ST_UNION) {
      // The schema has no vectors of unions: a list of tables that each hold one says the same more
      // plainly.
      HOTLINE_CHECK(!code.is_repeating);
      return visit_union(field, previous, *inner);
    }
    if (!field) return;
    bool table = sequence && inner->st == flatbuffers::ST_TABLE;
    if (!string && !table) return;
    const uint8_t* target = field + ReadScalar<uoffset_t>(field);
    if (!code.is_repeating) return string ? visit_text(target) : visit_table(target, *inner);
    uoffset_t count = ReadScalar<uoffset_t>(target);
    const uint8_t* element = target + sizeof(uoffset_t);
    for (uoffset_t j = 0; j < count && !failure_; ++j, element += sizeof(uoffset_t)) {
      const uint8_t* value = element + ReadScalar<uoffset_t>(element);
      if (string) {
        visit_text(value);
      } else {
        visit_table(value, *inner);
      }
    }
  }

  // `type_field` is the hidden field before the value that says which alternative it is.
  void visit_union(const uint8_t* value_field, const uint8_t* type_field, const TypeTable& type) {
    uint8_t alternative = type_field ? ReadScalar<uint8_t>(type_field) : 0;
    if ((alternative != 0) != (value_field != nullptr)) {
      return refuse("a union has a type and no value, or a value and no type");
    }
    if (alternative == 0) return;
    int64_t index = flatbuffers::LookupEnum(alternative, type.values, type.num_elems);
    if (index < 0 || index >= static_cast<int64_t>(type.num_elems)) {
      from_the_future_ = true;
      return;
    }
    const TypeTable* inner = reference(type, static_cast<size_t>(index));
    // The schema's unions hold tables only.
    HOTLINE_CHECK(inner && inner->st == flatbuffers::ST_TABLE);
    visit_table(value_field + ReadScalar<uoffset_t>(value_field), *inner);
  }

  void visit_text(const uint8_t* string) {
    size_t size = ReadScalar<uoffset_t>(string);
    if (size + sizeof(uoffset_t) > text_budget_) return refuse("one text is referred to too often");
    text_budget_ -= size + sizeof(uoffset_t);
    if (!is_clean_utf8(as_text({string + sizeof(uoffset_t), size}))) {
      refuse("a text is not UTF-8, or contains NUL");
    }
  }

  ByteView bytes_;
  size_t text_budget_;
  bool from_the_future_ = false;
  const char* failure_ = nullptr;
};

}  // namespace

Status check_header(ByteView bytes, const char* identifier) {
  HOTLINE_CHECK(std::strlen(identifier) == flatbuffers::kFileIdentifierLength);
  constexpr size_t header_size = sizeof(uoffset_t) + flatbuffers::kFileIdentifierLength;
  if (bytes.size() < header_size) {
    return make_error(ErrorCode::malformed, "the buffer has " + std::to_string(bytes.size()) +
                                                " bytes, too few to be one");
  }
  if (bytes.size() > kBufferSizeMax) {
    return make_error(ErrorCode::malformed, "the buffer has " + std::to_string(bytes.size()) +
                                                " bytes, more than " +
                                                std::to_string(kBufferSizeMax));
  }
  if (std::memcmp(bytes.data() + sizeof(uoffset_t), identifier,
                  flatbuffers::kFileIdentifierLength) != 0) {
    return make_error(ErrorCode::malformed,
                      std::string("the buffer's file identifier is not ") + identifier);
  }
  return ok();
}

Status check_content(ByteView bytes, const TypeTable* root_type, size_t computed_size) {
  Walk walk(bytes);
  walk.visit_table(bytes.data() + ReadScalar<uoffset_t>(bytes.data()), *root_type);
  if (walk.failure()) {
    return make_error(ErrorCode::malformed,
                      std::string("the buffer is damaged: ") + walk.failure());
  }
  if (computed_size != bytes.size() && !walk.from_the_future()) {
    return make_error(ErrorCode::malformed,
                      "the buffer is damaged: it contains bytes after its end");
  }
  return ok();
}

}  // namespace hotline::strict
