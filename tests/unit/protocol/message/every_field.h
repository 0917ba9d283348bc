// Makes a buffer of any table of the schema with every field present and different from its
// default, always the same bytes. So every field, number, struct and union of a schema stands in
// one golden file, and one that is added later appears there by itself.
#pragma once

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include "protocol/base/bytes.h"

namespace hotline {

// `alternative` is the number of the union's alternative, wherever `root` itself holds a union;
// below that the first alternative is taken.
Bytes with_every_field(const flatbuffers::TypeTable& root, uint8_t alternative,
                       const char* identifier);

}  // namespace hotline
