#include "tests/unit/protocol/message/every_field.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/base/check.h"

namespace hotline {
namespace {

using flatbuffers::ElementaryType;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::TypeTable;
using flatbuffers::voffset_t;

template <size_t Alignment>
struct alignas(Alignment) Unit {
  uint8_t bytes[Alignment];
};

class Filler {
 public:
  Bytes build(const TypeTable& root, uint8_t alternative, const char* identifier) {
    builder_.Finish(Offset<void>(table(root, alternative)), identifier);
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

 private:
  // The value of a field to come: an offset made before its table begins, or nothing yet.
  using Made = std::vector<flatbuffers::uoffset_t>;

  flatbuffers::uoffset_t table(const TypeTable& type, uint8_t alternative) {
    Made made(type.num_elems);
    std::vector<uint8_t> chosen(type.num_elems);
    for (size_t i = 0; i < type.num_elems; ++i) made[i] = below(type, i, alternative, chosen);
    flatbuffers::uoffset_t start = builder_.StartTable();
    for (size_t i = 0; i < type.num_elems; ++i) {
      auto slot = flatbuffers::FieldIndexToOffset(static_cast<voffset_t>(i));
      if (made[i] != 0) {
        builder_.AddOffset(slot, Offset<void>(made[i]));
      } else if (is_struct(type, i)) {
        add_struct(slot, *reference(type, i));
      } else {
        add_scalar(slot, type, i, chosen[i]);
      }
    }
    return builder_.EndTable(start);
  }

  static const TypeTable* reference(const TypeTable& type, size_t i) {
    int16_t index = type.type_codes[i].sequence_ref;
    return index < 0 ? nullptr : type.type_refs[index]();
  }
  static bool is_struct(const TypeTable& type, size_t i) {
    return type.type_codes[i].base_type == flatbuffers::ET_SEQUENCE &&
           reference(type, i)->st == flatbuffers::ST_STRUCT;
  }

  // Makes what the field points to; 0 where it holds its value itself.
  flatbuffers::uoffset_t below(const TypeTable& type, size_t i, uint8_t alternative,
                               std::vector<uint8_t>& chosen) {
    const flatbuffers::TypeCode code = type.type_codes[i];
    const TypeTable* inner = reference(type, i);
    std::string words = "text " + std::to_string(i);
    if (code.base_type == flatbuffers::ET_STRING) {
      if (!code.is_repeating) return builder_.CreateString(words).o;
      return builder_.CreateVectorOfStrings({words, words + " again"}).o;
    }
    if (code.base_type != flatbuffers::ET_SEQUENCE) {
      return code.is_repeating ? scalars(code, i) : 0;
    }
    if (inner->st == flatbuffers::ST_UNION) {
      HOTLINE_CHECK(i > 0 && !code.is_repeating);
      uint8_t number = alternative != 0 ? alternative : first_alternative(*inner);
      chosen[i - 1] = number;  // The hidden field before it.
      int64_t place = flatbuffers::LookupEnum(number, inner->values, inner->num_elems);
      HOTLINE_CHECK(place > 0 && place < static_cast<int64_t>(inner->num_elems));
      return table(*reference(*inner, static_cast<size_t>(place)), 0);
    }
    if (inner->st == flatbuffers::ST_TABLE) {
      flatbuffers::uoffset_t one = table(*inner, 0);
      if (!code.is_repeating) return one;
      return builder_.CreateVector(std::vector<Offset<void>>{one}).o;
    }
    return code.is_repeating ? structs(*inner) : 0;
  }

  static uint8_t first_alternative(const TypeTable& type) {
    return static_cast<uint8_t>(type.values ? type.values[1] : 1);
  }

  static uint64_t number(size_t i) { return 0x4142434445464748u + i; }

  flatbuffers::uoffset_t scalars(flatbuffers::TypeCode code, size_t i) {
    switch (flatbuffers::InlineSize(static_cast<ElementaryType>(code.base_type), nullptr)) {
      case 1:
        return builder_.CreateVector(std::vector<uint8_t>{1, 2}).o;
      case 4:
        return builder_.CreateVector(std::vector<uint32_t>{1, 2}).o;
      case 8:
        return builder_.CreateVector(std::vector<uint64_t>{number(i), number(i + 1)}).o;
      default:
        HOTLINE_CHECK(!"a vector of this kind is not made yet");
        return 0;
    }
  }

  static size_t size_of(const TypeTable& type) {
    return static_cast<size_t>(type.values[type.num_elems]);
  }
  static size_t alignment_of(const TypeTable& type) {
    size_t alignment = 1;
    for (size_t i = 0; i < type.num_elems; ++i) {
      auto elementary = static_cast<ElementaryType>(type.type_codes[i].base_type);
      HOTLINE_CHECK(elementary != flatbuffers::ET_SEQUENCE);
      alignment = std::max(alignment, flatbuffers::InlineSize(elementary, nullptr));
    }
    return alignment;
  }
  // Fields at their offsets; what lies between them is zero.
  static Bytes struct_bytes(const TypeTable& type) {
    Bytes bytes(size_of(type));
    for (size_t i = 0; i < type.num_elems; ++i) {
      auto begin = static_cast<size_t>(type.values[i]);
      auto elementary = static_cast<ElementaryType>(type.type_codes[i].base_type);
      size_t size = flatbuffers::InlineSize(elementary, nullptr);
      if (type.type_codes[i].is_repeating) size *= static_cast<size_t>(type.array_sizes[0]);
      for (size_t j = 0; j < size; ++j) {
        bytes[begin + j] = elementary == flatbuffers::ET_BOOL ? 1 : static_cast<uint8_t>(i + j + 1);
      }
    }
    return bytes;
  }

  void add_struct(voffset_t slot, const TypeTable& type) {
    Bytes bytes = struct_bytes(type);
    switch (alignment_of(type)) {
      case 1:
        return add_units<1>(slot, bytes);
      case 4:
        return add_units<4>(slot, bytes);
      case 8:
        return add_units<8>(slot, bytes);
      default:
        HOTLINE_CHECK(!"a struct of this alignment is not made yet");
    }
  }
  template <size_t Alignment>
  void add_units(voffset_t slot, const Bytes& bytes) {
    builder_.Align(Alignment);
    builder_.PushBytes(bytes.data(), bytes.size());
    builder_.AddStructOffset(slot, builder_.GetSize());
  }
  flatbuffers::uoffset_t structs(const TypeTable& type) {
    Bytes bytes = struct_bytes(type);
    builder_.StartVector(bytes.size() / alignment_of(type), alignment_of(type));
    builder_.PushBytes(bytes.data(), bytes.size());
    return builder_.EndVector(1);
  }

  void add_scalar(voffset_t slot, const TypeTable& type, size_t i, uint8_t chosen) {
    auto elementary = static_cast<ElementaryType>(type.type_codes[i].base_type);
    switch (flatbuffers::InlineSize(elementary, nullptr)) {
      case 1:
        return builder_.AddElement<uint8_t>(slot, chosen != 0 ? chosen : 1);
      case 2:
        return builder_.AddElement<uint16_t>(slot, static_cast<uint16_t>(number(i)));
      case 4:
        return builder_.AddElement<uint32_t>(slot, static_cast<uint32_t>(number(i)));
      case 8:
        return builder_.AddElement<uint64_t>(slot, number(i));
      default:
        HOTLINE_CHECK(!"a scalar of this size is not made yet");
    }
  }

  FlatBufferBuilder builder_;
};

}  // namespace

Bytes with_every_field(const TypeTable& root, uint8_t alternative, const char* identifier) {
  return Filler().build(root, alternative, identifier);
}

}  // namespace hotline
